import { describe, expect, it } from "vitest";
import { batteryLevel, isPaused, isStale, phaseWord, possibleActions, progressOf } from "../src/panel/flight_state";
import { sampleDrone } from "./sample_drone";

const landed = { is_flying: false, is_armed: false, flight_phase: null } as const;

describe("possibleActions", () => {
  it("offers a start on the ground and nothing else", () => {
    expect([...possibleActions(sampleDrone(landed), true)]).toEqual(["start", "takeoff"]);
  });

  it("offers no second start while a flight is being prepared", () => {
    const drone = sampleDrone({ ...landed, flight_phase: "uploading" });
    expect([...possibleActions(drone, true)]).toEqual([]);
  });

  it("offers pause, return and land in the air", () => {
    expect([...possibleActions(sampleDrone(), true)]).toEqual(["pause", "rtl", "land"]);
  });

  it("offers resume where a mission waits", () => {
    expect([...possibleActions(sampleDrone({ mode: "BRAKE" }), true)]).toEqual(["resume", "rtl", "land"]);
  });

  it("offers no return while returning and no landing while landing", () => {
    expect(possibleActions(sampleDrone({ mode: "RTL" }), true).has("rtl")).toBe(false);
    expect([...possibleActions(sampleDrone({ mode: "LAND" }), true)]).toEqual([]);
  });

  it("offers nothing to a drone that cannot be reached", () => {
    expect(possibleActions(sampleDrone(), false).size).toBe(0);
  });
});

describe("phaseWord", () => {
  it("calls a hover in the midst of a mission a pause", () => {
    expect(isPaused(sampleDrone({ mode: "LOITER" }))).toBe(true);
    expect(phaseWord(sampleDrone({ mode: "LOITER" }))).toBe("phase.paused");
  });

  it("follows the vehicle where no flight is supervised", () => {
    expect(phaseWord(sampleDrone(landed))).toBe("phase.ground");
    expect(phaseWord(sampleDrone({ ...landed, is_armed: true }))).toBe("state.armed");
    expect(phaseWord(sampleDrone({ flight_phase: null }))).toBe("phase.airborne");
    expect(phaseWord(sampleDrone({ flight_phase: null, mode: "RTL" }))).toBe("phase.returning");
  });

  it("does not call a drone in the air landed", () => {
    expect(phaseWord(sampleDrone({ flight_phase: "aborted", mode: "RTL" }))).toBe("phase.returning");
  });
});

describe("progressOf", () => {
  it("takes the supervised flight's count", () => {
    const flight = {
      id: "f1", drone_id: "1-1", plan_id: "p1", phase: "flying", reason: "", started_s: 0, ended_s: null, items: 40, reached: 7,
    } as const;
    expect(progressOf(sampleDrone(), flight)).toEqual({ reached: 7, items: 40 });
  });

  it("leaves item 0, the home position, out of the vehicle's count", () => {
    expect(progressOf(sampleDrone(), undefined)).toEqual({ reached: 3, items: 41 });
    expect(progressOf(sampleDrone({ mission: { seq: 0, reached_seq: null, count: 1, is_paused: false } }), undefined)).toBeNull();
  });
});

describe("isStale", () => {
  it("takes neither a lost link nor a silent drone for the present", () => {
    expect(isStale(sampleDrone(), 0.2, true)).toBe(false);
    expect(isStale(sampleDrone(), 0.2, false)).toBe(true);
    expect(isStale(sampleDrone(), 5.1, true)).toBe(true);
    expect(isStale(sampleDrone({ is_connected: false }), 0.2, true)).toBe(true);
  });
});

describe("batteryLevel", () => {
  it("warns at 30 and alarms at 15 per cent", () => {
    expect([null, 100, 31, 30, 16, 15, 0].map(batteryLevel)).toEqual([
      "unknown", "good", "good", "low", "low", "critical", "critical",
    ]);
  });
});
