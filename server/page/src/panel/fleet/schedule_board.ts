/** The schedule that is looked at, along the foot of the map: chart or table, what is not flown, findings, what moved. */

import type { ZoneFeature } from "../../contract";
import { h, icon, ICONS, setText } from "../../element";
import type { ScheduleBook } from "../../schedule_book";
import type { Schedule } from "../../schedule_contract";
import { tenthFigure, wholeFigure } from "../../words/figures";
import { findingTexts } from "../../words/finding_text";
import { say } from "../../words/language";
import { changesInWords, coverageInWords, flightsOf, tasksInWords, unservedInWords } from "../../words/schedule_words";
import { GanttChart } from "./gantt_chart";
import { clockOf, timeInWindow } from "./gantt_geometry";

export interface BoardActions {
  onReplan: (schedule: Schedule) => void;
  onDelete: (schedule: Schedule) => void;
}

export class ScheduleBoard {
  readonly element: HTMLElement;
  readonly #book: ScheduleBook;
  readonly #zones: () => readonly ZoneFeature[];
  readonly #title = h("h2", { id: "board-title" });
  readonly #summary = h("p", { class: "board-summary" });
  readonly #chart: GanttChart;
  readonly #table = h("table", { class: "board-table" });
  readonly #tableBox = h("div", { class: "board-table-box" }, this.#table);
  readonly #notes = h("div", { class: "board-notes" });
  readonly #kept: HTMLElement;
  readonly #views: { isTable: boolean; button: HTMLButtonElement }[];
  #shown: Schedule | null = null;

  constructor(book: ScheduleBook, zones: () => readonly ZoneFeature[], { onReplan, onDelete }: BoardActions) {
    this.#book = book;
    this.#zones = zones;
    this.#chart = new GanttChart((flight) => book.chosenFlight.set(book.chosenFlight.value === flight ? null : flight));
    this.#views = [false, true].map((isTable) => ({
      isTable,
      button: h("button", { type: "button", onclick: () => this.#view(isTable) }, say(isTable ? "fleet.table" : "fleet.chart")),
    }));
    const ofShown = (act: (schedule: Schedule) => void) => () => {
      if (this.#shown) act(this.#shown);
    };
    this.#kept = h(
      "span",
      { class: "board-buttons" },
      h("button", { type: "button", class: "button is-small", onclick: ofShown(onReplan) }, say("fleet.replan")),
      h("button", { type: "button", class: "button is-small", onclick: ofShown(onDelete) }, say("fleet.delete")),
    );
    this.element = h(
      "section",
      { class: "board", "aria-labelledby": "board-title", hidden: true },
      h(
        "header",
        {},
        this.#title,
        this.#summary,
        h("span", { class: "segments", role: "group", "aria-label": say("fleet.view") }, ...this.#views.map(({ button }) => button)),
        this.#kept,
        h(
          "button",
          { type: "button", class: "icon-button", "aria-label": say("fleet.close"), onclick: () => book.show(null) },
          icon(ICONS.close),
        ),
      ),
      h("div", { class: "board-body", tabindex: 0, role: "region", "aria-labelledby": "board-title" }, this.#chart.element, this.#tableBox, this.#notes),
    );
    this.#view(false);
  }

  /** Bring it to what is shown, and to the time it is. */
  show(nowS: number): void {
    const schedule = this.#book.shown.value;
    this.element.hidden = schedule === null;
    if (schedule !== this.#shown) {
      this.#shown = schedule;
      if (schedule) this.#fill(schedule);
    }
    if (!schedule) return;
    const now = new Date(1000 * nowS);
    this.#chart.markNow(timeInWindow(schedule, nowS, 3600 * now.getHours() + 60 * now.getMinutes() + now.getSeconds()));
    this.#chart.choose(this.#book.chosenFlight.value);
  }

  #view(isTable: boolean): void {
    for (const each of this.#views) each.button.setAttribute("aria-pressed", String(each.isTable === isTable));
    this.#chart.element.hidden = isTable;
    // who hears the page has the table beside the chart
    this.#tableBox.classList.toggle("visually-hidden", !isTable);
  }

  #fill(schedule: Schedule): void {
    const isKept = schedule.id !== "";
    setText(this.#title, isKept ? say("fleet.schedule", { id: schedule.id }) : say("fleet.schedule.preview"));
    this.element.classList.toggle("is-preview", !isKept);
    this.#kept.hidden = !isKept;
    const { window, home } = schedule;
    const ends = clockOf(schedule, window.length_s);
    const replaced = schedule.replaces === null ? [] : [say("fleet.schedule.replaces", { id: schedule.replaces })];
    setText(this.#summary, [say("fleet.summary", { begins: window.begins, ends, home, flights: flightsOf(schedule) }), ...replaced].join(" · "));
    this.#chart.show(schedule, this.#zones());
    this.#fillTable(schedule);
    this.#notes.replaceChildren(...this.#notesOf(schedule));
  }

  #fillTable(schedule: Schedule): void {
    const zones = this.#zones();
    const columns = ["drone", "what", "from", "to", "alt", "energy", "tasks"] as const;
    const rows = schedule.drones.flatMap((drone) => {
      const clock = (timeS: number): string => clockOf(schedule, timeS);
      const flights = drone.flights.map((flight, index) => ({
        at: flight.departure_s,
        cells: [
          say("fleet.number", { number: index + 1 }),
          clock(flight.departure_s),
          clock(flight.landing_s),
          `${wholeFigure(flight.alt_rel_m)} ${say("alt.unit")}`,
          say("fleet.energy", { energy: tenthFigure(flight.energy_wh), limit: tenthFigure(flight.limit_wh) }),
          tasksInWords(flight.tasks.map(({ name }) => name), zones),
        ],
      }));
      const swaps = drone.swaps.map((swap) => ({ at: swap.start_s, cells: [say("fleet.swap"), clock(swap.start_s), clock(swap.end_s), "", "", ""] }));
      const all = [...flights, ...swaps].sort((a, b) => a.at - b.at);
      if (all.length === 0) all.push({ at: 0, cells: [say("fleet.idle"), "", "", "", "", ""] });
      return all.map(({ cells }) => h("tr", {}, h("th", { scope: "row" }, drone.id), ...cells.map((text) => h("td", {}, text))));
    });
    this.#table.replaceChildren(
      h("thead", {}, h("tr", {}, ...columns.map((column) => h("th", { scope: "col" }, say(`fleet.column.${column}`))))),
      h("tbody", {}, ...rows),
    );
  }

