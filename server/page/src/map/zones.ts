/** Zones by kind, and their names where there is room. */

import type { ZoneFeature } from "../contract";
import { boundsOf, contains, positionsOf, sizeOf } from "../geometry";
import { COLOURS } from "../palette";
import { localName } from "../words/language";
import { bandsInWords } from "../words/zone_words";
import type { Box, LabelBoard } from "./label_board";
import { traceGeometry } from "./trace";
import type { Viewport } from "./viewport";
import { hatching, lookOf, ZONE_STYLES, type ZoneLook } from "./zone_style";

/** Zones as they are at one moment. */
export interface ZonesShown {
  zones: readonly ZoneFeature[];
  isActive: (zone: ZoneFeature) => boolean;
  /** What its times say on the map, beside its name; empty where it always holds. */
  timesOf: (zone: ZoneFeature) => string;
  chosenId: string | null;
  /** Zones that drones break or are about to break. */
  alerted: ReadonlyMap<string, "yellow" | "red">;
}

/** Draw all zones, the large ones first. */
export function paintZones(context: CanvasRenderingContext2D, viewport: Viewport, shown: ZonesShown): void {
  const { pen } = viewport;
  context.save();
  context.lineJoin = "round";
  const patterns = new Map<ZoneLook, CanvasPattern | null>();
  const ordered = [...shown.zones].sort((a, b) => sizeOf(b.geometry) - sizeOf(a.geometry));
  for (const zone of ordered) {
    const look = lookOf(zone);
    const style = ZONE_STYLES[look];
    const isChosen = zone.id === shown.chosenId;
    const isActive = shown.isActive(zone);
    traceGeometry(context, viewport, zone.geometry);
    if (isActive || isChosen) {
      context.globalAlpha = 1;
      context.fillStyle = isChosen && look === "inclusion" ? "rgba(95, 184, 168, 0.24)" : style.fill;
      context.fill("evenodd");
    }
    if (isActive && style.hatch !== null) {
      if (!patterns.has(look)) patterns.set(look, hatching(context, style, pen));
      const pattern = patterns.get(look);
      if (pattern) {
        context.fillStyle = pattern;
        context.fill("evenodd");
      }
    }
    context.strokeStyle = style.line;
    context.globalAlpha = isChosen ? 1 : isActive ? (look === "inclusion" ? 0.8 : 1) : 0.75;
    context.lineWidth = (isChosen ? 3 : isActive ? style.width : 1.4) * pen;
    context.setLineDash((isActive ? style.dash : [1.5, 5]).map((length) => length * pen));
    context.stroke();
  }
  for (const zone of ordered) {
    const colour = shown.alerted.get(zone.id);
    if (colour === undefined) continue;
    traceGeometry(context, viewport, zone.geometry);
    context.globalAlpha = 1;
    context.setLineDash([]);
    context.strokeStyle = COLOURS.halo;
    context.lineWidth = 7 * pen;
    context.stroke();
    context.strokeStyle = colour === "red" ? COLOURS.dangerLine : COLOURS.caution;
    context.lineWidth = 4 * pen;
    context.stroke();
  }
  context.restore();
}

/** Exclusions smaller than this are not covered by the drones' labels. */
const SMALL_REMS = 6;

/** Name each zone beside or inside itself, exclusions first; tells where the names and small exclusions lie. */
export function labelZones(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  shown: ZonesShown,
  board: LabelBoard,
): Box[] {
  const { rem } = viewport;
  const family = getComputedStyle(document.body).fontFamily;
  context.save();
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const rank = { exclusion: 0, advisory: 1, inclusion: 2 };
  const ordered = [...shown.zones].sort(
    (a, b) =>
      rank[a.properties.kind] - rank[b.properties.kind] || sizeOf(a.geometry) - sizeOf(b.geometry),
  );
  const kept: Box[] = [];
  for (const zone of ordered) {
    const bounds = boundsOf(positionsOf(zone.geometry));
    if (!bounds) continue;
    const outline: Box = {
      x: viewport.x(bounds.west),
      y: viewport.y(bounds.north),
      width: viewport.x(bounds.east) - viewport.x(bounds.west),
      height: viewport.y(bounds.south) - viewport.y(bounds.north),
    };
    const size = Math.max(outline.width, outline.height);
    if (size < 0.6 * rem) continue;
    if (zone.properties.kind === "exclusion" && size < SMALL_REMS * rem) kept.push(outline);
    const lines = [localName(zone.properties.name) || zone.id];
    const band = zone.properties.kind === "exclusion" ? bandsInWords(zone.properties.bands) : "";
    const notes = [band, shown.timesOf(zone)].filter(Boolean).join(" · ");
    if (notes) lines.push(notes);
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
    kept.push(box);
    context.strokeStyle = COLOURS.halo;
    context.lineWidth = 0.26 * rem;
    context.fillStyle = ZONE_STYLES[lookOf(zone)].text;
    context.globalAlpha = shown.isActive(zone) ? 1 : 0.8;
    lines.forEach((line, i) => {
      context.font = `${i === 0 ? 600 : 400} ${sizes[i]}px ${family}`;
      const y = box.y + (i + 0.55) * 1.1 * rem;
      context.strokeText(line, box.x + box.width / 2, y);
      context.fillText(line, box.x + box.width / 2, y);
    });
  }
  context.restore();
  return kept;
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
