/** What is being planned: places that were clicked or written, and a preview that is not kept. */

import type { Place, Plan } from "../contract";
import { COLOURS } from "../palette";
import type { ColouredPlan } from "../schedule_book";
import { paintPads } from "./routes";
import { traceLine } from "./trace";
import type { Viewport } from "./viewport";

export interface Draft {
  /** Joined by lines. */
  lines: readonly (readonly Place[])[];
  points: readonly Place[];
  pads: readonly Place[];
  plans: readonly Plan[];
}

export const NO_DRAFT: Draft = { lines: [], points: [], pads: [], plans: [] };

/** Draw a schedule's flights in their drones' colours, those that are not looked at faintly and below. */
export function paintSchedule(context: CanvasRenderingContext2D, viewport: Viewport, routes: readonly ColouredPlan[]): void {
  context.save();
  context.lineJoin = "round";
  for (const { plan, colour, isDim } of [...routes].sort((a, b) => Number(b.isDim) - Number(a.isDim))) {
    paintPlan(context, viewport, plan, colour, isDim ? 0.3 : 1);
  }
  context.restore();
}

function paintPlan(context: CanvasRenderingContext2D, viewport: Viewport, plan: Plan, colour: string, strength = 1): void {
  const { pen } = viewport;
  for (const route of plan.routes) {
    const isTransit = route.kind === "transit";
    context.setLineDash(isTransit ? [6 * pen, 5 * pen] : []);
    for (const [stroke, width] of [[COLOURS.halo, 5], [colour, 2.2]] as const) {
      context.strokeStyle = stroke;
      context.lineWidth = width * pen;
      context.globalAlpha = strength * (isTransit ? 0.7 : 1);
      traceLine(context, viewport, route.positions);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

export function paintDraft(context: CanvasRenderingContext2D, viewport: Viewport, { lines, points, pads, plans }: Draft): void {
  const { pen, rem } = viewport;
  context.save();
  context.lineJoin = "round";
  for (const plan of plans) {
    paintPlan(context, viewport, plan, COLOURS.draft);
    // where what is searched for drifts to meanwhile
    context.setLineDash([1.5 * pen, 4 * pen]);
    context.strokeStyle = COLOURS.text;
    context.lineWidth = 2.5 * pen;
    traceLine(context, viewport, plan.datum_track.map(({ position }) => [position.lat_deg, position.lon_deg]));
    context.stroke();
  }
  context.globalAlpha = 1;
  context.setLineDash([2 * pen, 4 * pen]);
  context.strokeStyle = COLOURS.text;
  context.lineWidth = 1.6 * pen;
  for (const line of lines) {
    traceLine(context, viewport, line.map(({ lat_deg, lon_deg }) => [lat_deg, lon_deg]));
    context.stroke();
  }
  context.setLineDash([]);
  for (const { lat_deg, lon_deg } of [...lines.flat(), ...points]) {
    context.beginPath();
    context.arc(viewport.x(lon_deg), viewport.y(lat_deg), 0.32 * rem, 0, 2 * Math.PI);
    context.fillStyle = COLOURS.halo;
    context.fill();
    context.lineWidth = 2 * pen;
    context.stroke();
  }
  context.restore();
  paintPads(context, viewport, pads);
}