  #notesOf(schedule: Schedule): HTMLElement[] {
    const zones = this.#zones();
    const notes: HTMLElement[] = [];
    const changes = changesInWords(schedule, zones, (timeS) => clockOf(schedule, timeS));
    if (changes) notes.push(note("is-changed", changes.length > 0 ? say("fleet.changes", { count: schedule.changes?.moves.length ?? 0 }) : say("fleet.changes.none"), changes));
    const unserved = unservedInWords(schedule, zones);
    if (unserved.length > 0) notes.push(note("is-bad", say("fleet.unserved", { count: unserved.length }), unserved));
    else notes.push(note("is-good", say("fleet.unserved.none"), coverageInWords(schedule, zones)));
    if (unserved.length > 0 && schedule.areas.length > 0) notes.push(note("", coverageInWords(schedule, zones).join(say("list.comma")), []));
    const findings = findingTexts(schedule.findings, zones);
    if (findings.length > 0) {
      const texts = findings.map(
        ({ message, remedy, others }) => message + (others > 0 ? say("finding.more", { count: others }) : "") + (remedy === "" ? "" : ` – ${remedy}`),
      );
      notes.push(note(findings.some(({ isViolation }) => isViolation) ? "is-bad" : "is-heed", say("fleet.findings", { count: findings.length }), texts));
    }
    return notes;
  }
}

function note(className: string, title: string, texts: readonly string[]): HTMLElement {
  return h(
    "div",
    { class: `board-note ${className}` },
    h("h3", {}, title),
    texts.length > 0 && h("ul", {}, ...texts.map((text) => h("li", {}, text))),
  );
}
