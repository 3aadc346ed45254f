import { beforeEach, describe, expect, it } from "vitest";
import type { ServiceEvent, ZoneAlert } from "../src/contract";
import { guardStateOf } from "../src/panel/guard_state";
import { alertsOf } from "../src/panel/drone_alerts";
import { dangerInWords, nextInWords, remainderInWords } from "../src/words/alert_words";
import { eventText } from "../src/words/event_text";
import { language } from "../src/words/language";
import { alertedZones } from "../src/map/alert_marks";
import { sampleDrone } from "./sample_drone";
import { sampleZone } from "./sample_zone";

const event = (kind: string, data: Record<string, unknown>): ServiceEvent => ({
  seq: 1, time_s: 0, drone_id: "1-1", kind, severity: "warning", data: { zone_id: "pad", ...data }, text: "",
});
const alert = (changes: Partial<ZoneAlert> = {}): ZoneAlert => ({
  zone_id: "pad", colour: "red", is_breached: false, limit: "side", distance_m: 31.4, time_to_breach_s: 3.9, action: "hold", ...changes,
});
const zoneOf = (id: string) => (id === "pad" ? sampleZone() : undefined);

beforeEach(() => language.set("en"));

describe("guardStateOf", () => {
  it("tells a held drone as long as it is held", () => {
    const held = event("guard_acted", { action: "hold" });
    expect(guardStateOf(sampleDrone({ mode: "BRAKE" }), held)).toEqual({ is: "acted", order: "hold", zone_id: "pad" });
    expect(guardStateOf(sampleDrone({ mode: "AUTO" }), held).is).toBe("watching");
    expect(guardStateOf(sampleDrone({ mode: "BRAKE", is_flying: false }), held).is).toBe("watching");
  });

  it("tells a drone sent home until it has landed", () => {
    const sent = event("guard_acted", { action: "return" });
    expect(guardStateOf(sampleDrone({ mode: "RTL" }), sent).is).toBe("acted");
    expect(guardStateOf(sampleDrone({ mode: "LAND" }), sent).is).toBe("acted");
  });

  it("tells a refusal as long as there is danger", () => {
    const refused = event("guard_refused", { action: "hold", reason: "busy" });
    expect(guardStateOf(sampleDrone({ alerts: [alert()] }), refused).is).toBe("refused");
    expect(guardStateOf(sampleDrone({ alerts: [alert({ colour: "yellow" })] }), refused).is).toBe("watching");
  });

  it("puts who is in charge first", () => {
    const off = { is_on: false, who: "012345", why: "calibration", is_overruled: true };
    expect(guardStateOf(sampleDrone({ guard: off }), undefined)).toEqual({ is: "off", who: "012345", why: "calibration" });
    expect(guardStateOf(sampleDrone({ guard: { ...off, is_on: true } }), undefined).is).toBe("overruled");
  });
});

describe("alerts in words", () => {
  it("say what is about to happen to which zone", () => {
    expect(dangerInWords(sampleZone(), alert())).toBe("Heading for Hospital helipad");
    expect(dangerInWords(sampleZone({ kind: "inclusion" }), alert({ limit: "ceiling" }))).toBe("Climbing above Hospital helipad");
    expect(dangerInWords(sampleZone({ kind: "advisory" }), alert({ is_breached: true }))).toBe("Inside Hospital helipad");
    language.set("zh");
    expect(dangerInWords(sampleZone(), alert())).toBe("正飞向医院直升机坪");
    expect(dangerInWords(undefined, alert({ zone_id: "gone" }))).toBe("正飞向gone");
  });

  it("give the time that is left, never more of it, or else the way", () => {
    expect(remainderInWords(alert())).toBe("3 s");
    expect(remainderInWords(alert({ time_to_breach_s: null }))).toBe("31 m");
    expect(remainderInWords(alert({ is_breached: true, distance_m: -8.2, time_to_breach_s: 0 }))).toBe("8 m");
    expect(remainderInWords(alert({ limit: "schedule", distance_m: null, time_to_breach_s: null }))).toBe("");
  });

  it("say who will act", () => {
    const guard = { is_on: true, who: "", why: "", is_overruled: false };
    expect(nextInWords(alert(), sampleDrone())).toBe("Guard will hold it");
    expect(nextInWords(alert(), sampleDrone({ guard: { ...guard, is_on: false } }))).toContain("off");
    expect(nextInWords(alert(), sampleDrone({ guard: { ...guard, is_overruled: true } }))).toContain("Operator");
    expect(nextInWords(alert({ action: "warn" }), sampleDrone())).toContain("Warning only");
  });

  it("do not say a breach twice", () => {
    const inside = { zone_clearance_m: -8 };
    expect(alertsOf(sampleDrone(inside), undefined, false)).toHaveLength(1);
    expect(alertsOf(sampleDrone({ ...inside, alerts: [alert({ is_breached: true })] }), undefined, false)).toEqual([]);
  });

  it("say how a drone leaves its route", () => {
    const drone = sampleDrone({ conformance: { cross_track_m: -12.4, deviating: ["cross_track", "schedule"] } });
    expect(alertsOf(drone, undefined, false).map(({ text }) => text)).toEqual(["12 m off its route", "Off its schedule"]);
  });
});

describe("events of the monitor in words", () => {
  it("tell breaches to come", () => {
    const data = { colour: "yellow", limit: "side", time_to_breach_s: 5.7, action: "hold" };
    expect(eventText(event("breach_predicted", data), zoneOf)).toBe("Heading for Hospital helipad, 5 s to go");
    expect(eventText(event("breach_predicted", { ...data, time_to_breach_s: null }), zoneOf)).toBe("Heading for Hospital helipad");
    expect(eventText(event("breach_predicted", { ...data, colour: "red" }), zoneOf)).toBe("Heading for Hospital helipad: act now");
    language.set("zh");
    expect(eventText(event("breach_cleared", {}), zoneOf)).toBe("告警解除：医院直升机坪");
  });

  it("tell what the guard did, and who switched it", () => {
    language.set("zh");
    expect(eventText(event("guard_acted", { action: "hold", asked: "hold" }), zoneOf)).toBe("越界防护令其在医院直升机坪边界前悬停");
    expect(eventText(event("guard_switched", { is_on: false, who: "012345", why: "校飞" }))).toBe("越界防护已关闭（012345）：校飞");
    expect(eventText(event("guard_switched", { is_on: true, who: "", why: "" }))).toBe("越界防护已开启");
  });

  it("tell deviations with their sense", () => {
    const data = { aspect: "altitude", deviation: -6.2, is_deviating: true };
    expect(eventText(event("route_deviated", data))).toBe("6.2 m below its route");
    expect(eventText(event("route_deviated", { ...data, is_deviating: false }))).toBe("Back on its route");
  });

  it("tell what was changed on board", () => {
    language.set("zh");
    const data = { purpose: "the way back", changes: { RTL_ALT: [1500, 6000] } };
    expect(eventText(event("parameters_changed", data))).toBe("为返航调整机载参数：RTL_ALT 1500 → 6000");
  });
});

it("a zone takes the gravest colour of all drones", () => {
  const drones = [sampleDrone({ alerts: [alert({ colour: "yellow" })] }), sampleDrone({ alerts: [alert()] }), sampleDrone({ alerts: [alert({ colour: "yellow" })] })];
  expect([...alertedZones(drones)]).toEqual([["pad", "red"]]);
});
