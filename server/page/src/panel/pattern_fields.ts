/** What is asked about each pattern, and the request that is made of the answers. */

import type { Direction, Drift, Pattern, PatternRequest, Place } from "../contract";
import { h } from "../element";
import { say, type WordKey } from "../words/language";
import { Flag } from "./flag";
import { NumberField } from "./number_field";
import { PlacesField } from "./places_field";

/** As they are offered, in groups. */
export const PATTERN_GROUPS: readonly { label: WordKey; patterns: readonly Pattern[] }[] = [
  { label: "planner.patterns.zones", patterns: ["area", "perimeter"] },
  { label: "planner.patterns.lines", patterns: ["corridor", "lines", "points"] },
  { label: "planner.patterns.circles", patterns: ["orbit", "spiral"] },
  { label: "planner.patterns.searches", patterns: ["expanding_square", "sector_search"] },
];

const SHARED: ReadonlySet<Pattern> = new Set(["area", "corridor", "lines", "points"]);
const OF_A_ZONE: ReadonlySet<Pattern> = new Set(["area", "perimeter"]);
const LENGTH = { min: 1, max: 500, step: 1 };
const RADIUS = { min: 3, max: 2000, step: 1 };
const COUNT = { min: 1, max: 100, step: 1 };

export function isShared(pattern: Pattern): boolean {
  return SHARED.has(pattern);
}

export function isOfZone(pattern: Pattern): boolean {
  return OF_A_ZONE.has(pattern);
}

/** Whether it is flown round zones that nobody may fly in, too. */
export function isRoundAnyZone(pattern: Pattern): boolean {
  return pattern === "perimeter";
}

type Field = NumberField | PlacesField | { readonly element: HTMLElement; readonly fault: null };

class DirectionField {
  readonly element: HTMLElement;
  readonly fault = null;
  readonly #select = h("select", {});

  constructor(label: "planner.direction" | "planner.direction.turns", usual: Direction) {
    for (const direction of ["clockwise", "counter_clockwise"] as const) {
      this.#select.append(h("option", { value: direction, selected: direction === usual }, say(`${label}.${direction}`)));
    }
    this.element = h("label", { class: "field" }, h("span", {}, say(label)), this.#select);
  }

  get value(): Direction {
    return this.#select.value as Direction;
  }
}

/** The fields of all patterns; those of one are shown. What was written stays when another is chosen. */
export class PatternFields {
  readonly element = h("div", { class: "pattern-fields" });
  readonly swath = new NumberField("planner.swath", "alt.unit", 40, { min: 2, max: 500, step: 1 });
  readonly #overlap = new NumberField("planner.overlap", "unit.percent", 0, { min: 0, max: 90, step: 5 });
  readonly #crosshatch = new Flag("planner.crosshatch");
  readonly #headland = new Flag("planner.headland");
  readonly #inset = new NumberField("planner.inset", "alt.unit", null, LENGTH, "planner.inset.hint");
  readonly #laps = new NumberField("planner.laps", null, 1, COUNT);
  readonly #direction = new DirectionField("planner.direction", "counter_clockwise");
  readonly #width = new NumberField("planner.width", "alt.unit", null, { min: 2, max: 2000, step: 1 }, "planner.width.hint");
  readonly #dwell = new NumberField("planner.dwell", "unit.seconds", 10, { min: 0, max: 3600, step: 1 });
  readonly #radius = new NumberField("planner.radius", "alt.unit", 40, RADIUS);
  readonly #turns = new NumberField("planner.turns", null, 2, { min: 0.25, max: 100, step: 0.25 });
  readonly #round = new DirectionField("planner.direction", "clockwise");
  readonly #lookAlt = new NumberField("planner.look_alt", "alt.unit", 0, { min: -1000, max: 1000, step: 1 });
  readonly #startRadius = new NumberField("planner.start_radius", "alt.unit", 10, { min: 0, max: 2000, step: 1 });
  readonly #endRadius = new NumberField("planner.end_radius", "alt.unit", 100, { min: 0, max: 2000, step: 1 });
  readonly #spiralTurns = new NumberField("planner.turns", null, 3, { min: 0.25, max: 100, step: 0.25 });
  readonly #endAlt = new NumberField("planner.end_alt", "alt.unit", null, { min: 5, max: 120, step: 1 }, "planner.end_alt.hint");
  readonly #spacing = new NumberField("planner.track_spacing", "alt.unit", 50, LENGTH);
  readonly #legs = new NumberField("planner.legs", null, 12, COUNT);
  readonly #legLength = new NumberField("planner.radius", "alt.unit", 150, RADIUS);
  readonly #second = new Flag("planner.second_search");
  readonly #heading = new NumberField("planner.heading", "unit.degrees", 0, { min: 0, max: 360, step: 1 });
  readonly #searchTurns = new DirectionField("planner.direction.turns", "clockwise");
  readonly #driftSet = new NumberField("planner.drift_set", "unit.degrees", 0, { min: 0, max: 360, step: 1 });
  readonly #driftRate = new NumberField("planner.drift_rate", "speed.unit", 0, { min: 0, max: 10, step: 0.1 });
  readonly #line: PlacesField;
  readonly #lines: PlacesField;
  readonly #points: PlacesField;
  readonly #lookAt: PlacesField;
  readonly #centre: PlacesField;
  readonly #datum: PlacesField;
  readonly #fieldsOf: Readonly<Record<Pattern, readonly Field[]>>;
  #pattern: Pattern = "area";

