/** Zones by kind, and their names where there is room. */

import type { ZoneFeature } from "../contract";
import { boundsOf, contains, positionsOf, sizeOf } from "../geometry";
import { COLOURS } from "../palette";
import { localName, say } from "../words/language";
import type { Box, LabelBoard } from "./label_board";
import { traceGeometry } from "./trace";
import type { Viewport } from "./viewport";

const HATCH_PX = 9;

function hatch(context: CanvasRenderingContext2D, pen: number): CanvasPattern | null {
  const ratio = (window.devicePixelRatio || 1) * pen;
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(HATCH_PX * ratio);
  const stroke = tile.getContext("2d");
  if (!stroke) return null;
  const side = tile.width;
  stroke.strokeStyle = "rgba(255, 95, 95, 0.55)";
  stroke.lineWidth = 1.4 * ratio;
  stroke.beginPath();
  for (const shift of [-side, 0, side]) {
    stroke.moveTo(shift - 1, side + 1);
    stroke.lineTo(shift + side + 1, -1);
  }
  stroke.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern?.setTransform(new DOMMatrix().scale(1 / (window.devicePixelRatio || 1)));
  return pattern;
}

/** Draw all zones, the large ones first; tells how many lie in view. */
export function paintZones(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  zones: readonly ZoneFeature[],
  chosenId: string | null,
): void {
  const { pen } = viewport;
  context.save();
  context.lineJoin = "round";
  const pattern = hatch(context, pen);
  const ordered = [...zones].sort((a, b) => sizeOf(b.geometry) - sizeOf(a.geometry));
  for (const zone of ordered) {
    traceGeometry(context, viewport, zone.geometry);
    const isChosen = zone.id === chosenId;
    context.setLineDash([]);
    if (zone.properties.kind === "exclusion") {
      context.fillStyle = "rgba(255, 60, 60, 0.13)";
      context.fill("evenodd");
      if (pattern) {
        context.fillStyle = pattern;
        context.fill("evenodd");
      }
      context.strokeStyle = COLOURS.exclusion;
      context.lineWidth = 2 * pen;
    } else if (zone.properties.kind === "advisory") {
      context.fillStyle = "rgba(255, 184, 77, 0.14)";
      context.fill("evenodd");
      context.strokeStyle = COLOURS.advisory;
      context.lineWidth = 1.6 * pen;
      context.setLineDash([7 * pen, 4 * pen]);
    } else {
      context.fillStyle = isChosen ? "rgba(95, 184, 168, 0.24)" : "rgba(95, 184, 168, 0.055)";
      context.fill("evenodd");
      context.strokeStyle = COLOURS.inclusion;
      context.globalAlpha = isChosen ? 1 : 0.8;
      context.lineWidth = (isChosen ? 3 : 1.5) * pen;
    }
    context.stroke();
    context.globalAlpha = 1;
  }
  context.restore();
}

/** The altitudes a zone speaks of, in words; empty for all. */
export function bandInWords(zone: ZoneFeature): string {
  const { floor_m: floor, ceiling_m: ceiling } = zone.properties;
  if (floor !== null && floor > 0 && ceiling !== null) return say("zone.between", { floor, ceiling });
  if (ceiling !== null) return say("zone.below", { ceiling });
  if (floor !== null && floor > 0) return say("zone.above", { floor });
  return "";
}

/** Name each zone beside or inside itself, exclusions first; tells where the names lie. */
export function labelZones(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  zones: readonly ZoneFeature[],
  board: LabelBoard,
): Box[] {
  const { rem } = viewport;
  const family = getComputedStyle(document.body).fontFamily;
  context.save();
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const rank = { exclusion: 0, advisory: 1, inclusion: 2 };
  const ordered = [...zones].sort(
    (a, b) =>
      rank[a.properties.kind] - rank[b.properties.kind] || sizeOf(a.geometry) - sizeOf(b.geometry),
  );
  const labels: Box[] = [];
  for (const zone of ordered) {
    const bounds = boundsOf(positionsOf(zone.geometry));
    if (!bounds) continue;
    const outline: Box = {
      x: viewport.x(bounds.west),
      y: viewport.y(bounds.north),
      width: viewport.x(bounds.east) - viewport.x(bounds.west),
      height: viewport.y(bounds.south) - viewport.y(bounds.north),
    };
    const isPoint = Math.max(outline.width, outline.height) < 0.6 * rem;
    if (isPoint) continue;
    const lines = [localName(zone.properties.name) || zone.id];
    const band = zone.properties.kind === "exclusion" ? bandInWords(zone) : "";
    if (band) lines.push(band);
    const sizes = [0.86 * rem, 0.74 * rem];
    let width = 0;
    lines.forEach((line, i) => {
      context.font = `${i === 0 ? 600 : 400} ${sizes[i]}px ${family}`;
      width = Math.max(width, context.measureText(line).width);
    });
    const height = lines.length * 1.1 * rem;
    const candidates = placesFor(zone, outline, width + 0.4 * rem, height, viewport);
    const box = candidates[board.place(candidates)];
    if (!box) continue;
    labels.push(box);
    context.strokeStyle = COLOURS.halo;
    context.lineWidth = 0.26 * rem;
    context.fillStyle =
      zone.properties.kind === "exclusion" ? "#ff9d9d" : zone.properties.kind === "advisory" ? "#ffcf85" : "#a5dcd1";
    lines.forEach((line, i) => {
      context.font = `${i === 0 ? 600 : 400} ${sizes[i]}px ${family}`;
      const y = box.y + (i + 0.55) * 1.1 * rem;
      context.strokeText(line, box.x + box.width / 2, y);
      context.fillText(line, box.x + box.width / 2, y);
    });
  }
  context.restore();
  return labels;
}

function placesFor(zone: ZoneFeature, outline: Box, width: number, height: number, viewport: Viewport): Box[] {
  const { rem } = viewport;
  const centre = outline.x + outline.width / 2 - width / 2;
  const gap = 0.3 * rem;
  const at = (x: number, y: number): Box => ({ x, y, width, height });
  const inside = at(centre, outline.y + outline.height / 2 - height / 2);
  const above = at(centre, outline.y - height - gap);
  const below = at(centre, outline.y + outline.height + gap);
  const right = at(outline.x + outline.width + gap, inside.y);
  const left = at(outline.x - width - gap, inside.y);
  const isRegion = outline.width > 0.6 * viewport.width || outline.height > 0.6 * viewport.height;
  if (isRegion) {
    // a region's own name belongs to its upper edge, clear of all that lies in it
    const shares = [0.5, 0.35, 0.65, 0.2, 0.8];
    return [gap, height + gap].flatMap((drop) =>
      shares.map((share) => at(outline.x + outline.width * share - width / 2, outline.y + drop + 1.5 * rem)),
    );
  }
  const corners = [inside.x, inside.x + width].flatMap((x) =>
    [inside.y, inside.y + height].map((y) => ({ lat_deg: viewport.lat_deg(y), lon_deg: viewport.lon_deg(x) })),
  );
  const isRoomy = corners.every((corner) => contains(zone.geometry, corner));
  if (zone.properties.kind === "inclusion") return [above, below, right, left, inside];
  return isRoomy ? [inside, above, below, right, left] : [above, below, right, left];
}
