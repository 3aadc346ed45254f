import { describe, expect, it } from "vitest";
import type { ZoneActivity, ZoneFeature, ZoneKind } from "../src/contract";
import { lookOf } from "../src/map/zone_style";
import { language } from "../src/words/language";
import { bandsInWords, timesInWords } from "../src/words/zone_words";
import { ZoneTimes } from "../src/zone_times";

const NOW_S = 1_800_000_000;

function zone(id: string, kind: ZoneKind, isPermanent = false): ZoneFeature {
  return {
    type: "Feature",
    id,
    properties: {
      name: id,
      kind,
      severity: "prohibited",
      action: "hold",
      bands: [{ floor_m: null, floor_datum: "agl", ceiling_m: null, ceiling_datum: "agl" }],
      is_permanent: isPermanent,
      causes: [],
      message: "",
      authorities: [],
    },
    geometry: { type: "Polygon", coordinates: [[]] },
  };
}

function answering(zones: ZoneActivity["zones"]): ZoneTimes {
  return new ZoneTimes((fromS, hours) => Promise.resolve({ from_utc_s: fromS, to_utc_s: fromS + hours * 3600, zones }));
}

describe("ZoneTimes", () => {
  it("takes the stricter side before it knows", () => {
    const times = answering({});
    expect(times.isActive(zone("a", "exclusion"), NOW_S)).toBe(true);
    expect(times.isActive(zone("a", "inclusion"), NOW_S)).toBe(false);
    expect(times.isActive(zone("a", "inclusion", true), NOW_S)).toBe(true);
  });

  it("tells what holds and when that changes", async () => {
    const times = answering({ fair: [[NOW_S + 3600, NOW_S + 7200]] });
    expect(await times.refresh(NOW_S)).toBe(true);
    expect(await times.refresh(NOW_S + 60)).toBe(false);
    const fair = zone("fair", "exclusion");
    expect(times.isActive(fair, NOW_S)).toBe(false);
    expect(times.nextChangeS(fair, NOW_S)).toBe(NOW_S + 3600);
    expect(times.isActive(fair, NOW_S + 3600)).toBe(true);
    expect(times.nextChangeS(fair, NOW_S + 3700)).toBe(NOW_S + 7200);
    expect(times.nextChangeS(fair, NOW_S + 7201)).toBe(null);
    language.set("en");
    expect(timesInWords(fair, times, NOW_S)).toMatch(/^from ((\w{3}) )?\d\d:\d\d$/);
    expect(timesInWords(fair, times, NOW_S + 3601)).toMatch(/^until /);
    expect(timesInWords(fair, times, NOW_S + 9000)).toBe("not in force");
  });

  it("asks again soon after a failure, and forgets with the zones", async () => {
    let answers = 0;
    const times = new ZoneTimes(() => {
      answers += 1;
      return Promise.reject(new Error("away"));
    });
    expect(await times.refresh(NOW_S)).toBe(false);
    await times.refresh(NOW_S + 5);
    expect(answers).toBe(1);
    await times.refresh(NOW_S + 11);
    expect(answers).toBe(2);
    times.forget();
    await times.refresh(NOW_S + 12);
    expect(answers).toBe(3);
  });
});

describe("zone words", () => {
  it("tells bands with their datum where wanted", () => {
    language.set("en");
    const band = { floor_m: 0, floor_datum: "agl", ceiling_m: 120, ceiling_datum: "amsl" } as const;
    expect(bandsInWords([band])).toBe("below 120 m");
    expect(bandsInWords([band], true)).toBe("below 120 m above sea level");
    expect(bandsInWords([{ ...band, floor_m: 50, ceiling_m: null }])).toBe("above 50 m");
    expect(bandsInWords([{ ...band, ceiling_m: null }])).toBe("");
  });

  it("looks by kind and severity", () => {
    expect(lookOf(zone("a", "exclusion"))).toBe("prohibited");
    expect(lookOf(zone("a", "advisory"))).toBe("advisory");
  });
});
