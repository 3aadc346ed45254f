import { describe, expect, it } from "vitest";
import type { Aircraft } from "../src/contract";
import { byUrgency, distanceM, sightingOf } from "../src/traffic";
import { language } from "../src/words/language";
import { heightOnMap, sightingInWords } from "../src/words/traffic_words";
import { World } from "../src/world";
import { sampleDrone } from "./sample_drone";

function sampleAircraft(changes: Partial<Aircraft> = {}): Aircraft {
  return {
    id: "adsb-780ABC",
    source: "adsb",
    name: "CCA1234",
    age_s: 1,
    position: { lat_deg: 36.1, lon_deg: 103.7 },
    alt_m: 1690,
    alt_datum: "pressure",
    heading_deg: 90,
    speed_m_s: 60,
    climb_m_s: 0,
    is_on_ground: false,
    near: [],
    ...changes,
  };
}

const drones = new Map([
  ["1-1", sampleDrone()],
  ["1-2", sampleDrone({ id: "1-2", name: "2", position: { lat_deg: 36.095, lon_deg: 103.7 }, alt_amsl_m: 1700 })],
]);

describe("other aircraft", () => {
  it("are told from the drone that they are near to, else from the selected one, else from the nearest", () => {
    expect(sightingOf(sampleAircraft(), drones, null, 1).drone?.id).toBe("1-2");
    expect(sightingOf(sampleAircraft(), drones, "1-1", 1).drone?.id).toBe("1-1");
    const near = sightingOf(sampleAircraft({ near: ["1-2"] }), drones, "1-1", 1);
    expect([near.drone?.id, near.isNear, near.aboveM]).toEqual(["1-2", true, -10]);
    expect(near.distanceM).toBeCloseTo(556, 0);
    expect(sightingOf(sampleAircraft(), new Map(), null, 1)).toMatchObject({ drone: null, distanceM: null, aboveM: null });
  });

  it("stand with the near ones first", () => {
    const far = sightingOf(sampleAircraft({ id: "b", near: ["1-1"] }), drones, null, 1);
    const close = sightingOf(sampleAircraft({ id: "a", position: { lat_deg: 36.0951, lon_deg: 103.7 } }), drones, null, 1);
    expect([close, far].sort(byUrgency).map(({ aircraft }) => aircraft.id)).toEqual(["b", "a"]);
  });

  it("are put into words in both languages", () => {
    const sighting = sightingOf(sampleAircraft({ near: ["1-1"] }), drones, null, 8);
    language.set("en");
    expect(sightingInWords(sighting)).toBe("1.1 km from Drone 1 · ≈ 120 m higher · heard 8 s ago");
    expect(heightOnMap(sighting)).toBe("+120 m");
    language.set("zh");
    expect(sightingInWords(sighting)).toBe("距 1 号机 1.1 公里 · 约高 120 米 · 8 秒前收到");
    language.set("en");
    const silent = sightingOf(sampleAircraft({ alt_m: null }), new Map(), null, 1);
    expect([sightingInWords(silent), heightOnMap(silent)]).toEqual(["height unknown", ""]);
  });

  it("are measured across the antimeridian", () => {
    expect(distanceM({ lat_deg: 0, lon_deg: 179.995 }, { lat_deg: 0, lon_deg: -179.995 })).toBeCloseTo(1112, 0);
  });

  it("come, age and go with the frames", () => {
    const world = new World();
    const start = { seq: 0, time_s: 1, is_replay: false, plans: [], drones: [], flights: [], tracks: {}, events: [] };
    const zones = { type: "FeatureCollection" as const, features: [] };
    world.apply({ ...start, type: "snapshot", zones, traffic: [sampleAircraft()] }, 0);
    expect(world.sightings(null, 4000)[0]?.ageS).toBe(5);
    world.apply({ type: "update", seq: 1, time_s: 2, traffic: [sampleAircraft({ id: "rid-1" })] }, 4000);
    expect(world.sightings(null, 4000).map(({ ageS }) => ageS)).toEqual([5, 1]);
    world.apply({ type: "update", seq: 2, time_s: 3, traffic_gone: ["adsb-780ABC"] }, 4000);
    expect([...world.aircraft.keys()]).toEqual(["rid-1"]);
  });
});
