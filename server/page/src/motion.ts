/** Where drones are shown between two reports: a straight line from where they were to where they are. */

import type { Drone } from "./contract";

export interface Pose {
  lat_deg: number;
  lon_deg: number;
  heading_deg: number | null;
}

interface Leg {
  from: Pose;
  to: Pose;
  started_ms: number;
  lasts_ms: number;
}

/** Longer pauses between reports are jumped, not glided over. */
const LONGEST_GLIDE_MS = 1200;
const SHORTEST_GLIDE_MS = 40;
/** A step of more than about 500 m is a new place, not a flight. */
const LONGEST_STEP_DEG = 0.005;

/** The way from one heading to another the short way round, `share` of it done. */
export function turn(from_deg: number, to_deg: number, share: number): number {
  const difference = ((to_deg - from_deg + 540) % 360) - 180;
  return (from_deg + difference * share + 360) % 360;
}

export class Motion {
  readonly #legs = new Map<string, Leg>();
  readonly #reportedMs = new Map<string, number>();

  report(drone: Drone, nowMs: number): void {
    if (!drone.position) {
      this.#legs.delete(drone.id);
      return;
    }
    const to: Pose = { ...drone.position, heading_deg: drone.heading_deg ?? drone.course_deg };
    const pause = nowMs - (this.#reportedMs.get(drone.id) ?? -Infinity);
    this.#reportedMs.set(drone.id, nowMs);
    const from = this.poseOf(drone.id, nowMs);
    const isNear =
      from !== null &&
      Math.abs(from.lat_deg - to.lat_deg) < LONGEST_STEP_DEG &&
      Math.abs(from.lon_deg - to.lon_deg) < LONGEST_STEP_DEG;
    const lasts_ms = isNear && pause <= LONGEST_GLIDE_MS ? Math.max(SHORTEST_GLIDE_MS, pause) : 0;
    this.#legs.set(drone.id, { from: isNear ? from : to, to, started_ms: nowMs, lasts_ms });
  }

  forget(id: string): void {
    this.#legs.delete(id);
    this.#reportedMs.delete(id);
  }

  poseOf(id: string, nowMs: number): Pose | null {
    const leg = this.#legs.get(id);
    if (!leg) return null;
    const { from, to } = leg;
    // an animation frame's time lies a little before the report it shows
    const share = leg.lasts_ms > 0 ? Math.min(1, Math.max(0, nowMs - leg.started_ms) / leg.lasts_ms) : 1;
    if (share >= 1) return to;
    return {
      lat_deg: from.lat_deg + (to.lat_deg - from.lat_deg) * share,
      lon_deg: from.lon_deg + (to.lon_deg - from.lon_deg) * share,
      heading_deg:
        from.heading_deg === null || to.heading_deg === null
          ? to.heading_deg
          : turn(from.heading_deg, to.heading_deg, share),
    };
  }

  /** Whether any drone is still on its way at `nowMs`. */
  isMoving(nowMs: number): boolean {
    for (const { from, to, started_ms, lasts_ms } of this.#legs.values()) {
      const differs =
        from.lat_deg !== to.lat_deg || from.lon_deg !== to.lon_deg || from.heading_deg !== to.heading_deg;
      if (differs && nowMs < started_ms + lasts_ms) return true;
    }
    return false;
  }
}
