/** Drones, the last piece of their trails, and their labels. */

import type { Drone, LatLonPair } from "../contract";
import { ICONS } from "../element";
import type { Pose } from "../motion";
import { COLOURS, droneColour } from "../palette";
import { remainderInWords } from "../words/alert_words";
import { wholeFigure } from "../words/figures";
import { droneName, say } from "../words/language";
import { aheadOf, alertOnMap, paintPrediction, paintRing, paintSign, SIGN_REMS } from "./alert_marks";
import { ArrowSprites } from "./arrow_sprites";
import { type Box, LabelBoard } from "./label_board";
import type { Viewport } from "./viewport";

export interface Shown {
  drone: Drone;
  pose: Pose;
  isStale: boolean;
  trail: readonly LatLonPair[];
}

/** With more drones in view than this, only the selected one is labelled. */
const MOST_LABELS = 60;

const sprites = new ArrowSprites();

/** On which side of its drone each label was last. */
const labelSides = new Map<string, number>();

interface Mark extends Shown {
  x: number;
  y: number;
}

/** Draw them, the selected one on top; tells where they are on the sheet. */
export function paintDrones(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  shown: readonly Shown[],
  selectedId: string | null,
  zoneLabels: readonly Box[],
): Map<string, { x: number; y: number }> {
  const { rem } = viewport;
  const marks: Mark[] = [];
  const places = new Map<string, { x: number; y: number }>();
  for (const each of shown) {
    const mark = { ...each, x: viewport.x(each.pose.lon_deg), y: viewport.y(each.pose.lat_deg) };
    places.set(each.drone.id, { x: mark.x, y: mark.y });
    if (viewport.shows(mark.x, mark.y, 2 * rem)) marks.push(mark);
  }
  marks.sort((a, b) => rankOf(a, selectedId) - rankOf(b, selectedId));

  context.save();
  context.lineCap = "round";
  context.lineWidth = 0.18 * rem;
  for (const mark of marks) {
    const before = mark.trail.at(-2);
    if (!before) continue;
    context.strokeStyle = droneColour(mark.drone.id);
    context.beginPath();
    context.moveTo(viewport.x(before[1]), viewport.y(before[0]));
    context.lineTo(mark.x, mark.y);
    context.stroke();
  }
  for (const mark of marks) paintPrediction(context, viewport, mark);
  const crowd = marks.length > 300 ? 0.6 : marks.length > MOST_LABELS ? 0.8 : 1;
  for (const mark of marks) paintArrow(context, mark, mark.drone.id === selectedId, rem, crowd);
  // in a crowd only those are named that matter now; the most urgent choose their places first
  const labelled = [...marks].reverse().filter((mark) => marks.length <= MOST_LABELS || rankOf(mark, selectedId) > 0);
  paintLabels(context, viewport, labelled, marks, selectedId, zoneLabels);
  context.restore();
  return places;
}

/** What is drawn on top: the selected drone, then alerts by their gravity. */
function rankOf({ drone }: Mark, selectedId: string | null): number {
  const alert = alertOnMap(drone);
  return (alert === null ? 0 : alert.colour === "red" ? 4 : 2) + Number(drone.id === selectedId);
}

function paintArrow(context: CanvasRenderingContext2D, mark: Mark, isSelected: boolean, rem: number, crowd: number): void {
  const { drone, pose, x, y } = mark;
  const colour = mark.isStale ? COLOURS.stale : droneColour(drone.id);
  const size = rem * (drone.is_flying === false ? 0.72 : 0.92) * (isSelected ? 1 : crowd);
  if (isSelected) {
    context.beginPath();
    context.arc(x, y, size * 1.6, 0, 2 * Math.PI);
    context.fillStyle = "rgba(255, 255, 255, 0.12)";
    context.fill();
    context.strokeStyle = "#ffffff";
    context.lineWidth = 2;
    context.stroke();
  }
  const alert = alertOnMap(drone);
  if (alert) paintRing(context, alert, x, y, size);
  const reach = ArrowSprites.reach(size);
  const sprite = sprites.sprite(colour, size, pose.heading_deg !== null);
  context.translate(x, y);
  const turned = ((pose.heading_deg ?? 0) * Math.PI) / 180;
  context.rotate(turned);
  context.drawImage(sprite, -reach, -reach, 2 * reach, 2 * reach);
  context.rotate(-turned);
  context.translate(-x, -y);
}

