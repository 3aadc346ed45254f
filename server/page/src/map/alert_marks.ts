/** Alerts on the map: a ring round the drone, a sign on its label, and the way to the boundary. */

import type { Drone, ZoneAlert } from "../contract";
import type { Pose } from "../motion";
import { COLOURS } from "../palette";
import type { Viewport } from "./viewport";

/** Side of the sign on a label. */
export const SIGN_REMS = 1.15;
/** A way longer than this says nothing any more. */
const LONGEST_S = 60;
const METRES_PER_DEGREE = 111_320;

interface Placed {
  drone: Drone;
  pose: Pose;
  isStale: boolean;
  x: number;
  y: number;
}

/** The most urgent alert of a drone, as the service has ordered them. */
export function alertOnMap(drone: Drone): ZoneAlert | null {
  return drone.alerts[0] ?? null;
}

/** The zones of all alerts, each with its gravest colour. */
export function alertedZones(drones: Iterable<Drone>): Map<string, "yellow" | "red"> {
  const zones = new Map<string, "yellow" | "red">();
  for (const { alerts } of drones) {
    for (const { zone_id, colour } of alerts) if (zones.get(zone_id) !== "red") zones.set(zone_id, colour);
  }
  return zones;
}

/** Broken for yellow, whole and doubled for red: told apart without their colours. */
export function paintRing(context: CanvasRenderingContext2D, alert: ZoneAlert, x: number, y: number, size: number): void {
  const isRed = alert.colour === "red";
  const radii = isRed ? [1.75, 2.35] : [1.9];
  context.save();
  for (const [width, colour] of [
    [0.5 * size, COLOURS.halo],
    [0.26 * size, isRed ? COLOURS.dangerLine : COLOURS.caution],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    for (const radius of radii) {
      context.setLineDash(isRed || colour === COLOURS.halo ? [] : [0.55 * size, 0.4 * size]);
      context.lineCap = "butt";
      context.beginPath();
      context.arc(x, y, radius * size, 0, 2 * Math.PI);
      context.stroke();
    }
  }
  context.restore();
}

/** A triangle for yellow, an octagon for red, each with its exclamation mark. */
export function paintSign(
  context: CanvasRenderingContext2D,
  alert: ZoneAlert,
  x: number,
  y: number,
  rem: number,
  ink: string,
): void {
  const reach = (SIGN_REMS / 2) * rem;
  const corners = alert.colour === "red" ? 8 : 3;
  const first = corners === 8 ? Math.PI / 8 : -Math.PI / 2;
  context.beginPath();
  for (let i = 0; i < corners; i++) {
    const angle = first + (2 * Math.PI * i) / corners;
    const centre = corners === 3 ? y + 0.18 * reach : y;
    context.lineTo(x + 1.08 * reach * Math.cos(angle), centre + 1.08 * reach * Math.sin(angle));
  }
  context.closePath();
  context.lineJoin = "round";
  context.lineWidth = 0.13 * rem;
  context.strokeStyle = ink;
  context.stroke();
  context.fillStyle = ink;
  const low = corners === 3 ? 0.1 * rem : 0;
  context.fillRect(x - 0.07 * rem, y - 0.26 * rem + low, 0.14 * rem, 0.3 * rem);
  context.fillRect(x - 0.07 * rem, y + 0.12 * rem + low, 0.14 * rem, 0.13 * rem);
}

/** The straight way on to the side of the zone, with a bar where it is met. */
export function paintPrediction(context: CanvasRenderingContext2D, viewport: Viewport, { drone, pose, isStale, x, y }: Placed): void {
  const alert = drone.alerts.find(({ limit, is_breached }) => limit === "side" && !is_breached);
  const { course_deg: course, ground_speed_m_s: speed } = drone;
  if (isStale || !alert || alert.time_to_breach_s === null || course === null || speed === null) return;
  const wayM = speed * Math.min(alert.time_to_breach_s, LONGEST_S);
  if (wayM < 1) return;
  const angle = (course * Math.PI) / 180;
  const lat_deg = pose.lat_deg + (wayM * Math.cos(angle)) / METRES_PER_DEGREE;
  const lon_deg = pose.lon_deg + (wayM * Math.sin(angle)) / (METRES_PER_DEGREE * Math.cos((pose.lat_deg * Math.PI) / 180));
  const [endX, endY] = [viewport.x(lon_deg), viewport.y(lat_deg)];
  const { rem } = viewport;
  const [acrossX, acrossY] = [0.6 * rem * Math.cos(angle), 0.6 * rem * Math.sin(angle)];
  context.save();
  for (const [width, colour] of [
    [0.42 * rem, COLOURS.halo],
    [0.2 * rem, alert.colour === "red" ? COLOURS.dangerLine : COLOURS.caution],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineCap = "butt";
    context.setLineDash([0.5 * rem, 0.3 * rem]);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(endX, endY);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(endX - acrossX, endY - acrossY);
    context.lineTo(endX + acrossX, endY + acrossY);
    context.stroke();
  }
  context.restore();
}
