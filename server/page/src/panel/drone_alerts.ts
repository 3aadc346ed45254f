/** What else an operator must know of a drone, in words. */

import type { Drone, Flight } from "../contract";
import { deviationInWords } from "../words/alert_words";
import { tenthFigure } from "../words/figures";
import { say, type WordKey } from "../words/language";
import { batteryLevel } from "./flight_state";

export interface DroneAlert {
  isGrave: boolean;
  text: string;
}

/** All but the zones that it is about to break. */
export function alertsOf(drone: Drone, flight: Flight | undefined, isStale: boolean): DroneAlert[] {
  const alerts: DroneAlert[] = [];
  const add = (isGrave: boolean, key: WordKey, values: Record<string, string | number> = {}): void => {
    alerts.push({ isGrave, text: say(key, values) });
  };
  if (isStale && drone.is_flying === true) add(true, "alert.lost");
  if (drone.fence_breached === true) add(true, "alert.fence");
  const isBreachSaid = drone.alerts.some((alert) => alert.is_breached);
  if (drone.zone_clearance_m !== null && drone.zone_clearance_m < 0 && !isBreachSaid) {
    add(true, "alert.zone", { metres: tenthFigure(-drone.zone_clearance_m) });
  }
  const level = batteryLevel(drone.battery.remaining_pct);
  if (level === "low" || level === "critical") add(level === "critical", "alert.battery");
  if (drone.flight_phase === "aborted" && flight?.reason) {
    add(drone.is_flying === true, "alert.aborted", { reason: flight.reason });
  }
  if (!drone.is_armed && drone.prearm.ok === false) {
    const reasons = drone.prearm.reasons.slice(0, 3).join("; ");
    if (reasons) add(false, "alert.prearm.reasons", { reasons });
    else add(false, "alert.prearm");
  }
  for (const aspect of drone.conformance.deviating) {
    alerts.push({ isGrave: false, text: deviationInWords(aspect, drone.conformance.cross_track_m) });
  }
  return alerts;
}
