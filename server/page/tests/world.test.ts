import { describe, expect, it } from "vitest";
import type { ServiceEvent, Snapshot } from "../src/contract";
import { World } from "../src/world";
import { sampleDrone } from "./sample_drone";

function event(seq: number): ServiceEvent {
  return { seq, time_s: seq, drone_id: "1-1", kind: "armed", severity: "notice", data: {}, text: "Armed" };
}

function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    type: "snapshot",
    seq: 0,
    time_s: 100,
    is_replay: false,
    zones: { type: "FeatureCollection", features: [] },
    plans: [],
    drones: [sampleDrone()],
    flights: [],
    traffic: [],
    tracks: { "1-1": [[36.09, 103.69]] },
    events: [event(2), event(1)],
    ...changes,
  };
}

describe("World", () => {
  it("keeps events newest first, in whatever order they come, and none twice", () => {
    const world = new World();
    world.apply(snapshot(), 0);
    const changes = world.apply({ type: "update", seq: 1, time_s: 101, events: [event(2), event(4), event(3)] }, 1);
    expect(changes.events.map(({ seq }) => seq)).toEqual([3, 4]);
    expect(world.events.map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
  });

  it("does not let slight events push out grave ones", () => {
    const world = new World();
    world.apply(snapshot({ events: [event(1)] }), 0);
    const noise = Array.from({ length: 600 }, (_, i) => ({ ...event(i + 2), severity: "info" as const }));
    world.apply({ type: "update", seq: 1, time_s: 101, events: noise }, 1);
    expect(world.events).toHaveLength(251);
    expect(world.events.at(-1)?.seq).toBe(1);
  });

  it("lengthens a track only where the drone went somewhere", () => {
    const world = new World();
    world.apply(snapshot(), 0);
    expect(world.tracks.get("1-1")).toHaveLength(2);
    world.apply({ type: "update", seq: 1, time_s: 101, drones: [sampleDrone({ alt_rel_m: 51 })] }, 1);
    expect(world.tracks.get("1-1")).toHaveLength(2);
    const moved = sampleDrone({ position: { lat_deg: 36.0901, lon_deg: 103.7 } });
    world.apply({ type: "update", seq: 2, time_s: 102, drones: [moved] }, 2);
    expect(world.tracks.get("1-1")).toHaveLength(3);
  });

  it("forgets drones that are gone, also those that a new snapshot no longer has", () => {
    const world = new World();
    world.apply(snapshot({ drones: [sampleDrone(), sampleDrone({ id: "2-2" }), sampleDrone({ id: "3-3" })] }), 0);
    expect(world.apply({ type: "update", seq: 1, time_s: 101, gone: ["2-2"] }, 1).gone).toEqual(["2-2"]);
    expect(world.apply(snapshot({ drones: [sampleDrone({ id: "3-3" })] }), 2).gone).toEqual(["1-1"]);
    expect([...world.drones.keys()]).toEqual(["3-3"]);
  });

  it("lets a drone's data grow old by the page's own clock", () => {
    const world = new World();
    world.apply(snapshot(), 1_000);
    expect(world.ageS(sampleDrone(), 6_000)).toBeCloseTo(5.1);
  });

  it("finds a drone's newest flight", () => {
    const world = new World();
    const flight = { drone_id: "1-1", plan_id: "p1", phase: "flying", reason: "", ended_s: null, items: 42, reached: 7 } as const;
    world.apply(
      snapshot({
        flights: [
          { id: "f1", started_s: 10, ...flight },
          { id: "f2", started_s: 20, ...flight },
        ],
      }),
      0,
    );
    expect(world.flightOf("1-1")?.id).toBe("f2");
    expect(world.flightOf("9-9")).toBeUndefined();
  });
});
