import { describe, expect, it } from "vitest";
import { clockOf, rowsOf, spanOf, stretchOf, ticksOf, timeInWindow } from "../src/panel/fleet/gantt_geometry";
import type { Schedule, ScheduledFlight } from "../src/schedule_contract";

function flight(departure_s: number, landing_s: number, tasks: [string, number, number][] = []): ScheduledFlight {
  return {
    name: `red flight ${departure_s}`,
    plan_id: "",
    departure_s,
    landing_s,
    alt_rel_m: 60,
    length_m: 1000,
    energy_wh: 10,
    limit_wh: 50,
    is_airborne: false,
    is_legal: true,
    tasks: tasks.map(([name, start_s, end_s]) => ({ name, start_s, end_s })),
  };
}

function schedule(begins_clock_s: number, ...flights: ScheduledFlight[]): Schedule {
  return {
    id: "s1",
    replaces: null,
    changes: null,
    window: { begins: "", begins_clock_s, begins_utc_s: null, length_s: 7200 },
    home_s: 0,
    home: "",
    is_legal: true,
    drones: [
      { id: "red", pad: "west", vehicle: "quad-30", flights, swaps: [{ start_s: 1000, end_s: 1180 }] },
      { id: "blue", pad: "west", vehicle: "quad-30", flights: [], swaps: [] },
    ],
    unserved: [],
    areas: [],
    findings: [],
  };
}

const EVENING = 21 * 3600;

describe("a schedule's chart", () => {
  it("spans its flights in whole steps of the clock", () => {
    const span = spanOf(schedule(EVENING + 130, flight(20, 900), flight(1200, 2300)));
    expect(span).toEqual({ begin_s: -130, end_s: 2270 + 300 });
    expect((span.end_s + EVENING + 130) % 300).toBe(0);
  });

  it("spans the window where nothing flies", () => {
    expect(spanOf(schedule(EVENING))).toEqual({ begin_s: 0, end_s: 7200 });
  });

  it("lays bars by their times, within the chart", () => {
    const span = { begin_s: 0, end_s: 2000 };
    expect(stretchOf(500, 1500, span)).toEqual({ left: 0.25, width: 0.5 });
    expect(stretchOf(-500, 500, span)).toEqual({ left: 0, width: 0.25 });
    expect(stretchOf(1900, 9000, span)).toEqual({ left: 0.95, width: 0.05 });
    expect(stretchOf(3000, 9000, span).width).toBe(0);
  });

  it("has a row a drone, tasks within their flight", () => {
    const [red, blue] = rowsOf(schedule(EVENING, flight(0, 1000, [["row 1", 250, 750]]), flight(1200, 2000)), { begin_s: 0, end_s: 2000 });
    expect(red?.flights.map(({ number, left, width }) => [number, left, width])).toEqual([
      [1, 0, 0.5],
      [2, 0.6, 0.4],
    ]);
    expect(red?.flights[0]?.tasks).toEqual([{ name: "row 1", left: 0.25, width: 0.5 }]);
    expect(red?.swaps).toEqual([{ left: 0.5, width: 0.09 }]);
    expect(blue).toMatchObject({ flights: [], swaps: [] });
  });

  it("has round times of day, eight or so, over midnight too", () => {
    const late = schedule(23.5 * 3600, flight(0, 3600));
    const ticks = ticksOf(late, spanOf(late));
    expect(ticks.map(({ text }) => text)).toEqual(["23:30", "23:40", "23:50", "00:00", "00:10", "00:20", "00:30"]);
    expect(ticks[0]?.at).toBe(0);
    expect(ticks.at(-1)?.at).toBe(1);
    expect(clockOf(late, 1800)).toBe("00:00");
  });

  it("knows the time it is by the clock, or by its day", () => {
    const tonight = schedule(EVENING);
    expect(timeInWindow(tonight, 0, EVENING + 60)).toBe(60);
    expect(timeInWindow(tonight, 0, EVENING - 60)).toBeNull();
    const dated = { ...tonight, window: { ...tonight.window, begins_utc_s: 1_000_000 } };
    expect(timeInWindow(dated, 1_000_060, 0)).toBe(60);
    expect(timeInWindow(dated, 1_000_000 + 7201, EVENING + 60)).toBeNull();
  });
});
