import { describe, expect, it } from "vitest";
import { boundsOf, contains, sizeOf } from "../src/geometry";
import { graticuleStep } from "../src/map/graticule";
import { LabelBoard } from "../src/map/label_board";

const square = (x: number, y: number, side: number): number[][] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];

describe("contains", () => {
  const ring = { type: "Polygon" as const, coordinates: [square(0, 0, 10), square(4, 4, 2)] };

  it("is true inside, false in a hole and outside", () => {
    expect(contains(ring, { lon_deg: 1, lat_deg: 1 })).toBe(true);
    expect(contains(ring, { lon_deg: 5, lat_deg: 5 })).toBe(false);
    expect(contains(ring, { lon_deg: 11, lat_deg: 5 })).toBe(false);
  });

  it("looks at every part", () => {
    const parts = { type: "MultiPolygon" as const, coordinates: [[square(0, 0, 1)], [square(5, 5, 1)]] };
    expect(contains(parts, { lon_deg: 5.5, lat_deg: 5.5 })).toBe(true);
    expect(sizeOf(parts)).toBeCloseTo(2);
  });
});

describe("boundsOf", () => {
  it("has none for nothing", () => expect(boundsOf([])).toBeNull());
});

describe("graticuleStep", () => {
  it("is 1, 2 or 5 of a decade and never too dense", () => {
    for (let exponent = -7; exponent < 0; exponent += 0.13) {
      const degreesPerPixel = 10 ** exponent;
      const step = graticuleStep(degreesPerPixel);
      expect(step / degreesPerPixel).toBeGreaterThanOrEqual(150 * (1 - 1e-6));
      expect(step / degreesPerPixel).toBeLessThan(150 * 2.6);
      expect([1, 2, 5]).toContain(Number((step / 10 ** Math.floor(Math.log10(step) + 1e-9)).toFixed(6)));
    }
  });
});

describe("LabelBoard", () => {
  it("gives the first free place, and none outside the view", () => {
    const board = new LabelBoard(100, 100);
    const box = (x: number, y: number) => ({ x, y, width: 40, height: 10 });
    expect(board.place([box(0, 0)])).toBe(0);
    expect(board.place([box(10, 5), box(80, 50), box(50, 50)])).toBe(2);
    expect(board.place([box(60, 45)])).toBe(-1);
  });
});
