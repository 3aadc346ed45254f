import { beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../src/contract";
import { findingText, findingTexts } from "../src/words/finding_text";
import { language } from "../src/words/language";
import { sampleZone } from "./sample_zone";

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    severity: "violation",
    code: "inside_exclusion",
    message: "as the service says it",
    remedy: "",
    from_seq: 3,
    item_seq: 4,
    zone_id: "pad",
    clearance_m: -12.34,
    position: null,
    ...changes,
  };
}

const zones = [sampleZone()];

beforeEach(() => language.set("zh"));

describe("findingText", () => {
  it("words code and data in the page's language", () => {
    expect(findingText(finding(), zones)).toEqual({ message: "第 3–4 项：进入医院直升机坪 12 米", remedy: "请绕行" });
    language.set("en");
    expect(findingText(finding(), zones).message).toBe("Items 3–4: enters Hospital helipad by 12 m");
  });

  it("calls item 0 the pad, and a turn by its item", () => {
    expect(findingText(finding({ from_seq: 0, item_seq: 1 }), zones).message).toMatch(/^起降点至第 1 项：/);
    expect(findingText(finding({ from_seq: 5, item_seq: 5, code: "corner" }), zones).message).toMatch(/^第 5 项：转弯切角，进入/);
    expect(findingText(finding({ from_seq: 0, item_seq: 0, code: "tracking" }), zones).message).toMatch(/^起降点：/);
  });

  it("tells leaving a zone that allows from entering one that forbids", () => {
    const inclusion = [sampleZone({ kind: "inclusion" })];
    expect(findingText(finding({ code: "tracking", clearance_m: -1.25 }), inclusion).message).toContain("偏出医院直升机坪 1.3 米");
  });

  it("names the altitudes and hours that would do", () => {
    const band = { floor_m: null, floor_datum: "agl", ceiling_m: 60, ceiling_datum: "agl" } as const;
    const limited = [sampleZone({ bands: [band], is_permanent: false })];
    expect(findingText(finding(), limited).remedy).toBe("请绕行，或避开其高度范围（距地面 60 米以下），或避开其生效时段");
  });

  it("keeps the service's more exact remedy where it speaks the page's language", () => {
    language.set("en");
    expect(findingText(finding({ remedy: "Set the return altitude (RTL_ALT) to 45 m" }), zones).remedy).toContain("45 m");
  });

  it("has words where there is no zone, no item and no figure", () => {
    const bare = { zone_id: null, item_seq: null, from_seq: null, clearance_m: null };
    expect(findingText(finding({ ...bare, code: "return_above" }), zones).message).toBe("返航途中超出法定限高");
    expect(findingText(finding({ ...bare, code: "margin", zone_id: "pad" }), zones).message).toContain("小于常规的安全间距");
    language.set("en");
    expect(findingText(finding({ ...bare, code: "many_items" }), zones).message).toMatch(/^The plan/);
  });

  it("falls back on the service's sentence for what it does not know", () => {
    expect(findingText(finding({ code: "wind_rose", remedy: "Wait" }), zones)).toEqual({ message: "as the service says it", remedy: "Wait" });
  });

  it("shows the id of a zone that is gone", () => {
    expect(findingText(finding(), []).message).toContain("进入pad");
  });
});

describe("findingTexts", () => {
  it("says the same thing once, where it is worst, violations first", () => {
    const texts = findingTexts(
      [finding({ severity: "advice", code: "advisory" }), finding({ clearance_m: -2 }), finding({ clearance_m: -30, item_seq: 9, from_seq: 8 })],
      zones,
    );
    expect(texts.map(({ message, others }) => [message, others])).toEqual([
      ["第 8–9 项：进入医院直升机坪 30 米", 1],
      ["第 3–4 项：穿越医院直升机坪", 0],
    ]);
  });
});
