/** What a schedule holds, in words. */

import type { ZoneFeature } from "../contract";
import type { Schedule } from "../schedule_contract";
import { tenthFigure, wholeFigure } from "./figures";
import { reasonInWords } from "./fleet_reasons";
import { localName, say } from "./language";

/** A task by its name, a piece of a zone by the zone's: "Yanming Island (3/14)". */
export function taskName(name: string, zones: readonly ZoneFeature[]): string {
  const [, stem = name, piece = ""] = /^(.*?)(\s\(\d+\/\d+\))?$/.exec(name) ?? [];
  const zone = zones.find(({ id }) => id === stem);
  return (zone ? localName(zone.properties.name) || zone.id : localName(stem)) + piece;
}

export function flightsOf(schedule: Schedule): number {
  return schedule.drones.reduce((sum, drone) => sum + drone.flights.length, 0);
}

/** Each with its reason and what would help. */
export function unservedInWords(schedule: Schedule, zones: readonly ZoneFeature[]): string[] {
  return schedule.unserved.map(({ name, reason, remedy }) =>
    [`${taskName(name, zones)}${say("finding.colon")}${reasonInWords(reason)}`, reasonInWords(remedy)].filter(Boolean).join(" – "),
  );
}

export function coverageInWords(schedule: Schedule, zones: readonly ZoneFeature[]): string[] {
  return schedule.areas.map(({ name, zone_id, coverage }) =>
    say("fleet.covered", { zone: taskName(zone_id || name, zones), share: tenthFigure(100 * coverage) }),
  );
}

/** What moved when it was planned anew; null for one that was not. */
export function changesInWords({ changes }: Schedule, zones: readonly ZoneFeature[], clock: (timeS: number) => string): string[] | null {
  if (changes === null) return null;
  const nobody = say("fleet.moved.nobody");
  return [
    ...changes.moves.map(({ task, from, to }) => say("fleet.moved", { task: taskName(task, zones), from: from ?? nobody, to: to ?? nobody })),
    ...(changes.reordered.length > 0 ? [say("fleet.reordered", { tasks: changes.reordered.map((task) => taskName(task, zones)).join(say("list.comma")) })] : []),
    ...changes.notes.map(({ subject, text }) => `${subject}${say("finding.colon")}${reasonInWords(text)}`),
    ...changes.conflicts.map(({ drones, time_s, distance_m }) =>
      say("fleet.conflict", { drones: drones.join(say("list.comma")), metres: wholeFigure(distance_m), time: clock(time_s) }),
    ),
  ];
}
