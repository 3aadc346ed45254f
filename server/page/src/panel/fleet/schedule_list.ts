/** The schedules that are kept: shown, planned anew, deleted. */

import { h, icon, ICONS } from "../../element";
import type { ScheduleBook } from "../../schedule_book";
import type { Schedule } from "../../schedule_contract";
import { say } from "../../words/language";
import { flightsOf } from "../../words/schedule_words";
import type { BoardActions } from "./schedule_board";

export class ScheduleList {
  readonly element = h("ul", { class: "schedules" });
  readonly #book: ScheduleBook;
  readonly #actions: BoardActions;
  #key = "";

  constructor(book: ScheduleBook, actions: BoardActions) {
    this.#book = book;
    this.#actions = actions;
  }

  show(): void {
    const kept = this.#book.kept.value;
    const key = JSON.stringify([kept.map(({ id }) => id), this.#book.shown.value?.id]);
    if (key === this.#key) return;
    this.#key = key;
    const rows = [...kept].reverse().map((schedule) => this.#row(schedule));
    this.element.replaceChildren(...(rows.length > 0 ? rows : [h("li", { class: "empty-line" }, say("fleet.schedules.none"))]));
  }

  #row(schedule: Schedule): HTMLElement {
    const { id, window, home, replaces } = schedule;
    const facts = say("fleet.schedule.facts", { begins: window.begins, home, flights: flightsOf(schedule) });
    const replaced = replaces === null ? "" : ` (${say("fleet.schedule.replaces", { id: replaces })})`;
    const isShown = this.#book.shown.value?.id === id;
    return h(
      "li",
      {},
      h(
        "div",
        { class: "plan-line" },
        h("strong", {}, say("fleet.schedule", { id }) + replaced),
        h("span", { class: "plan-facts" }, facts),
        h(
          "button",
          { type: "button", class: "icon-button", "aria-label": say("fleet.delete.of", { id }), onclick: () => this.#actions.onDelete(schedule) },
          icon(ICONS.bin),
        ),
      ),
      h(
        "div",
        { class: "plan-drones" },
        h(
          "button",
          {
            type: "button",
            class: "button is-small",
            "aria-pressed": String(isShown),
            "aria-label": say("fleet.show.of", { id }),
            onclick: () => this.#book.show(isShown ? null : schedule),
          },
          say("fleet.show"),
        ),
        h(
          "button",
          { type: "button", class: "button is-small", "aria-label": say("fleet.replan.of", { id }), onclick: () => this.#actions.onReplan(schedule) },
          say("fleet.replan"),
        ),
      ),
    );
  }
}
