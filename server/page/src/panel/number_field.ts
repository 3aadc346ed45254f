/** A labelled number with its unit; an optional one may be left empty. */

import { h } from "../element";
import { say, type WordKey } from "../words/language";

export interface NumberRange {
  min: number;
  max: number;
  step: number;
}

export class NumberField {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  readonly #label: WordKey;

  constructor(label: WordKey, unit: WordKey | null, value: number | null, range: NumberRange, hint?: WordKey) {
    this.#label = label;
    this.input = h("input", { type: "number", value, ...range, required: value !== null });
    this.element = h(
      "label",
      { class: "field" },
      h("span", {}, say(label)),
      h("span", { class: "with-unit" }, this.input, unit !== null && h("span", {}, say(unit))),
      hint !== undefined && h("small", {}, say(hint)),
    );
  }

  /** Null where it is left empty. */
  get value(): number | null {
    return Number.isNaN(this.input.valueAsNumber) ? null : this.input.valueAsNumber;
  }

  /** What is wrong with it, in words. */
  get fault(): string | null {
    const { valid, valueMissing, badInput, rangeOverflow, rangeUnderflow } = this.input.validity;
    if (valid) return null;
    const field = say(this.#label);
    const isOut = valueMissing || badInput || rangeOverflow || rangeUnderflow;
    if (isOut) return say("planner.out_of_range", { field, min: this.input.min, max: this.input.max });
    // between two steps: only counts and metres have to be whole
    return this.input.step === "1" ? say("planner.whole", { field }) : null;
  }
}
