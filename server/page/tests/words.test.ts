import { beforeEach, describe, expect, it } from "vitest";
import type { Plan, ServiceEvent, ZoneFeature } from "../src/contract";
import { en } from "../src/words/en";
import { eventText } from "../src/words/event_text";
import { ageInWords, lengthInWords, tenthFigure, UNKNOWN, wholeFigure, windInWords } from "../src/words/figures";
import { droneName, language, localName, planName, preferredLanguage, say } from "../src/words/language";
import { modeInFull } from "../src/words/modes";
import { zh } from "../src/words/zh";

function event(kind: string, data: Record<string, unknown> = {}, droneId = "1-1"): ServiceEvent {
  return { seq: 1, time_s: 0, drone_id: droneId, kind, severity: "info", data, text: "as the service says it" };
}

beforeEach(() => language.set("en"));

describe("the two languages", () => {
  it("fill in the same names", () => {
    const namesIn = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();
    for (const [key, text] of Object.entries(en)) {
      expect(namesIn(zh[key as keyof typeof en]), key).toEqual(namesIn(text));
    }
  });

  it("are chosen by memory, else by the browser", () => {
    expect(preferredLanguage("zh", ["en-GB"])).toBe("zh");
    expect(preferredLanguage(null, ["zh-CN", "en"])).toBe("zh");
    expect(preferredLanguage("xx", ["de", "zh"])).toBe("en");
    expect(preferredLanguage(null, [])).toBe("en");
  });

  it("leave a name without a value as it is", () => {
    expect(say("drone", {})).toBe("Drone {name}");
  });
});

describe("names", () => {
  it("show the part in the page's language", () => {
    expect(localName("雁鸣洲 Yanming Island")).toBe("Yanming Island");
    language.set("zh");
    expect(localName("雁鸣洲 Yanming Island")).toBe("雁鸣洲");
  });

  it("stay whole where there is one language", () => {
    for (const name of ["Yanming Island", "雁鸣洲", "A1 雁鸣洲 Yanming", "zone-7", ""]) expect(localName(name)).toBe(name);
  });

  it("call a plan by its zone and pattern", () => {
    const zone = { id: "z", properties: { name: "雁鸣洲 Yanming Island" } } as ZoneFeature;
    const plan = { name: "z area 2/3", zone_id: "z", pattern: "area" } as Plan;
    expect(planName(plan, [zone])).toBe("Yanming Island Whole area 2/3");
    expect(planName(plan, [])).toBe("z area 2/3");
    expect(planName({ ...plan, name: "orbit", zone_id: "", pattern: "orbit" }, [])).toBe("Orbit");
    language.set("zh");
    expect(planName({ ...plan, name: "z area" }, [zone])).toBe("雁鸣洲 全域覆盖");
  });

  it("call a bare number a drone", () => {
    expect(droneName("7")).toBe("Drone 7");
    expect(droneName("Falcon 7")).toBe("Falcon 7");
  });
});

describe("modes", () => {
  it("do not say the same twice", () => {
    expect(modeInFull("AUTO", "en")).toBe("Auto");
    expect(modeInFull("RTL", "en")).toBe("Return RTL");
    expect(modeInFull("RTL", "zh")).toBe("返航 RTL");
    expect(modeInFull("MODE 99", "zh")).toBe("MODE 99");
  });
});

describe("eventText", () => {
  it("words events in the page's language", () => {
    language.set("zh");
    expect(eventText(event("mode_changed", { mode: "RTL" }))).toBe("模式切换为 返航 RTL");
    expect(eventText(event("command_answered", { command: "ARM", accepted: false, reason: "busy" }))).toBe("ARM被拒绝：busy");
  });

  it("leaves a vehicle's own words alone", () => {
    language.set("zh");
    expect(eventText(event("text_reported", { severity: 4, text: "PreArm: {x} low" }))).toBe("PreArm: {x} low");
  });

  it("tells how deep a drone is in which zone", () => {
    const data = { zone_id: "pad", clearance_m: -2.14 };
    expect(eventText(event("zone_violated", data), () => ({ properties: { name: "Helipad" } }) as ZoneFeature)).toBe("2.1 m inside forbidden space: Helipad");
    expect(eventText(event("zone_violated", { zone_id: "pad", clearance_m: null }))).toBe("Inside forbidden space: pad");
  });

  it("calls commands as operators do, and leaves unknown ones their name", () => {
    language.set("zh");
    expect(eventText(event("command_answered", { command: "NAV_RETURN_TO_LAUNCH", accepted: true }))).toBe("返航已被接受");
    expect(eventText(event("command_answered", { command: "DO_JUMP", accepted: true }))).toBe("DO_JUMP已被接受");
  });

  it("leaves out an empty reason with its colon", () => {
    expect(eventText(event("flight_ended", { completed: false, reason: "" }))).toBe("Flight ended early");
  });

  it("falls back on the service's sentence for what it does not know", () => {
    expect(eventText(event("wind_rose", {}))).toBe("as the service says it");
    expect(eventText(event("constructor", {}))).toBe("as the service says it");
  });
});

describe("figures", () => {
  it("show a dash for what is not known", () => {
    expect([wholeFigure(null), wholeFigure(Number.NaN), tenthFigure(undefined)]).toEqual([UNKNOWN, UNKNOWN, UNKNOWN]);
  });

  it("know no minus nought", () => {
    expect([wholeFigure(-0.3), tenthFigure(-0.04), wholeFigure(-2.6)]).toEqual(["0", "0.0", "−3"]);
  });

  it("tell a wind, and calm from it", () => {
    expect(windInWords({ speed_m_s: 6, from_deg: 270, gusts_m_s: 2 })).toBe("wind of 6 m/s from 270°");
    expect([null, { speed_m_s: 0, from_deg: 90, gusts_m_s: 0 }].map(windInWords)).toEqual(["calm", "calm"]);
  });

  it("grow coarser with size", () => {
    expect([0.14, 4.6, 61, 600].map(ageInWords)).toEqual(["0.1 s", "5 s", "61 s", "10 min"]);
    expect([740, 5321].map(lengthInWords)).toEqual(["740 m", "5.3 km"]);
  });
});
