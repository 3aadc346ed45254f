/** Other aircraft: a silhouette by heading, with callsign, height and age. */

import { COLOURS } from "../palette";
import type { Sighting } from "../traffic";
import { ageInWords } from "../words/figures";
import { heightOnMap, OLD_S } from "../words/traffic_words";
import { type Box, LabelBoard } from "./label_board";
import type { Viewport } from "./viewport";

/** With more of them in view than this, only those that are near to a drone are labelled. */
const MOST_LABELS = 40;
/** Fuselage, wings and tail, nose up, in a square from -1 to 1. */
const SILHOUETTE: readonly [number, number][] = [
  [0, -1], [0.14, -0.72], [0.14, -0.28], [0.95, 0.22], [0.95, 0.42], [0.14, 0.16], [0.12, 0.62], [0.42, 0.84], [0.42, 1],
  [0, 0.88], [-0.42, 1], [-0.42, 0.84], [-0.12, 0.62], [-0.14, 0.16], [-0.95, 0.42], [-0.95, 0.22], [-0.14, -0.28], [-0.14, -0.72],
];

interface Mark extends Sighting {
  x: number;
  y: number;
}

/** Draw them below the drones; returns what they cover. */
export function paintAircraft(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  sightings: readonly Sighting[],
  taken: readonly Box[],
): Box[] {
  const { rem } = viewport;
  const marks: Mark[] = [];
  for (const sighting of sightings) {
    const place = sighting.aircraft.position;
    if (!place) continue;
    const mark = { ...sighting, x: viewport.x(place.lon_deg), y: viewport.y(place.lat_deg) };
    if (viewport.shows(mark.x, mark.y, 2 * rem)) marks.push(mark);
  }
  // those that are near to a drone on top
  marks.sort((a, b) => Number(a.isNear) - Number(b.isNear));
  context.save();
  for (const mark of marks) paintSilhouette(context, mark, rem);
  const covered = paintLabels(context, viewport, marks, taken);
  context.restore();
  return covered;
}

function paintSilhouette(context: CanvasRenderingContext2D, mark: Mark, rem: number): void {
  const { aircraft, isNear, x, y } = mark;
  const size = (isNear ? 1 : 0.78) * rem;
  context.save();
  context.translate(x, y);
  if (isNear) {
    context.beginPath();
    context.arc(0, 0, size * 1.45, 0, 2 * Math.PI);
    context.strokeStyle = COLOURS.dangerLine;
    context.lineWidth = 2.5;
    context.setLineDash([6, 4]);
    context.stroke();
    context.setLineDash([]);
  }
  context.fillStyle = isNear ? COLOURS.dangerLine : mark.ageS >= OLD_S ? COLOURS.stale : COLOURS.aircraft;
  context.strokeStyle = COLOURS.halo;
  context.lineWidth = 2;
  context.lineJoin = "round";
  context.beginPath();
  if (aircraft.heading_deg === null) {
    // no nose is known: a diamond, which points nowhere
    for (const [px, py] of [[0, -0.8], [0.8, 0], [0, 0.8], [-0.8, 0]] as const) context.lineTo(px * size, py * size);
  } else {
    context.rotate((aircraft.heading_deg * Math.PI) / 180);
    for (const [px, py] of SILHOUETTE) context.lineTo(px * size, py * size);
  }
  context.closePath();
  context.stroke();
  context.fill();
  context.restore();
}

function paintLabels(context: CanvasRenderingContext2D, viewport: Viewport, marks: readonly Mark[], taken: readonly Box[]): Box[] {
  const { rem } = viewport;
  const family = getComputedStyle(document.body).fontFamily;
  const board = new LabelBoard(viewport.width, viewport.height);
  const covered: Box[] = marks.map(({ x, y }) => ({ x: x - rem, y: y - rem, width: 2 * rem, height: 2 * rem }));
  for (const box of [...taken, ...covered]) board.take(box);
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const mark of [...marks].reverse()) {
    if (!mark.isNear && marks.length > MOST_LABELS) continue;
    const age = mark.ageS >= OLD_S ? ageInWords(mark.ageS) : "";
    const rest = [heightOnMap(mark), age].filter((part) => part !== "").join(" · ");
    context.font = `700 ${0.8 * rem}px ${family}`;
    const nameWidth = context.measureText(mark.aircraft.name).width;
    context.font = `400 ${0.8 * rem}px ${family}`;
    const width = nameWidth + (rest === "" ? 0 : context.measureText(rest).width + 0.4 * rem) + 0.9 * rem;
    const height = 1.35 * rem;
    const near = 1.8 * rem;
    const candidates = [
      { x: mark.x + near, y: mark.y - height / 2, width, height },
      { x: mark.x - near - width, y: mark.y - height / 2, width, height },
      { x: mark.x - width / 2, y: mark.y - near - height, width, height },
      { x: mark.x - width / 2, y: mark.y + near, width, height },
    ];
    const box = candidates[board.place(candidates)];
    if (!box) continue;
    covered.push(box);
    context.beginPath();
    context.roundRect(box.x, box.y, width, height, 0.25 * rem);
    context.fillStyle = mark.isNear ? COLOURS.danger : COLOURS.pill;
    context.fill();
    context.fillStyle = mark.isNear ? COLOURS.dangerText : mark.ageS >= OLD_S ? COLOURS.stale : COLOURS.aircraft;
    context.font = `700 ${0.8 * rem}px ${family}`;
    context.fillText(mark.aircraft.name, box.x + 0.45 * rem, box.y + height / 2 + 1);
    context.font = `400 ${0.8 * rem}px ${family}`;
    context.fillText(rest, box.x + 0.85 * rem + nameWidth, box.y + height / 2 + 1);
  }
  return covered;
}
