/** Boxes to tick, one below the other, with a name for all. */

import { h } from "../../element";

export interface CheckItem {
  id: string;
  text: string;
}

export class CheckList {
  readonly element: HTMLElement;
  readonly #rows = h("div", { class: "check-rows" });
  readonly #boxes = new Map<string, HTMLInputElement>();
  readonly #empty: string;
  #key = "";

  constructor(legend: string, empty = "") {
    this.#empty = empty;
    this.element = h("fieldset", { class: "check-list" }, h("legend", {}, legend), this.#rows);
  }

  /** Offer these; what was ticked stays so. */
  offer(items: readonly CheckItem[]): void {
    const key = JSON.stringify(items);
    if (key === this.#key) return;
    this.#key = key;
    const ticked = new Set(this.ticked);
    this.#boxes.clear();
    const rows = items.map(({ id, text }) => {
      const box = h("input", { type: "checkbox", value: id });
      box.checked = ticked.has(id);
      this.#boxes.set(id, box);
      return h("label", { class: "flag" }, box, h("span", {}, text));
    });
    this.#rows.replaceChildren(...(rows.length > 0 ? rows : [h("p", {}, this.#empty)]));
  }

  get ticked(): string[] {
    return [...this.#boxes].filter(([, { checked }]) => checked).map(([id]) => id);
  }

  /** Tick one, or not any more; whether it is offered. */
  toggle(id: string): boolean {
    const box = this.#boxes.get(id);
    if (box) box.checked = !box.checked;
    return box !== undefined;
  }
}
