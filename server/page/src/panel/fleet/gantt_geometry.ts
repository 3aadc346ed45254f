/** Where the bars of a schedule lie; shares are of the chart's width, times of the schedule's zero. */

import type { Schedule, ScheduledDrone, ScheduledFlight } from "../../schedule_contract";

const DAY_S = 86_400;
const STEPS_S = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];

export interface TimeSpan {
  begin_s: number;
  end_s: number;
}

export interface Stretch {
  left: number;
  width: number;
}

export interface FlightBar extends Stretch {
  number: number;
  flight: ScheduledFlight;
  /** Its tasks, within the bar: shares of the bar's own width. */
  tasks: (Stretch & { name: string })[];
}

export interface GanttRow {
  drone: ScheduledDrone;
  flights: FlightBar[];
  swaps: Stretch[];
}

export interface Tick {
  at: number;
  text: string;
}

/** `21:05` for seconds after the schedule's zero. */
export function clockOf(schedule: Schedule, timeS: number): string {
  const minutes = Math.round((schedule.window.begins_clock_s + timeS) / 60);
  const ofDay = ((minutes % 1440) + 1440) % 1440;
  return [Math.floor(ofDay / 60), ofDay % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/** From the first departure, or the beginning of the window, until the last one is home, in whole steps of ticks. */
export function spanOf(schedule: Schedule): TimeSpan {
  const flights = schedule.drones.flatMap((drone) => drone.flights);
  const [first, last] = [Math.min(...flights.map((flight) => flight.departure_s)), Math.max(...flights.map((flight) => flight.landing_s))];
  if (flights.length === 0) return { begin_s: 0, end_s: Math.max(60, schedule.window.length_s) };
  const stepS = stepFor(last - first);
  const clockS = schedule.window.begins_clock_s;
  const begin_s = Math.floor((first + clockS) / stepS) * stepS - clockS;
  const end_s = Math.ceil((last + clockS) / stepS) * stepS - clockS;
  return { begin_s, end_s: Math.max(end_s, begin_s + stepS) };
}

export function stretchOf(beginS: number, endS: number, { begin_s, end_s }: TimeSpan): Stretch {
  const whole = end_s - begin_s;
  const [from, to] = [Math.max(beginS, begin_s), Math.min(endS, end_s)];
  return { left: (from - begin_s) / whole, width: Math.max(0, to - from) / whole };
}

export function rowsOf(schedule: Schedule, span: TimeSpan): GanttRow[] {
  return schedule.drones.map((drone) => ({
    drone,
    flights: drone.flights.map((flight, index) => {
      const own = { begin_s: flight.departure_s, end_s: Math.max(flight.landing_s, flight.departure_s + 1) };
      const tasks = flight.tasks.map(({ name, start_s, end_s }) => ({ name, ...stretchOf(start_s, end_s, own) }));
      return { number: index + 1, flight, tasks, ...stretchOf(flight.departure_s, flight.landing_s, span) };
    }),
    swaps: drone.swaps.map(({ start_s, end_s }) => stretchOf(start_s, end_s, span)),
  }));
}

/** Round times of day, about eight of them. */
export function ticksOf(schedule: Schedule, span: TimeSpan): Tick[] {
  const stepS = stepFor(span.end_s - span.begin_s);
  const ticks: Tick[] = [];
  const clockS = schedule.window.begins_clock_s;
  for (let timeS = Math.ceil((span.begin_s + clockS) / stepS) * stepS - clockS; timeS <= span.end_s; timeS += stepS) {
    ticks.push({ at: stretchOf(timeS, timeS, span).left, text: clockOf(schedule, timeS) });
  }
  return ticks;
}

/** Seconds after the schedule's zero: by its day, or on whatever day by the clock; null outside of its window. */
export function timeInWindow({ window }: Schedule, utcS: number, ofDayS: number): number | null {
  const timeS =
    window.begins_utc_s === null ? (((ofDayS - window.begins_clock_s) % DAY_S) + DAY_S) % DAY_S : utcS - window.begins_utc_s;
  return timeS >= 0 && timeS <= window.length_s ? timeS : null;
}

function stepFor(spanS: number): number {
  return STEPS_S.find((stepS) => spanS / stepS <= 8) ?? Math.ceil(spanS / 8 / DAY_S) * DAY_S;
}
