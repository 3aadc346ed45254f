/** Planned routes in the colour of the drone that flies them. */

import type { Drone, Place, Plan } from "../contract";
import { COLOURS, droneColour } from "../palette";
import { traceLine } from "./trace";
import type { Viewport } from "./viewport";

export function paintRoutes(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  plans: readonly Plan[],
  drones: Iterable<Drone>,
  selectedId: string | null,
): number {
  const flownBy = new Map<string, string>();
  for (const drone of drones) if (drone.plan_id !== null) flownBy.set(drone.plan_id, drone.id);
  const { pen } = viewport;
  let count = 0;
  context.save();
  context.lineJoin = "round";
  for (const plan of plans) {
    const droneId = flownBy.get(plan.id);
    const isSelected = droneId !== undefined && droneId === selectedId;
    context.strokeStyle = droneId === undefined ? COLOURS.unflown : droneColour(droneId);
    for (const route of plan.routes) {
      const isTransit = route.kind === "transit";
      context.setLineDash(isTransit ? [5 * pen, 5 * pen] : []);
      context.globalAlpha = isSelected ? 0.8 : isTransit ? 0.5 : 0.55;
      context.lineWidth = (isSelected ? 1.5 : 1.2) * pen;
      traceLine(context, viewport, route.positions);
      context.stroke();
      count += 1;
    }
  }
  context.restore();
  return count;
}

/** Where drones take off and land, each place once. */
export function padsOf(plans: readonly Plan[], drones: Iterable<Drone>): Place[] {
  const pads: Place[] = [];
  const near = 5 / 111_320;
  const homes = [...[...drones].map((drone) => drone.home), ...plans.map((plan) => plan.home)];
  for (const home of homes) {
    if (!home) continue;
    const isKnown = pads.some(
      (pad) => Math.abs(pad.lat_deg - home.lat_deg) < near && Math.abs(pad.lon_deg - home.lon_deg) < near,
    );
    if (!isKnown) pads.push(home);
  }
  return pads;
}

export function paintPads(context: CanvasRenderingContext2D, viewport: Viewport, pads: readonly Place[]): void {
  const { rem } = viewport;
  context.save();
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `700 ${0.72 * rem}px ${getComputedStyle(document.body).fontFamily}`;
  for (const pad of pads) {
    const [x, y] = [viewport.x(pad.lon_deg), viewport.y(pad.lat_deg)];
    context.beginPath();
    context.arc(x, y, 0.72 * rem, 0, 2 * Math.PI);
    context.fillStyle = COLOURS.halo;
    context.fill();
    context.strokeStyle = COLOURS.text;
    context.lineWidth = 1.6 * viewport.pen;
    context.stroke();
    context.fillStyle = COLOURS.text;
    context.fillText("H", x, y + 0.03 * rem);
  }
  context.restore();
}