  constructor(onPick: (field: PlacesField) => void, onChange: () => void) {
    this.#line = new PlacesField("line", "planner.line", onPick, onChange);
    this.#lines = new PlacesField("lines", "planner.lines.places", onPick, onChange);
    this.#points = new PlacesField("points", "planner.points.places", onPick, onChange);
    this.#lookAt = new PlacesField("optional", "planner.look_at", onPick, onChange);
    this.#centre = new PlacesField("place", "planner.centre", onPick, onChange);
    this.#datum = new PlacesField("place", "planner.datum", onPick, onChange);
    const search = [this.#heading, this.#searchTurns, this.#driftSet, this.#driftRate];
    this.#fieldsOf = {
      area: [this.swath, this.#overlap, this.#crosshatch, this.#headland],
      perimeter: [this.swath, this.#inset, this.#laps, this.#direction],
      corridor: [this.#line, this.swath, this.#overlap, this.#width],
      lines: [this.#lines],
      points: [this.#points, this.#dwell, this.#lookAt],
      orbit: [this.#centre, this.#radius, this.#turns, this.#round, this.#lookAlt],
      spiral: [this.#centre, this.#startRadius, this.#endRadius, this.#spiralTurns, this.#endAlt, this.#round, this.#lookAlt],
      expanding_square: [this.#datum, this.#spacing, this.#legs, ...search],
      sector_search: [this.#datum, this.#legLength, ...search, this.#second],
    };
    this.pattern = "area";
  }

  get pattern(): Pattern {
    return this.#pattern;
  }

  set pattern(pattern: Pattern) {
    this.#pattern = pattern;
    this.element.replaceChildren(...this.#fields.map(({ element }) => element));
  }

  get #fields(): readonly Field[] {
    return this.#fieldsOf[this.#pattern];
  }

  /** Those of the pattern that places are written into. */
  get placesFields(): readonly PlacesField[] {
    return this.#fields.filter((field) => field instanceof PlacesField);
  }

  /** What is wrong with the first field that is; it gets the focus. */
  findFault(): string | null {
    for (const field of this.#fields) {
      if (field.fault === null) continue;
      if (field instanceof NumberField || field instanceof PlacesField) field.input.focus();
      return field.fault;
    }
    return null;
  }

  /** The request, of fields without fault. */
  request(zoneId: string): PatternRequest {
    const [centre, datum] = [this.#centre.places[0] ?? NOWHERE, this.#datum.places[0] ?? NOWHERE];
    const swath = { swath_m: this.swath.value ?? 40, overlap: (this.#overlap.value ?? 0) / 100 };
    const round = { direction: this.#round.value, look_alt_rel_m: this.#lookAlt.value ?? 0 };
    const search = { datum, heading_deg: this.#heading.value ?? 0, direction: this.#searchTurns.value, drift: this.#drift };
    switch (this.#pattern) {
      case "area":
        return { name: "area", zone_id: zoneId, ...swath, crosshatch: this.#crosshatch.isOn, headland: this.#headland.isOn };
      case "perimeter":
        return {
          name: "perimeter",
          zone_id: zoneId,
          swath_m: swath.swath_m,
          inset_m: this.#inset.value,
          laps: this.#laps.value ?? 1,
          direction: this.#direction.value,
        };
      case "corridor":
        return { name: "corridor", line: this.#line.places, width_m: this.#width.value, ...swath };
      case "lines":
        return { name: "lines", lines: this.#lines.lines };
      case "points": {
        const [dwell_s, look_at] = [this.#dwell.value ?? 0, this.#lookAt.places[0] ?? null];
        return { name: "points", points: this.#points.places.map((place) => ({ ...place, dwell_s, look_at })) };
      }
      case "orbit":
        return { name: "orbit", centre, radius_m: this.#radius.value ?? 40, turns: this.#turns.value ?? 2, ...round };
      case "spiral":
        return {
          name: "spiral",
          centre,
          start_radius_m: this.#startRadius.value ?? 10,
          end_radius_m: this.#endRadius.value ?? 100,
          turns: this.#spiralTurns.value ?? 3,
          end_alt_rel_m: this.#endAlt.value,
          ...round,
        };
      case "expanding_square":
        return { name: "expanding_square", track_spacing_m: this.#spacing.value ?? 50, legs: this.#legs.value ?? 12, ...search };
      case "sector_search":
        return { name: "sector_search", radius_m: this.#legLength.value ?? 150, searches: this.#second.isOn ? 2 : 1, ...search };
    }
  }

  get #drift(): Drift | null {
    const rate_m_s = this.#driftRate.value ?? 0;
    return rate_m_s > 0 ? { set_deg: this.#driftSet.value ?? 0, rate_m_s } : null;
  }
}

const NOWHERE: Place = { lat_deg: 0, lon_deg: 0 };
