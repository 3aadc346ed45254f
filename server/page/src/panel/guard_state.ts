/** What the guard of a drone does, and has done. */

import type { Drone, GuardOrder, ServiceEvent } from "../contract";
import type { WordKey } from "../words/language";
import { HOVERING, RETURNING } from "../words/modes";

export type GuardState =
  | { is: "watching" }
  | { is: "off"; who: string; why: string }
  | { is: "overruled" }
  | { is: "acted"; order: GuardOrder; zone_id: string }
  | { is: "refused"; order: GuardOrder; zone_id: string };

/** The guard's state; `deed` is what it did last, which counts as long as the drone does it or ought to. */
export function guardStateOf(drone: Drone, deed: ServiceEvent | undefined): GuardState {
  const { guard } = drone;
  if (!guard.is_on) return { is: "off", who: guard.who, why: guard.why };
  if (guard.is_overruled) return { is: "overruled" };
  if (drone.is_flying === false || !deed) return { is: "watching" };
  const order = deed.data["action"] as GuardOrder;
  const zone_id = String(deed.data["zone_id"]);
  if (deed.kind === "guard_acted" && isDoing(order, drone.mode)) return { is: "acted", order, zone_id };
  const isAsked = drone.alerts.some(({ colour, action }) => colour === "red" && action !== "warn");
  if (deed.kind === "guard_refused" && isAsked) return { is: "refused", order, zone_id };
  return { is: "watching" };
}

function isDoing(order: GuardOrder, mode: string): boolean {
  switch (order) {
    case "hold":
      return HOVERING.has(mode);
    case "return":
      return RETURNING.has(mode) || mode === "LAND";
    case "land":
      return mode === "LAND";
  }
}

/** The words for it; null where it just watches. */
export function guardWord(state: GuardState): WordKey | null {
  switch (state.is) {
    case "watching":
      return null;
    case "off":
    case "overruled":
      return `guard.${state.is}`;
    case "acted":
    case "refused":
      return `guard.${state.is}.${state.order}`;
  }
}
