/** What a schedule holds, in words. */

import type { ZoneFeature } from "../contract";
import type { Schedule } from "../schedule_contract";
import { tenthFigure, wholeFigure } from "./figures";
import { reasonInWords } from "./fleet_reasons";
import { localName, say } from "./language";

/** A task by its name, a piece of a zone by the zone's: "Yanming Island (3/14)". */
export function taskName(name: string, zones: readonly ZoneFeature[]): string {
  return tasksInWords([name], zones);
}

/** Tasks in their order, numbers and pieces of the same together: "North bank 1, 2, Yanming Island (3, 4/14)". */
export function tasksInWords(names: readonly string[], zones: readonly ZoneFeature[]): string {
  const groups: { stem: string; numbers: string[]; of: string }[] = [];
  for (const name of names) {
    const [, stem = name, number, piece, of = ""] = /^(.*?)(?:\s(\d+)|\s\((\d+)\/(\d+)\))?$/.exec(name) ?? [];
    const known = groups.find((group) => group.stem === stem && group.of === of && group.numbers.length > 0);
    const suffix = number ?? piece;
    if (known && suffix !== undefined) known.numbers.push(suffix);
    else groups.push({ stem, numbers: suffix === undefined ? [] : [suffix], of });
  }
  return groups
    .map(({ stem, numbers, of }) => {
      const zone = zones.find(({ id }) => id === stem);
      const where = zone ? localName(zone.properties.name) || zone.id : localName(stem);
      const which = numbers.join(", ");
      return which === "" ? where : `${where} ${of === "" ? which : `(${which}/${of})`}`;
    })
    .join(say("list.comma"));
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
  const moved = new Map<string, { from: string; to: string; tasks: string[] }>();
  for (const { task, from, to } of changes.moves) {
    const way = moved.get(`${from}\n${to}`) ?? { from: from ?? nobody, to: to ?? nobody, tasks: [] };
    way.tasks.push(task);
    moved.set(`${from}\n${to}`, way);
  }
  return [
    ...[...moved.values()].map(({ from, to, tasks }) => say("fleet.moved", { from, to, tasks: tasksInWords(tasks, zones) })),
    ...(changes.reordered.length > 0 ? [say("fleet.reordered", { tasks: tasksInWords(changes.reordered, zones) })] : []),
    ...changes.notes.map(({ subject, text }) => `${subject}${say("finding.colon")}${reasonInWords(text)}`),
    ...changes.conflicts.map(({ drones, time_s, distance_m }) =>
      say("fleet.conflict", { drones: drones.join(say("list.comma")), metres: wholeFigure(distance_m), time: clock(time_s) }),
    ),
  ];
}
