/** What the live monitor says of a drone and a zone. */

import type { AlertLimit, Drone, RouteAspect, ZoneAlert, ZoneFeature } from "../contract";
import { UNKNOWN, wholeFigure } from "./figures";
import { localName, say } from "./language";

/** The name of a zone in the page's language; its id where it has none, or is gone. */
export function zoneName(zone: ZoneFeature | undefined, zoneId: string): string {
  return localName(zone?.properties.name ?? "") || zoneId;
}

/** "Heading for Hospital helipad", "Outside Anning precinct". */
export function dangerInWords(
  zone: ZoneFeature | undefined,
  alert: { zone_id: string; limit: AlertLimit; is_breached: boolean },
): string {
  // an advisory is entered like an exclusion
  const kind = zone?.properties.kind === "inclusion" ? "inclusion" : "exclusion";
  const state = alert.is_breached ? "breached" : "ahead";
  return say(`alert.${kind}.${alert.limit}.${state}`, { zone: zoneName(zone, alert.zone_id) });
}

export type AlertLevel = "yellow" | "red" | "breached";

export function levelOf(alert: ZoneAlert): AlertLevel {
  return alert.is_breached ? "breached" : alert.colour;
}

/** What is left: seconds to the breach, or the way where there are none; how deep it is in where it has happened. */
export function remainderInWords(alert: ZoneAlert): string {
  const seconds = alert.time_to_breach_s;
  if (!alert.is_breached && seconds !== null) return say("alert.seconds", { seconds: wholeFigure(Math.floor(seconds)) });
  return alert.distance_m === null ? "" : say("alert.metres", { metres: wholeFigure(Math.abs(alert.distance_m)) });
}

/** What will be done about it, and by whom. */
export function nextInWords(alert: ZoneAlert, { guard }: Drone): string {
  if (alert.action === "warn") return say("alert.next.warn");
  if (!guard.is_on) return say("alert.next.unguarded");
  return say(guard.is_overruled ? "alert.next.overruled" : `alert.next.${alert.action}`);
}

export function deviationInWords(aspect: RouteAspect, crossTrackM: number | null): string {
  const metres = crossTrackM === null ? UNKNOWN : wholeFigure(Math.abs(crossTrackM));
  return say(`deviating.${aspect}`, { metres });
}
