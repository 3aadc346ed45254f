/** How other aircraft stand to our drones. */

import type { Aircraft, Drone, Place } from "./contract";

const M_PER_DEG = 111_195;

/** An aircraft, and the drone that its distance and height are told from. */
export interface Sighting {
  aircraft: Aircraft;
  isNear: boolean;
  drone: Drone | null;
  distanceM: number | null;
  /** Rough: the aircraft's is by pressure or above the ellipsoid, the drone's above mean sea level. */
  aboveM: number | null;
  ageS: number;
}

export function distanceM(a: Place, b: Place): number {
  const north = (b.lat_deg - a.lat_deg) * M_PER_DEG;
  const span = ((b.lon_deg - a.lon_deg + 540) % 360) - 180;
  const east = span * M_PER_DEG * Math.cos((((a.lat_deg + b.lat_deg) / 2) * Math.PI) / 180);
  return Math.hypot(north, east);
}

/** Tell an aircraft from the drone that it is near to, else from the selected one, else from the nearest in the air. */
export function sightingOf(
  aircraft: Aircraft,
  drones: ReadonlyMap<string, Drone>,
  selectedId: string | null,
  ageS: number,
): Sighting {
  const away = (drone: Drone): number =>
    drone.position && aircraft.position ? distanceM(drone.position, aircraft.position) : Infinity;
  const nearest = (candidates: Iterable<Drone>): Drone | null =>
    [...candidates].reduce<Drone | null>((best, drone) => (away(drone) < (best ? away(best) : Infinity) ? drone : best), null);
  const near = aircraft.near.flatMap((id) => drones.get(id) ?? []);
  const selected = drones.get(selectedId ?? "") ?? null;
  const drone =
    nearest(near) ?? (selected?.position ? selected : nearest([...drones.values()].filter(({ is_flying }) => is_flying === true)));
  const distance = drone ? away(drone) : Infinity;
  return {
    aircraft,
    isNear: near.length > 0,
    drone,
    distanceM: Number.isFinite(distance) ? distance : null,
    aboveM: drone && drone.alt_amsl_m !== null && aircraft.alt_m !== null ? aircraft.alt_m - drone.alt_amsl_m : null,
    ageS,
  };
}

/** Those that are near first, then by distance. */
export function byUrgency(a: Sighting, b: Sighting): number {
  return Number(b.isNear) - Number(a.isNear) || (a.distanceM ?? Infinity) - (b.distanceM ?? Infinity) || (a.aircraft.id < b.aircraft.id ? -1 : 1);
}
