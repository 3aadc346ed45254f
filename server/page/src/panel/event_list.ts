/** What happened, newest first, in the page's language. */

import type { ServiceEvent } from "../contract";
import { h } from "../element";
import { droneColour } from "../palette";
import { eventText } from "../words/event_text";
import { clockTime } from "../words/figures";
import { droneName, say } from "../words/language";

const MOST_ROWS = 200;

/** Steps of one transfer are one row that moves on. */
export function isContinued(newer: ServiceEvent, older: ServiceEvent | undefined): boolean {
  return (
    older !== undefined &&
    newer.kind === "transfer_progressed" &&
    older.kind === newer.kind &&
    older.drone_id === newer.drone_id &&
    older.data["what"] === newer.data["what"]
  );
}

export class EventList {
  readonly element: HTMLElement;
  /** Read aloud: only what is grave, once. */
  readonly announcer = h("div", { class: "visually-hidden", "aria-live": "polite" });
  readonly #rows = h("ol", { class: "event-rows", tabindex: "0", "aria-label": say("events") });
  readonly #empty = h("p", { class: "empty-line" }, say("events.none"));
  readonly #nameOf: (droneId: string) => string;
  readonly #zoneName: (zoneId: string) => string;
  readonly #shown = new Map<string, { event: ServiceEvent; row: HTMLElement }>();

  constructor(nameOf: (droneId: string) => string, zoneName: (zoneId: string) => string) {
    this.#nameOf = nameOf;
    this.#zoneName = zoneName;
    const filter = h(
      "div",
      { class: "segments", role: "group", "aria-label": say("events.filter") },
      ...(["all", "important"] as const).map((which) =>
        h(
          "button",
          {
            type: "button",
            "aria-pressed": which === "all" ? "true" : "false",
            onclick: (event) => {
              this.#rows.classList.toggle("is-important-only", which === "important");
              for (const button of filter.children) {
                button.setAttribute("aria-pressed", String(button === event.currentTarget));
              }
            },
          },
          say(`events.${which}`),
        ),
      ),
    );
    this.element = h(
      "section",
      { class: "events", "aria-labelledby": "events-title" },
      h("h2", { id: "events-title" }, say("events"), filter),
      this.#empty,
      this.#rows,
    );
  }

  /** Show a whole history, newest first. */
  replace(events: readonly ServiceEvent[]): void {
    this.#rows.replaceChildren();
    this.#shown.clear();
    this.#add([...events].reverse());
  }

  /** Add new events, oldest first. */
  add(events: readonly ServiceEvent[]): void {
    this.#add(events);
    const grave = events.filter(({ severity }) => severity === "warning" || severity === "critical");
    if (grave.length > 0) {
      const texts = grave.map((event) => [this.#nameText(event), eventText(event, this.#zoneName)].filter(Boolean).join(": "));
      this.announcer.textContent = texts.join(". ");
    }
  }

  #add(events: readonly ServiceEvent[]): void {
    const isAtTop = this.#rows.scrollTop < 8;
    for (const event of events) {
      const row = this.#row(event);
      const before = this.#shown.get(event.drone_id);
      if (before && before.row.isConnected && isContinued(event, before.event)) before.row.replaceWith(row);
      else this.#rows.prepend(row);
      this.#shown.set(event.drone_id, { event, row });
    }
    while (this.#rows.children.length > MOST_ROWS) this.#rows.lastElementChild?.remove();
    this.#empty.hidden = this.#rows.children.length > 0;
    if (isAtTop) this.#rows.scrollTop = 0;
  }

  #nameText(event: ServiceEvent): string {
    return event.drone_id === "" ? "" : droneName(this.#nameOf(event.drone_id));
  }

  #row(event: ServiceEvent): HTMLElement {
    const name = h("span", { class: "event-drone" }, this.#nameText(event));
    if (event.drone_id !== "") name.style.setProperty("--colour", droneColour(event.drone_id));
    return h(
      "li",
      { class: `event is-${event.severity}`, "data-kind": event.kind },
      h("time", {}, clockTime(event.time_s)),
      name,
      h(
        "span",
        { class: "event-text" },
        h("span", { class: "visually-hidden" }, `${say(`severity.${event.severity}`)}: `),
        eventText(event, this.#zoneName),
      ),
    );
  }
}
