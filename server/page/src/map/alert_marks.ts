/** Alerts on the map: a ring round the drone, a sign on its label, and the way to the boundary. */

import type { Drone, ZoneAlert } from "../contract";
import type { Pose } from "../motion";
import { COLOURS } from "../palette";
import type { Box } from "./label_board";
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

/** Where the straight way on meets the side of the zone; null where nothing says so. */
function meetingPlace(viewport: Viewport, { drone, pose, isStale }: Placed): { x: number; y: number; angle: number } | null {
  const alert = sideAlert(drone);
  const { course_deg: course, ground_speed_m_s: speed } = drone;
  if (isStale || !alert || alert.time_to_breach_s === null || course === null || speed === null) return null;
  const wayM = speed * Math.min(alert.time_to_breach_s, LONGEST_S);
  if (wayM < 1) return null;
  const angle = (course * Math.PI) / 180;
  const lat_deg = pose.lat_deg + (wayM * Math.cos(angle)) / METRES_PER_DEGREE;
  const lon_deg = pose.lon_deg + (wayM * Math.sin(angle)) / (METRES_PER_DEGREE * Math.cos((pose.lat_deg * Math.PI) / 180));
  return { x: viewport.x(lon_deg), y: viewport.y(lat_deg), angle };
}

function sideAlert(drone: Drone): ZoneAlert | undefined {
  return drone.alerts.find(({ limit, is_breached }) => limit === "side" && !is_breached);
}

/** The place that the label of a drone in danger keeps clear of: what lies just ahead of it. */
export function aheadOf(viewport: Viewport, mark: Placed): Box | null {
  const met = meetingPlace(viewport, mark);
  if (!met) return null;
  const { rem } = viewport;
  const [farX, farY] = [met.x + 2 * rem * Math.sin(met.angle), met.y - 2 * rem * Math.cos(met.angle)];
  const [x, y] = [Math.min(mark.x, farX) - 0.5 * rem, Math.min(mark.y, farY) - 0.5 * rem];
  return { x, y, width: Math.max(mark.x, farX) + 0.5 * rem - x, height: Math.max(mark.y, farY) + 0.5 * rem - y };
}

/** Draw the way there, with a bar across where the zone is met. */
export function paintPrediction(context: CanvasRenderingContext2D, viewport: Viewport, mark: Placed): void {
  const met = meetingPlace(viewport, mark);
  if (!met) return;
  const { rem } = viewport;
  const [acrossX, acrossY] = [0.6 * rem * Math.cos(met.angle), 0.6 * rem * Math.sin(met.angle)];
  context.save();
  for (const [width, colour] of [
    [0.42 * rem, COLOURS.halo],
    [0.2 * rem, sideAlert(mark.drone)?.colour === "red" ? COLOURS.dangerLine : COLOURS.caution],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineCap = "butt";
    context.setLineDash([0.5 * rem, 0.3 * rem]);
    context.beginPath();
    context.moveTo(mark.x, mark.y);
    context.lineTo(met.x, met.y);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(met.x - acrossX, met.y - acrossY);
    context.lineTo(met.x + acrossX, met.y + acrossY);
    context.stroke();
  }
  context.restore();
}
