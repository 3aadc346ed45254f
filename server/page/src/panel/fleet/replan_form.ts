/** What has changed for a schedule: drones lost, tasks withdrawn, points added, wind. */

import type { Place, ZoneFeature } from "../../contract";
import { h } from "../../element";
import type { ReplanRequest, Schedule, WrittenDocument } from "../../schedule_contract";
import { say } from "../../words/language";
import { taskName } from "../../words/schedule_words";
import { Flag } from "../flag";
import { NumberField } from "../number_field";
import { PlacesField } from "../places_field";
import { CheckList } from "./check_list";
import { ClockField } from "./clock_field";
import { clockOf, timeInWindow } from "./gantt_geometry";

export interface ReplanActions {
  onPick: (field: PlacesField) => void;
  onChange: () => void;
  onReplan: (schedule: Schedule, request: ReplanRequest | string) => void;
  onCancel: () => void;
}

export class ReplanForm {
  readonly element: HTMLFormElement;
  readonly points: PlacesField;
  readonly #schedule: Schedule;
  readonly #time: ClockField;
  readonly #lost = new CheckList(say("fleet.replan.lost"));
  readonly #withdrawn = new CheckList(say("fleet.replan.withdraw"));
  readonly #priority = new NumberField("fleet.replan.priority", null, 5, { min: 1, max: 1000, step: 1 }, "fleet.replan.priority.hint");
  readonly #dwell = new NumberField("fleet.replan.dwell", "unit.seconds", 10, { min: 0, max: 3600, step: 1 });
  readonly #hasWind = new Flag("fleet.replan.wind");
  readonly #wind = new NumberField("planner.wind", "speed.unit", 0, { min: 0, max: 50, step: 0.1 });
  readonly #from = new NumberField("planner.wind_from", "unit.degrees", 0, { min: 0, max: 360, step: 1 });
  readonly #submit: HTMLButtonElement;

  constructor(schedule: Schedule, zones: readonly ZoneFeature[], nowS: number, { onPick, onChange, onReplan, onCancel }: ReplanActions) {
    this.#schedule = schedule;
    this.points = new PlacesField("points", "fleet.replan.add", onPick, onChange);
    const now = new Date(1000 * nowS);
    const inWindow = timeInWindow(schedule, nowS, 3600 * now.getHours() + 60 * now.getMinutes());
    this.#time = new ClockField("fleet.replan.time", clockOf(schedule, inWindow ?? 0));
    this.#lost.offer(schedule.drones.map(({ id }) => ({ id, text: id })));
    const tasks = schedule.drones.flatMap((drone) => drone.flights.flatMap((flight) => flight.tasks.map(({ name }) => name)));
    this.#withdrawn.offer([...new Set(tasks)].map((name) => ({ id: name, text: taskName(name, zones) })));
    const windFields = h("div", { class: "fields", hidden: true }, this.#wind.element, this.#from.element);
    this.#hasWind.element.addEventListener("change", () => (windFields.hidden = !this.#hasWind.isOn));
    this.#submit = h("button", { type: "submit", class: "button is-primary" }, say("fleet.replan"));
    this.element = h(
      "form",
      {
        novalidate: true,
        class: "replan",
        onsubmit: (event) => {
          event.preventDefault();
          onReplan(schedule, this.#request());
        },
        oninput: onChange,
      },
      h("h3", { class: "replan-title" }, say("fleet.replan.title", { id: schedule.id })),
      h("p", { class: "replan-about" }, say("fleet.replan.about")),
      this.#time.element,
      this.#lost.element,
      this.points.element,
      h("div", { class: "fields" }, this.#priority.element, this.#dwell.element),
      this.#withdrawn.element,
      this.#hasWind.element,
      windFields,
      h("div", { class: "planner-buttons" }, h("button", { type: "button", class: "button", onclick: onCancel }, say("fleet.replan.cancel")), this.#submit),
    );
  }

  focus(): void {
    this.#time.input.focus();
  }

  set isBusy(isBusy: boolean) {
    this.#submit.disabled = isBusy;
    this.#submit.textContent = say(isBusy ? "planner.making" : "fleet.replan");
  }

  /** The request, or what is wrong with it; the field at fault gets the focus. */
  #request(): ReplanRequest | string {
    const arePoints = this.points.input.value.trim() !== "";
    const fields = [this.#time, ...(arePoints ? [this.points, this.#priority, this.#dwell] : []), ...(this.#hasWind.isOn ? [this.#wind, this.#from] : [])];
    for (const field of fields) {
      if (field.fault === null) continue;
      field.input.focus();
      return field.fault;
    }
    const [lost, withdraw] = [this.#lost.ticked, this.#withdrawn.ticked];
    if (lost.length + withdraw.length === 0 && !arePoints && !this.#hasWind.isOn) return say("fleet.replan.nothing");
    const sinceS = (this.#time.ofDayS ?? 0) - this.#schedule.window.begins_clock_s;
    return {
      time_s: ((sinceS % 86_400) + 86_400) % 86_400,
      lost,
      withdraw,
      add: arePoints ? this.#added(this.points.places) : null,
      wind: this.#hasWind.isOn ? { speed_m_s: this.#wind.value ?? 0, from_deg: this.#from.value ?? 0, gusts_m_s: 0 } : null,
    };
  }

  #added(places: readonly Place[]): WrittenDocument {
    const features = places.map(({ lat_deg, lon_deg }, index) => ({
      type: "Feature",
      properties: {
        name: say("fleet.replan.point", { number: index + 1, time: this.#time.text }),
        priority: this.#priority.value ?? 1,
        dwell_s: this.#dwell.value ?? 0,
      },
      geometry: { type: "Point", coordinates: [lon_deg, lat_deg] },
    }));
    return { type: "FeatureCollection", features };
  }
}
