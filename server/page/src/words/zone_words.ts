/** What zones are, in words. */

import type { AltitudeDatum, ZoneBand, ZoneFeature } from "../contract";
import type { ZoneTimes } from "../zone_times";
import { isWord, say } from "./language";

/** The altitudes a zone speaks of; empty for all. */
export function bandsInWords(bands: readonly ZoneBand[], isExact = false): string {
  const words = bands.map((band) => bandInWords(band, isExact));
  return words.includes("") ? "" : [...new Set(words)].join(say("list.comma"));
}

function bandInWords(band: ZoneBand, isExact: boolean): string {
  const { floor_m: floor, ceiling_m: ceiling, floor_datum, ceiling_datum } = band;
  const hasFloor = floor !== null && !(floor <= 0 && floor_datum === "agl");
  if (hasFloor && ceiling !== null) {
    if (isExact && floor_datum !== ceiling_datum) {
      const above = withDatum(say("zone.above", { floor: figure(floor) }), floor_datum, true);
      return [above, withDatum(say("zone.below", { ceiling: figure(ceiling) }), ceiling_datum, true)].join(say("list.comma"));
    }
    const between = say("zone.between", { floor: figure(floor), ceiling: figure(ceiling) });
    return withDatum(between, ceiling_datum, isExact);
  }
  if (ceiling !== null) {
    return withDatum(say("zone.below", { ceiling: figure(ceiling) }), ceiling_datum, isExact);
  }
  return hasFloor ? withDatum(say("zone.above", { floor: figure(floor) }), floor_datum, isExact) : "";
}

function figure(metres: number): string {
  return String(Math.round(metres));
}

function withDatum(words: string, datum: AltitudeDatum, isExact: boolean): string {
  return isExact ? say("zone.of_datum", { band: words, datum: say(`datum.${datum}`) }) : words;
}

/** "Prohibited zone", "Exclusion zone · only with authorisation". */
export function meaningInWords({ properties: { kind, severity } }: ZoneFeature): string {
  if (kind !== "exclusion") return say(`legend.${kind}`);
  if (severity === "prohibited") return say("legend.prohibited");
  return `${say("legend.exclusion")} · ${say(`severity.zone.${severity}`)}`;
}

export function causesInWords(zone: ZoneFeature): string {
  return zone.properties.causes
    .map((cause) => {
      const key = `cause.${cause}`;
      return isWord(key) ? say(key) : cause.replaceAll("_", " ");
    })
    .join(say("list.comma"));
}

/** "until 18:00", "from Tue 18:00"; empty for a zone that always holds. */
export function timesInWords(zone: ZoneFeature, times: ZoneTimes, timeS: number): string {
  if (zone.properties.is_permanent) return "";
  const isActive = times.isActive(zone, timeS);
  const changeS = times.nextChangeS(zone, timeS);
  if (changeS === null) return say(isActive ? "zone.active" : "zone.inactive");
  return say(isActive ? "zone.until" : "zone.from", { time: momentInWords(changeS, timeS) });
}

/** A clock time, with the day where it is not that of `besideS`. */
export function momentInWords(timeS: number, besideS: number): string {
  const moment = new Date(timeS * 1000);
  const clock = [moment.getHours(), moment.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  if (moment.toDateString() === new Date(besideS * 1000).toDateString()) return clock;
  return `${say(`weekday.${moment.getDay() as 0 | 1 | 2 | 3 | 4 | 5 | 6}`)} ${clock}`;
}
