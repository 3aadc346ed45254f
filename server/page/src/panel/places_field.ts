/** Places of a pattern: written, or clicked on the map; one a line, an empty line between two lines. */

import type { Place } from "../contract";
import { h } from "../element";
import { say, type WordKey } from "../words/language";

/** How many places there are to be. */
export type PlacesKind = "place" | "optional" | "points" | "line" | "lines";

const POSITION = /^\s*([+-]?\d+(?:\.\d+)?)\s*[,，\s]\s*([+-]?\d+(?:\.\d+)?)\s*$/;
const HINTS: Record<PlacesKind, WordKey> = {
  place: "planner.place.hint",
  optional: "planner.place.hint",
  points: "planner.places.hint",
  line: "planner.places.hint",
  lines: "planner.lines.hint",
};

/** Read `latitude, longitude`; null where it is none. */
export function parsePlace(text: string): Place | null {
  const [, lat, lon] = POSITION.exec(text) ?? [];
  const place = { lat_deg: Number(lat), lon_deg: Number(lon) };
  const isOne = Math.abs(place.lat_deg) <= 90 && Math.abs(place.lon_deg) <= 180;
  return lat !== undefined && isOne ? place : null;
}

export function writePlace({ lat_deg, lon_deg }: Place): string {
  return `${lat_deg.toFixed(6)}, ${lon_deg.toFixed(6)}`;
}

/** Runs of written lines between empty ones. */
export function blocksOf(text: string): string[][] {
  return text
    .split(/\n\s*\n/)
    .map((block) => block.split("\n").filter((line) => line.trim() !== ""))
    .filter((block) => block.length > 0);
}

export class PlacesField {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement | HTMLTextAreaElement;
  readonly pickButton: HTMLButtonElement;
  readonly #kind: PlacesKind;
  readonly #label: WordKey;
  readonly #onChange: () => void;

  constructor(kind: PlacesKind, label: WordKey, onPick: (field: PlacesField) => void, onChange: () => void) {
    this.#kind = kind;
    this.#label = label;
    this.#onChange = onChange;
    const isOne = kind === "place" || kind === "optional";
    const id = `places-${label.replaceAll(".", "-")}`;
    const attributes = { id, autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-hint`, oninput: onChange };
    this.input = isOne ? h("input", { type: "text", ...attributes }) : h("textarea", { rows: 4, ...attributes });
    const field = say(label);
    this.pickButton = h(
      "button",
      {
        type: "button",
        class: "button is-small",
        "aria-pressed": "false",
        "aria-label": say("planner.pick.of", { field }),
        onclick: () => onPick(this),
      },
      say("planner.pick"),
    );
    const clear = h(
      "button",
      { type: "button", class: "button is-small", "aria-label": say("planner.clear.of", { field }), onclick: () => this.#write("") },
      say("planner.clear"),
    );
    const next =
      kind === "lines" &&
      h("button", { type: "button", class: "button is-small", onclick: () => this.#write(`${this.input.value.trimEnd()}\n\n`) }, say("planner.lines.next"));
    const hint = say(HINTS[kind]);
    if (isOne) this.input.placeholder = hint;
    this.element = h(
      "div",
      { class: "field places" },
      h("div", { class: "places-head" }, h("label", { for: id }, field), h("span", {}, this.pickButton, clear)),
      this.input,
      h("small", { id: `${id}-hint`, class: isOne && "visually-hidden" }, hint),
      next,
    );
  }

  get isPicking(): boolean {
    return this.pickButton.getAttribute("aria-pressed") === "true";
  }

  set isPicking(isOn: boolean) {
    this.pickButton.setAttribute("aria-pressed", String(isOn));
  }

  /** One click fills it. */
  get isFilledAtOnce(): boolean {
    return this.#kind === "place" || this.#kind === "optional";
  }

  /** A click on the map. */
  add(place: Place): void {
    const before = this.input.value;
    const isFresh = this.isFilledAtOnce || before === "" || before.endsWith("\n");
    this.#write(this.isFilledAtOnce ? writePlace(place) : `${before}${isFresh ? "" : "\n"}${writePlace(place)}`);
  }

  #write(text: string): void {
    this.input.value = text;
    this.#onChange();
  }

  /** The lines, those that cannot be read left out. */
  get lines(): Place[][] {
    return blocksOf(this.input.value).map((block) => block.map(parsePlace).filter((place) => place !== null));
  }

  get places(): Place[] {
    return this.lines.flat();
  }

  get isLine(): boolean {
    return this.#kind === "line" || this.#kind === "lines";
  }

  /** What is wrong with it, in words. */
  get fault(): string | null {
    const field = say(this.#label);
    const blocks = blocksOf(this.input.value);
    const wrong = blocks.flat().find((line) => parsePlace(line) === null);
    if (wrong !== undefined) return say("planner.place.wrong", { field, text: wrong.trim() });
    if (blocks.length === 0) return this.#kind === "optional" ? null : say("planner.place.missing", { field });
    const isShort = this.#kind === "line" ? blocks.flat().length < 2 : this.#kind === "lines" && blocks.some((block) => block.length < 2);
    return isShort ? say("planner.places.few", { field }) : null;
  }
}
