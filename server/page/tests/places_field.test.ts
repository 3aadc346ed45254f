import { describe, expect, it } from "vitest";
import { blocksOf, parsePlace, writePlace } from "../src/panel/places_field";

describe("a written place", () => {
  it("is latitude and longitude, however they are parted", () => {
    const place = { lat_deg: 36.0925, lon_deg: -103.5 };
    for (const text of ["36.0925, -103.5", "36.0925,-103.5", " 36.0925 -103.5 ", "36.0925，-103.5"]) {
      expect(parsePlace(text), text).toEqual(place);
    }
    expect(parsePlace(writePlace(place))).toEqual(place);
  });

  it("is none where it cannot be one", () => {
    for (const text of ["", "36", "a, b", "36, 103, 5", "91, 0", "0, 181", "36.0925, 103.5 m"]) expect(parsePlace(text), text).toBeNull();
  });
});

describe("written lines", () => {
  it("are parted by empty lines", () => {
    expect(blocksOf("1, 2\n3, 4\n\n5, 6\n7, 8\n")).toEqual([
      ["1, 2", "3, 4"],
      ["5, 6", "7, 8"],
    ]);
    expect(blocksOf("\n \n1, 2\n   \n\n")).toEqual([["1, 2"]]);
    expect(blocksOf("")).toEqual([]);
  });
});
