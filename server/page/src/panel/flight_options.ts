/** What is asked about every patrol besides its pattern: vehicle, wind, battery, margin, altitudes. */

import type { PlanRequest, Vehicle } from "../contract";
import { h, icon, ICONS } from "../element";
import { wholeFigure } from "../words/figures";
import { say } from "../words/language";
import { Flag } from "./flag";
import { NumberField } from "./number_field";

export type FlightChoices = Pick<
  PlanRequest,
  "margin_m" | "alt_step_m" | "home_alt_amsl_m" | "keeps_level" | "vehicle" | "wind" | "splits_by_battery"
>;

const WIND = { min: 0, max: 50, step: 0.1 };

export class FlightOptions {
  readonly element: HTMLElement;
  readonly #vehicle = h("select", { "aria-describedby": "planner-vehicle-about" });
  readonly #about = h("small", { id: "planner-vehicle-about" });
  readonly #wind = new NumberField("planner.wind", "speed.unit", 0, WIND);
  readonly #from = new NumberField("planner.wind_from", "unit.degrees", 0, { min: 0, max: 360, step: 1 });
  readonly #gusts = new NumberField("planner.gusts", "speed.unit", 0, WIND);
  readonly #splits = new Flag("planner.splits");
  readonly #margin = new NumberField("planner.margin", "alt.unit", null, { min: 0, max: 100, step: 0.5 }, "planner.margin.hint");
  readonly #padAlt = new NumberField("planner.pad_alt", "alt.unit", null, { min: -500, max: 6000, step: 1 }, "planner.pad_alt.hint");
  readonly #step = new NumberField("planner.alt_step", "alt.unit", 0, { min: 0, max: 50, step: 1 });
  readonly #level = new Flag("planner.level");
  readonly #more: HTMLDetailsElement;
  #vehicles: readonly Vehicle[] = [];
  #isFleet = false;

  constructor() {
    this.#more = h(
      "details",
      { class: "planner-more" },
      h("summary", {}, h("span", {}, say("planner.more")), icon(ICONS.open)),
      h("div", { class: "fields" }, this.#margin.element, this.#step.element, this.#padAlt.element),
      this.#level.element,
    );
    this.element = h(
      "fieldset",
      { class: "planner-part" },
      h("legend", {}, say("planner.vehicle_and_wind")),
      h("div", { class: "field" }, h("label", { for: "planner-vehicle" }, say("planner.vehicle")), this.#vehicle, this.#about),
      h("div", { class: "fields is-three" }, this.#wind.element, this.#from.element, this.#gusts.element),
      this.#splits.element,
      this.#more,
    );
    this.#vehicle.id = "planner-vehicle";
    this.#vehicle.addEventListener("change", () => this.#tell());
    this.vehicles = [];
  }

  /** Those to choose from; what was chosen stays chosen. */
  set vehicles(vehicles: readonly Vehicle[]) {
    const chosen = this.#vehicle.value;
    this.#vehicles = vehicles;
    this.#vehicle.replaceChildren(
      h("option", { value: "" }, say("planner.vehicle.none")),
      ...vehicles.map(({ name }) => h("option", { value: name }, name)),
    );
    this.#vehicle.value = vehicles.some(({ name }) => name === chosen) ? chosen : "";
    this.#tell();
  }

  get hasVehicles(): boolean {
    return this.#vehicles.length > 0;
  }

  /** Altitude steps are between drones. */
  set isShared(isShared: boolean) {
    this.#step.element.hidden = !isShared && !this.#isFleet;
  }

  /** A fleet is always shared, in layers and by batteries. */
  set isFleet(isFleet: boolean) {
    this.#splits.element.hidden = this.#level.element.hidden = isFleet;
    this.#isFleet = isFleet;
    this.#tell();
  }

  /** What is wrong with the first field that is; it gets the focus. */
  findFault(): string | null {
    for (const field of [this.#wind, this.#from, this.#gusts, this.#margin, this.#padAlt, this.#step]) {
      if (field.fault === null || field.element.hidden) continue;
      if (this.#more.contains(field.element)) this.#more.open = true;
      field.input.focus();
      return field.fault;
    }
    return null;
  }

  /** The choices, of fields without fault. */
  get choices(): FlightChoices {
    return {
      margin_m: this.#margin.value,
      alt_step_m: this.#step.element.hidden ? 0 : (this.#step.value ?? 0),
      home_alt_amsl_m: this.#padAlt.value,
      keeps_level: this.#level.isOn,
      vehicle: this.#vehicle.value || null,
      wind: { speed_m_s: this.#wind.value ?? 0, from_deg: this.#from.value ?? 0, gusts_m_s: this.#gusts.value ?? 0 },
      splits_by_battery: this.#splits.isOn,
    };
  }

  #tell(): void {
    const chosen = this.#vehicle.value;
    const vehicle = this.#vehicles.find(({ name, is_assumed }) => (chosen === "" ? is_assumed : name === chosen));
    const facts = vehicle && {
      vehicle: vehicle.name,
      minutes: wholeFigure(vehicle.hover_s / 60),
      wind: wholeFigure(vehicle.max_wind_m_s),
      reserve: wholeFigure(100 * vehicle.reserve_share),
    };
    this.#about.textContent = facts ? say(chosen === "" ? "planner.vehicle.assumed" : "planner.vehicle.about", facts) : "";
  }
}
