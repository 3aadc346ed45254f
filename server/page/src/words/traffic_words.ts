/** Other aircraft in words. */

import type { Sighting } from "../traffic";
import { ageInWords, lengthInWords, wholeFigure } from "./figures";
import { droneName, say } from "./language";

/** From this age on a position is told with its age. */
export const OLD_S = 5;

/** "≈ 120 m higher"; the altitude itself where there is no drone to tell it from. */
export function heightInWords({ aboveM, aircraft }: Sighting): string {
  if (aircraft.is_on_ground) return say("traffic.on_ground");
  if (aboveM !== null) {
    const metres = wholeFigure(Math.abs(aboveM));
    return say(aboveM < 0 ? "traffic.lower" : "traffic.higher", { metres });
  }
  return aircraft.alt_m === null ? say("traffic.no_height") : say("traffic.altitude", { metres: wholeFigure(aircraft.alt_m) });
}

/** "+120 m", short for the map. */
export function heightOnMap({ aboveM, aircraft }: Sighting): string {
  const unit = say("alt.unit");
  if (aircraft.is_on_ground) return say("traffic.on_ground");
  if (aboveM !== null) return `${aboveM < 0 ? "" : "+"}${wholeFigure(aboveM)} ${unit}`;
  return aircraft.alt_m === null ? "" : `${wholeFigure(aircraft.alt_m)} ${unit}`;
}

/** "1.4 km from Drone 1 · ≈ 120 m higher · 8 s old". */
export function sightingInWords(sighting: Sighting): string {
  const { distanceM, drone, ageS } = sighting;
  const away =
    drone && distanceM !== null ? say("traffic.away", { distance: lengthInWords(distanceM), drone: droneName(drone.name) }) : "";
  const age = ageS >= OLD_S ? say("traffic.age", { age: ageInWords(ageS) }) : "";
  return [away, heightInWords(sighting), age].filter((part) => part !== "").join(" · ");
}
