/** What a drone's numbers mean for what the operator sees and may do. */

import type { Drone, Flight } from "../contract";
import type { WordKey } from "../words/language";
import { HOVERING, RETURNING } from "../words/modes";

export type Action = "start" | "takeoff" | "pause" | "resume" | "rtl" | "land";
export type Level = "good" | "low" | "critical" | "unknown";

/** Data older than this is not taken for the present. */
export const STALE_AFTER_S = 5;

export function isStale(drone: Drone, ageS: number, isLive: boolean): boolean {
  return !isLive || !drone.is_connected || ageS > STALE_AFTER_S;
}

/** A mission waits: it was paused in AUTO, or a hovering mode interrupted it. */
export function isPaused(drone: Drone): boolean {
  if (drone.is_flying !== true || (drone.mission.count ?? 0) === 0) return false;
  return HOVERING.has(drone.mode) || (drone.mode === "AUTO" && drone.mission.is_paused);
}

export function phaseWord(drone: Drone): WordKey {
  if (isPaused(drone)) return "phase.paused";
  switch (drone.flight_phase) {
    case null:
    case "landed":
    case "completed":
    case "aborted":
      if (drone.is_flying === true) return RETURNING.has(drone.mode) ? "phase.returning" : "phase.airborne";
      if (drone.flight_phase === null) return drone.is_armed ? "state.armed" : "phase.ground";
      return `phase.${drone.flight_phase}`;
    default:
      return `phase.${drone.flight_phase}`;
  }
}

/** The lead button: a plan to fly, or just a climb. */
export function leadAction(hasPlan: boolean): Action {
  return hasPlan ? "start" : "takeoff";
}

/** Whether it waits on the ground and flies no plan. */
export function isIdle(drone: Drone): boolean {
  return drone.is_connected && drone.is_flying !== true && !drone.is_armed && !isBusy(drone);
}

/** Whether a supervised flight is under way, on the ground or in the air. */
function isBusy(drone: Drone): boolean {
  return drone.flight_phase !== null && !["landed", "completed", "aborted"].includes(drone.flight_phase);
}

/** What makes sense now; a replayed or silent drone takes nothing. */
export function possibleActions(drone: Drone, isReachable: boolean): ReadonlySet<Action> {
  const actions = new Set<Action>();
  if (!isReachable) return actions;
  const isAirborne = drone.is_flying === true;
  if (!isAirborne && !isBusy(drone) && !drone.is_armed) {
    actions.add("start").add("takeoff");
    return actions;
  }
  if (!isAirborne) return actions;
  if (isPaused(drone)) actions.add("resume");
  else if (!["LAND", "BRAKE", "LOITER"].includes(drone.mode)) actions.add("pause");
  if (drone.mode !== "RTL" && drone.mode !== "LAND") actions.add("rtl");
  if (drone.mode !== "LAND") actions.add("land");
  return actions;
}

export function batteryLevel(percent: number | null): Level {
  if (percent === null) return "unknown";
  if (percent <= 15) return "critical";
  return percent <= 30 ? "low" : "good";
}

export interface Progress {
  reached: number;
  items: number;
}

/** Mission progress: the supervised flight's own count, else what the vehicle says. */
export function progressOf(drone: Drone, flight: Flight | undefined): Progress | null {
  if (flight && flight.items > 0 && flight.plan_id === drone.plan_id) {
    return { reached: Math.min(flight.reached, flight.items), items: flight.items };
  }
  const { count, reached_seq: reached } = drone.mission;
  if (count === null || count <= 1) return null;
  // item 0 is home and is never reached
  return { reached: Math.min(Math.max(0, reached ?? 0), count - 1), items: count - 1 };
}
