import { beforeEach, describe, expect, it } from "vitest";
import type { NotCarried, ReturnPolicy } from "../src/contract";
import { accountInWords, accountLines, returnsInWords } from "../src/words/fence_words";
import { language } from "../src/words/language";
import { sampleZone } from "./sample_zone";

const zones = [sampleZone(), sampleZone({ name: "学校 School", kind: "advisory" }, "school")];
const lost = (zone_id: string, loss: string, is_stricter = false, area_m2: number | null = null): NotCarried => ({
  zone_id, loss, detail: "as the service says it", is_stricter, area_m2,
});

beforeEach(() => language.set("zh"));

describe("the account of a fence", () => {
  it("says what is only watched before what is stricter, and what is out of reach last of it", () => {
    const account = [lost("a", "out_of_reach"), lost("pad", "band", true), lost("school", "advisory")];
    expect(accountLines(account, zones).map(({ names, isStricter }) => [names, isStricter])).toEqual([
      ["学校", false], ["a", false], ["医院直升机坪", true],
    ]);
  });

  it("adds up areas and counts what it does not name", () => {
    const account = ["pad", "school", "c", "d"].map((id) => lost(id, "simplified", true, 600));
    expect(accountLines(account, zones)).toEqual([
      { names: "医院直升机坪、学校、c等 4 个", words: "轮廓已简化，让出 2,400 平方米", isStricter: true },
    ]);
  });

  it("keeps the service's words for what it does not know", () => {
    expect(accountLines([lost("", "colour")], zones)[0]).toEqual({ names: "本次飞行", words: "as the service says it", isStricter: false });
  });

  it("comes down to one line, in which far zones do not count", () => {
    expect(accountInWords([], zones)).toBe("机载围栏：已包含所有区域");
    expect(accountInWords([lost("a", "out_of_reach"), lost("school", "advisory")], zones)).toBe("机载围栏：未包含学校，由实时监控看守");
    expect(accountInWords([lost("pad", "band"), lost("school", "advisory")], zones)).toContain("未包含 2 个区域");
    expect(accountInWords([lost("pad", "band", true)], zones)).toContain("对 1 个区域从严");
  });
});

describe("the way back", () => {
  const policy = (changes: Partial<ReturnPolicy> = {}): ReturnPolicy => ({ mode: "rtl", alt_rel_m: 45, rally_points: [], ...changes });

  it("is said with its altitude and its places", () => {
    expect(returnsInWords(policy())).toBe("直线返航，高度不低于 45 米");
    expect(returnsInWords(policy({ rally_points: [{ lat_deg: 36, lon_deg: 103, alt_rel_m: 20 }] }))).toContain("1 个备降点");
    expect(returnsInWords(policy({ mode: "smart_rtl" }))).toContain("沿原航迹返航");
    expect(returnsInWords(null)).toContain("15 米");
  });
});
