import { describe, expect, it } from "vitest";
import { retryDelayMs } from "../src/live_link";

describe("retryDelayMs", () => {
  it("doubles up to ten seconds", () => {
    expect([0, 1, 2, 3, 4, 5, 20].map((attempt) => retryDelayMs(attempt, 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 10_000, 10_000,
    ]);
  });

  it("spreads viewers over the last third", () => {
    expect(retryDelayMs(3, 0)).toBe(2800);
  });
});
