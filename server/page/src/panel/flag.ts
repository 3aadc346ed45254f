/** A box to tick. */

import { h } from "../element";
import { say, type WordKey } from "../words/language";

export class Flag {
  readonly element: HTMLElement;
  readonly fault = null;
  readonly #input = h("input", { type: "checkbox" });

  constructor(label: WordKey) {
    this.element = h("label", { class: "field flag" }, this.#input, h("span", {}, say(label)));
  }

  get isOn(): boolean {
    return this.#input.checked;
  }
}
