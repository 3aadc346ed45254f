/** The cards of all drones; only those in view are kept up to date. */

import { h, setText } from "../element";
import type { Drone } from "../contract";
import { say } from "../words/language";
import { type CardActions, type CardFacts, DroneCard } from "./drone_card";

/** With more drones than this, only the selected card is whole. */
const MOST_WHOLE_CARDS = 4;

export class DroneList {
  readonly element: HTMLElement;
  readonly #cards = new Map<string, DroneCard>();
  readonly #list = h("div", { class: "cards" });
  readonly #count = h("span", { class: "count" });
  readonly #empty: HTMLElement;
  readonly #watcher: IntersectionObserver;
  readonly #facts: (drone: Drone) => CardFacts;
  readonly #actions: CardActions;

  constructor(facts: (drone: Drone) => CardFacts, actions: CardActions) {
    this.#facts = facts;
    this.#actions = actions;
    this.#empty = h(
      "div",
      { class: "empty" },
      h("p", { class: "empty-title" }, say("drones.none")),
      h("p", {}, say("drones.none.remedy")),
      h("code", {}, "feiying serve --connect udp:0.0.0.0:14550"),
      h("code", {}, "feiying demo"),
    );
    this.element = h(
      "section",
      { class: "drones", "aria-labelledby": "drones-title" },
      h("h2", { id: "drones-title" }, say("drones"), this.#count),
      this.#empty,
      this.#list,
    );
    this.#watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const card = this.#cards.get((entry.target as HTMLElement).dataset["drone"] ?? "");
        if (card) card.isInView = entry.isIntersecting;
      }
    });
  }

  show(drones: ReadonlyMap<string, Drone>): void {
    for (const [id, card] of this.#cards) {
      if (drones.has(id)) continue;
      this.#watcher.unobserve(card.element);
      card.element.remove();
      this.#cards.delete(id);
    }
    for (const drone of drones.values()) {
      let card = this.#cards.get(drone.id);
      if (!card) {
        card = new DroneCard(drone, this.#actions);
        this.#cards.set(drone.id, card);
        this.#list.append(card.element);
        this.#watcher.observe(card.element);
      }
      if (card.isInView) card.show(this.#facts(drone));
    }
    this.#empty.hidden = drones.size > 0;
    setText(this.#count, drones.size > 0 ? String(drones.size) : "");
    this.element.classList.toggle("is-dense", drones.size > MOST_WHOLE_CARDS);
  }

  reveal(droneId: string): void {
    this.#cards.get(droneId)?.element.scrollIntoView({ block: "nearest" });
  }
}