function paintLabels(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  labelled: readonly Mark[],
  marks: readonly Mark[],
  selectedId: string | null,
  zoneLabels: readonly Box[],
): void {
  const { rem } = viewport;
  const family = getComputedStyle(document.body).fontFamily;
  const board = new LabelBoard(viewport.width, viewport.height);
  const radius = 0.95 * rem;
  for (const { x, y } of marks) board.take({ x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius });
  for (const mark of labelled) {
    const ahead = aheadOf(viewport, mark);
    if (ahead) board.take(ahead);
  }
  for (const box of zoneLabels) board.take(box);
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const mark of labelled) {
    const name = droneName(mark.drone.name);
    const alt = `${wholeFigure(mark.drone.alt_rel_m)} ${say("alt.unit")}`;
    const alert = alertOnMap(mark.drone);
    const rest = alert === null ? "" : remainderInWords(alert);
    const isUnguarded = !mark.drone.guard.is_on;
    context.font = `700 ${0.86 * rem}px ${family}`;
    const nameWidth = context.measureText(name).width;
    context.font = `400 ${0.86 * rem}px ${family}`;
    const altWidth = context.measureText(alt).width;
    context.font = `700 ${1.15 * rem}px ${family}`;
    const restWidth = rest === "" ? 0 : context.measureText(rest).width + 0.45 * rem;
    const signWidth = alert === null ? 0 : (SIGN_REMS + 0.35) * rem;
    const shieldWidth = isUnguarded ? 1.15 * rem : 0;
    const height = (alert === null ? 1.45 : 1.9) * rem;
    const width = signWidth + nameWidth + altWidth + restWidth + shieldWidth + 1.35 * rem;
    const candidates = placesAround(mark, width, height, rem);
    // a label stays where it was as long as that is free
    const before = candidates[labelSides.get(mark.drone.id) ?? 0];
    const isKept = before !== undefined && board.place([before]) === 0;
    const index = isKept ? candidates.indexOf(before) : Math.max(0, board.place(candidates));
    labelSides.set(mark.drone.id, index);
    const box = candidates[index];
    if (!box) continue;
    const colour = mark.isStale ? COLOURS.stale : droneColour(mark.drone.id);
    const [anchorX, anchorY] = [
      Math.min(Math.max(mark.x, box.x), box.x + box.width),
      Math.min(Math.max(mark.y, box.y), box.y + box.height),
    ];
    if (Math.hypot(anchorX - mark.x, anchorY - mark.y) > 2 * rem) {
      context.strokeStyle = colour;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(mark.x, mark.y);
      context.lineTo(anchorX, anchorY);
      context.stroke();
    }
    context.beginPath();
    context.roundRect(box.x, box.y, width, height, 0.3 * rem);
    context.fillStyle = alert === null ? COLOURS.pill : alert.colour === "red" ? COLOURS.danger : COLOURS.caution;
    context.fill();
    context.strokeStyle = mark.drone.id === selectedId ? "#ffffff" : colour;
    context.lineWidth = mark.drone.id === selectedId || alert !== null ? 1.6 : 1;
    context.stroke();
    const ink = alert === null ? (mark.isStale ? COLOURS.stale : COLOURS.text) : alert.colour === "red" ? COLOURS.dangerText : COLOURS.cautionText;
    const middle = box.y + height / 2;
    let x = box.x + 0.45 * rem;
    if (alert !== null) {
      paintSign(context, alert, x + (SIGN_REMS / 2) * rem, middle, rem, ink);
      x += signWidth;
    }
    context.fillStyle = ink;
    context.font = `700 ${0.86 * rem}px ${family}`;
    context.fillText(name, x, middle + 1);
    context.font = `400 ${0.86 * rem}px ${family}`;
    context.fillText(alt, x + nameWidth + 0.45 * rem, middle + 1);
    x += nameWidth + altWidth + 0.45 * rem;
    if (rest !== "") {
      context.font = `700 ${1.15 * rem}px ${family}`;
      context.fillText(rest, x + 0.45 * rem, middle + 1);
      x += restWidth;
    }
    if (isUnguarded) paintOpenShield(context, x + 0.75 * rem, middle, rem, ink);
  }
}

/** Nobody holds this drone before a zone. */
function paintOpenShield(context: CanvasRenderingContext2D, x: number, y: number, rem: number, ink: string): void {
  context.save();
  context.translate(x - 0.5 * rem, y - 0.5 * rem);
  context.scale(rem / 24, rem / 24);
  context.strokeStyle = ink;
  context.lineWidth = 2.6;
  context.lineJoin = "round";
  context.stroke(new Path2D(ICONS.shieldOff));
  context.restore();
}

function placesAround({ x, y }: Mark, width: number, height: number, rem: number): Box[] {
  const at = (left: number, top: number): Box => ({ x: left, y: top, width, height });
  const near = 1.15 * rem;
  const places = [
    at(x + near, y - height / 2),
    at(x - near - width, y - height / 2),
    at(x - width / 2, y - near - height),
    at(x - width / 2, y + near),
  ];
  for (const ring of [1, 2, 3, 4]) {
    const far = ring * (height + 0.25 * rem);
    for (const side of [x + near, x - near - width]) {
      places.push(at(side, y - height / 2 - far), at(side, y - height / 2 + far));
    }
  }
  return places;
}
