/** What happened, newest first, in the page's language. */

import type { ServiceEvent, ZoneFeature } from "../contract";
import { h } from "../element";
import { droneColour } from "../palette";
import { eventText } from "../words/event_text";
import { clockTime } from "../words/figures";
import { droneName, say } from "../words/language";

/** Of what matters and of the rest, each. */
const MOST_ROWS = 150;
const REPEATED_WITHIN_S = 60;
const FILTERS = ["important", "all"] as const;
const REMEMBERED_AS = "feiying.events";

type Filter = (typeof FILTERS)[number];

/** Every item of every mission is told; at first the list shows what matters. */
function recall(): Filter {
  try {
    return localStorage.getItem(REMEMBERED_AS) === "all" ? "all" : "important";
  } catch {
    return "important";
  }
}

function remember(filter: Filter): void {
  try {
    localStorage.setItem(REMEMBERED_AS, filter);
  } catch {
    // a browser that keeps nothing starts anew next time
  }
}

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

/** The same words again are one row with a count. */
export function isRepeated(newer: ServiceEvent, older: ServiceEvent | undefined): boolean {
  return (
    older !== undefined &&
    newer.kind === older.kind &&
    newer.drone_id === older.drone_id &&
    newer.text === older.text &&
    newer.time_s - older.time_s < REPEATED_WITHIN_S
  );
}

export class EventList {
  readonly element: HTMLElement;
  /** Read aloud: only what is grave, once, and what is critical at once. */
  readonly announcers = [
    h("div", { class: "visually-hidden", "aria-live": "polite" }),
    h("div", { class: "visually-hidden", "aria-live": "assertive" }),
  ] as const;
  readonly #rows = h("ol", { class: "event-rows", tabindex: "0", "aria-label": say("events") });
  readonly #empty = h("p", { class: "empty-line" }, say("events.none"));
  readonly #nameOf: (droneId: string) => string;
  readonly #zoneOf: (zoneId: string) => ZoneFeature | undefined;
  /** What was read aloud, and when. */
  readonly #announced = new Map<string, number>();
  readonly #shown = new Map<string, { event: ServiceEvent; row: HTMLElement; count: number }>();

  constructor(nameOf: (droneId: string) => string, zoneOf: (zoneId: string) => ZoneFeature | undefined) {
    this.#nameOf = nameOf;
    this.#zoneOf = zoneOf;
    const chosen = recall();
    this.#rows.classList.toggle("is-important-only", chosen === "important");
    const filter = h(
      "div",
      { class: "segments", role: "group", "aria-label": say("events.filter") },
      ...FILTERS.map((which) =>
        h(
          "button",
          {
            type: "button",
            "aria-pressed": which === chosen ? "true" : "false",
            onclick: (event) => {
              this.#rows.classList.toggle("is-important-only", which === "important");
              remember(which);
              this.#showEmpty();
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
    const [warnings, alarms] = this.announcers;
    this.#announce(warnings, events.filter(({ severity }) => severity === "warning"));
    this.#announce(alarms, events.filter(({ severity }) => severity === "critical"));
  }

  /** Have what was not said within the last minute read aloud. */
  #announce(announcer: HTMLElement, events: readonly ServiceEvent[]): void {
    const texts = [];
    for (const event of events) {
      const { zone_id: zoneId, colour, action } = event.data;
      // the seconds left are others each time
      const about = JSON.stringify([event.drone_id, event.kind, zoneId ?? event.text, colour, action]);
      const text = [this.#nameText(event), eventText(event, this.#zoneOf)].filter(Boolean).join(": ");
      if (event.time_s - (this.#announced.get(about) ?? -Infinity) >= REPEATED_WITHIN_S) texts.push(text);
      this.#announced.set(about, event.time_s);
    }
    if (texts.length > 0) announcer.textContent = texts.join(". ");
    if (this.#announced.size > MOST_ROWS) this.#announced.clear();
  }

  #add(events: readonly ServiceEvent[]): void {
    const isAtTop = this.#rows.scrollTop < 8;
    for (const event of events) {
      const before = this.#shown.get(event.drone_id);
      const count = before && isRepeated(event, before.event) ? before.count + 1 : 1;
      const row = this.#row(event, count);
      if (before && (count > 1 || isContinued(event, before.event))) before.row.remove();
      this.#rows.prepend(row);
      this.#shown.set(event.drone_id, { event, row, count });
    }
    for (const kind of [".is-info", ":not(.is-info)"]) {
      const rows = this.#rows.querySelectorAll(`:scope > ${kind}`);
      for (let i = MOST_ROWS; i < rows.length; i++) rows[i]?.remove();
    }
    this.#showEmpty();
    if (isAtTop) this.#rows.scrollTop = 0;
  }

  #showEmpty(): void {
    const shown = this.#rows.classList.contains("is-important-only") ? ":scope > :not(.is-info)" : ":scope > *";
    this.#empty.hidden = this.#rows.querySelector(shown) !== null;
  }

  #nameText(event: ServiceEvent): string {
    return event.drone_id === "" ? "" : droneName(this.#nameOf(event.drone_id));
  }

  #row(event: ServiceEvent, count: number): HTMLElement {
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
        eventText(event, this.#zoneOf),
        count > 1 && h("span", { class: "event-count" }, ` ×${count}`),
      ),
    );
  }
}
