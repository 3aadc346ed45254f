/** Who flies when: a row a drone, bars for flights and swaps, times of day. */

import type { ZoneFeature } from "../../contract";
import { h, icon, ICONS } from "../../element";
import { fleetColour } from "../../schedule_book";
import type { Schedule } from "../../schedule_contract";
import { say } from "../../words/language";
import { tasksInWords } from "../../words/schedule_words";
import { clockOf, type FlightBar, rowsOf, spanOf, type Stretch, stretchOf, ticksOf } from "./gantt_geometry";

export class GanttChart {
  readonly element = h("div", { class: "gantt", role: "group", "aria-label": say("fleet.chart.label") });
  readonly #onChoose: (flight: string) => void;
  readonly #now = h("span", { class: "gantt-now", "aria-hidden": "true" });
  readonly #bars = new Map<string, HTMLButtonElement>();
  readonly #labels: { label: HTMLElement; texts: string[] }[] = [];
  #schedule: Schedule | null = null;

  constructor(onChoose: (flight: string) => void) {
    this.#onChoose = onChoose;
    new ResizeObserver(() => this.#fitLabels()).observe(this.element);
  }

  show(schedule: Schedule, zones: readonly ZoneFeature[]): void {
    this.#schedule = schedule;
    this.#bars.clear();
    this.#labels.length = 0;
    const span = spanOf(schedule);
    const rows = rowsOf(schedule, span).map(({ drone, flights, swaps }) => {
      const mark = h("span", { class: "swatch", "aria-hidden": "true" });
      mark.style.setProperty("--colour", fleetColour(drone.id));
      const lane = h(
        "div",
        { class: "gantt-lane" },
        ...swaps.map((swap) => placed(h("span", { class: "gantt-swap", title: say("fleet.swap") }, icon(ICONS.battery)), swap)),
        ...flights.map((bar) => this.#bar(schedule, drone.id, bar, zones)),
        flights.length === 0 && h("span", { class: "gantt-idle" }, say("fleet.idle")),
      );
      return h("div", { class: "gantt-row" }, h("span", { class: "gantt-name" }, mark, h("span", {}, drone.id)), lane);
    });
    const ticks = ticksOf(schedule, span);
    const axis = ticks.map(({ at, text }) => placed(h("span", { class: "gantt-tick" }, text), { left: at, width: 0 }));
    const lines = ticks.map(({ at }) => placed(h("span", { class: "gantt-line" }), { left: at, width: 0 }));
    const grid = h("div", { class: "gantt-grid", "aria-hidden": "true" }, ...lines, this.#now);
    this.element.replaceChildren(
      h("div", { class: "gantt-axis", "aria-hidden": "true" }, h("div", { class: "gantt-lane" }, ...axis)),
      h("div", { class: "gantt-body" }, grid, ...rows),
    );
    this.#fitLabels();
  }

  /** Mark the time it is; null where that is not within the schedule's window. */
  markNow(timeS: number | null): void {
    const span = this.#schedule && spanOf(this.#schedule);
    const isWithin = span !== null && timeS !== null && timeS >= span.begin_s && timeS <= span.end_s;
    this.#now.hidden = !isWithin;
    if (isWithin) placed(this.#now, { left: stretchOf(timeS, timeS, span).left, width: 0 });
    if (this.#now.textContent === "") this.#now.append(h("span", {}, say("fleet.now")));
  }

  choose(flight: string | null): void {
    for (const [name, bar] of this.#bars) {
      bar.setAttribute("aria-pressed", String(name === flight));
      bar.classList.toggle("is-dim", flight !== null && name !== flight);
    }
  }

  #bar(schedule: Schedule, droneId: string, bar: FlightBar, zones: readonly ZoneFeature[]): HTMLElement {
    const { flight, number, tasks } = bar;
    const [begins, ends] = [clockOf(schedule, flight.departure_s), clockOf(schedule, flight.landing_s)];
    const label = h("span", { class: "gantt-label" });
    const texts = [say("fleet.flight.tasks", { begins, ends, tasks: tasks.length }), say("fleet.flight.times", { begins, ends }), begins];
    this.#labels.push({ label, texts });
    const names = tasksInWords(tasks.map(({ name }) => name), zones);
    const button = h(
      "button",
      {
        "type": "button",
        "class": `gantt-bar ${flight.is_legal ? "" : "is-illegal"}`,
        "aria-pressed": "false",
        "aria-label": say("fleet.flight.label", { drone: droneId, number, begins, ends, tasks: names }),
        "title": names,
        "onclick": () => this.#onChoose(flight.name),
      },
      h("span", { class: "gantt-tasks", "aria-hidden": "true" }, ...tasks.map((task) => placed(h("span", {}), task))),
      label,
    );
    button.style.setProperty("--colour", fleetColour(droneId));
    this.#bars.set(flight.name, button);
    return placed(button, bar);
  }

  /** The longest text that has room in each bar. */
  #fitLabels(): void {
    for (const { label, texts } of this.#labels) {
      label.textContent = "";
      const room = label.clientWidth;
      for (const text of [...texts, ""]) {
        label.textContent = text;
        if (label.scrollWidth <= room) break;
      }
    }
  }
}

function placed<E extends HTMLElement>(element: E, { left, width }: Stretch): E {
  element.style.left = `${100 * left}%`;
  if (width > 0) element.style.width = `${100 * width}%`;
  return element;
}
