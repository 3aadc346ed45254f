/** The other aircraft, those that are near to a drone first; each can be looked at on the map. */

import { h, icon, ICONS, setText } from "../element";
import { byUrgency, type Sighting } from "../traffic";
import { say } from "../words/language";
import { sightingInWords } from "../words/traffic_words";

const MOST_ROWS = 5;

interface Row {
  element: HTMLLIElement;
  button: HTMLButtonElement;
  name: HTMLElement;
  warning: HTMLElement;
  words: HTMLElement;
  aircraftId: string;
}

export class TrafficList {
  readonly element: HTMLElement;
  readonly #count = h("span", { class: "count" });
  readonly #list = h("ul", { class: "traffic-rows" });
  readonly #more = h("p", { class: "traffic-more" });
  readonly #rows: Row[] = [];
  readonly #onSelect: (aircraftId: string) => void;

  constructor(onSelect: (aircraftId: string) => void) {
    this.#onSelect = onSelect;
    this.element = h(
      "section",
      { class: "traffic", "aria-labelledby": "traffic-title", hidden: true },
      h("h2", { id: "traffic-title" }, say("traffic"), this.#count),
      this.#list,
      this.#more,
    );
  }

  show(sightings: readonly Sighting[]): void {
    const sorted = [...sightings].sort(byUrgency);
    const near = sorted.filter(({ isNear }) => isNear).length;
    const shown = sorted.slice(0, Math.max(MOST_ROWS, near));
    while (this.#rows.length < shown.length) this.#addRow();
    for (const row of this.#rows.splice(shown.length)) row.element.remove();
    shown.forEach((sighting, place) => {
      const row = this.#rows[place];
      if (!row) return;
      row.aircraftId = sighting.aircraft.id;
      row.element.classList.toggle("is-near", sighting.isNear);
      row.warning.hidden = !sighting.isNear;
      setText(row.name, sighting.aircraft.name);
      setText(row.words, sightingInWords(sighting));
    });
    this.element.hidden = sorted.length === 0;
    setText(this.#count, String(sorted.length));
    const left = sorted.length - shown.length;
    this.#more.hidden = left === 0;
    setText(this.#more, left === 0 ? "" : say("traffic.more", { count: left }));
  }

  #addRow(): void {
    const name = h("span", { class: "traffic-name" });
    const warning = h("span", { class: "traffic-warning" }, icon(ICONS.danger), say("traffic.near"));
    const words = h("span", { class: "traffic-words" });
    const button = h("button", { type: "button", class: "traffic-row", title: say("traffic.show") }, name, warning, words);
    const row: Row = { element: h("li", {}, button), button, name, warning, words, aircraftId: "" };
    button.addEventListener("click", () => this.#onSelect(row.aircraftId));
    this.#rows.push(row);
    this.#list.append(row.element);
  }
}
