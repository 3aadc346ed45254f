/** Plan a patrol: zone, pattern, numbers; then hand the plans to drones. */

import type { Drone, Pattern, Place, Plan } from "../contract";
import { h, icon, ICONS } from "../element";
import { sizeOf } from "../geometry";
import type { CommandMap } from "../map/command_map";
import { padsOf } from "../map/routes";
import { droneColour } from "../palette";
import type { PlanChecks } from "../plan_checks";
import { createPlans, deletePlan } from "../service";
import { lengthInWords } from "../words/figures";
import { droneName, localName, planName, say, type WordKey } from "../words/language";
import type { World } from "../world";
import { isIdle } from "./flight_state";
import { PlanBriefing } from "./plan_briefing";
import { refusalInWords } from "./refusal";

interface NumberField {
  element: HTMLElement;
  input: HTMLInputElement;
  label: WordKey;
}

function numberField(label: WordKey, unit: string, value: number, min: number, max: number, step: number): NumberField {
  const input = h("input", { type: "number", value, min, max, step, required: true });
  const element = h(
    "label",
    { class: "field" },
    h("span", {}, say(label)),
    h("span", { class: "with-unit" }, input, unit !== "" && h("span", {}, unit)),
  );
  return { element, input, label };
}

export class Planner {
  readonly element: HTMLElement;
  readonly #world: World;
  readonly #map: CommandMap;
  readonly #checks: PlanChecks;
  readonly #onFly: (droneId: string, planId: string) => void;
  /** What is known of each plan, kept open where it was opened. */
  readonly #briefings = new Map<string, PlanBriefing>();
  readonly #zone = h("select", { required: true });
  readonly #patterns: Map<Pattern, HTMLInputElement>;
  readonly #swath = numberField("planner.swath", say("alt.unit"), 40, 2, 500, 1);
  readonly #alt = numberField("planner.alt", say("alt.unit"), 60, 5, 120, 1);
  readonly #speed = numberField("planner.speed", say("speed.unit"), 8, 1, 20, 0.5);
  readonly #drones = numberField("planner.drones", "", 1, 1, 20, 1);
  readonly #homeText = h("output", {});
  readonly #pickHome: HTMLButtonElement;
  readonly #make: HTMLButtonElement;
  readonly #outcome = h("div", { class: "outcome", role: "status" });
  readonly #plans = h("ul", { class: "plans" });
  #home: Place | null = null;
  #opener: Element | null = null;
  #shown = "";

  constructor(world: World, map: CommandMap, checks: PlanChecks, onFly: (droneId: string, planId: string) => void) {
    this.#world = world;
    this.#checks = checks;
    this.#map = map;
    this.#onFly = onFly;
    this.#patterns = new Map(
      (["area", "perimeter"] as const).map((pattern) => [
        pattern,
        h("input", { type: "radio", name: "pattern", value: pattern, checked: pattern === "area" }),
      ]),
    );
    this.#pickHome = h(
      "button",
      { type: "button", class: "button is-small", "aria-pressed": "false", onclick: () => this.#pick(!this.isPickingHome) },
      say("planner.home.pick"),
    );
    this.#make = h("button", { type: "submit", class: "button is-primary is-wide" }, say("planner.make"));
    this.#zone.addEventListener("change", () => this.#mark());
    const form = h(
      "form",
      // the browser would speak its own language, not the page's
      { novalidate: true, onsubmit: (event) => void this.#submit(event) },
      h(
        "label",
        { class: "field" },
        h("span", {}, say("planner.zone")),
        this.#zone,
        h("small", {}, say("planner.zone.hint")),
      ),
      h(
        "fieldset",
        { class: "segments is-wide" },
        h("legend", { class: "visually-hidden" }, say("planner.pattern")),
        ...[...this.#patterns].map(([pattern, input]) => h("label", {}, input, h("span", {}, say(`planner.${pattern}`)))),
      ),
      h("div", { class: "fields" }, this.#swath.element, this.#alt.element, this.#speed.element, this.#drones.element),
      h("div", { class: "field home" }, h("span", {}, say("planner.home")), h("div", {}, this.#homeText, this.#pickHome)),
      this.#make,
    );
    this.element = h(
      "aside",
      { class: "planner", "aria-labelledby": "planner-title", hidden: true },
      h(
        "header",
        {},
        h("h2", { id: "planner-title" }, say("planner")),
        h(
          "button",
          { type: "button", class: "icon-button", "aria-label": say("planner.close"), onclick: () => this.close() },
          icon(ICONS.close),
        ),
      ),
      form,
      this.#outcome,
      h("h3", {}, say("planner.ready")),
      this.#plans,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      if (this.isPickingHome) this.#pick(false);
      else this.close();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  get isPickingHome(): boolean {
    return this.#pickHome.getAttribute("aria-pressed") === "true";
  }

  open(): void {
    this.#opener = document.activeElement;
    this.element.hidden = false;
    // zones open and close: what was said earlier may no longer be so
    this.#briefings.clear();
    this.#shown = "";
    this.#home ??= padsOf(this.#world.plans, this.#world.drones.values())[0] ?? null;
    this.show();
    this.#mark();
    this.#zone.focus();
  }

  close(): void {
    this.#pick(false);
    this.element.hidden = true;
    this.#mark();
    if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus();
  }

  /** A click on the map while open. */
  choose(place: Place, zoneId: string | null): void {
    if (this.isPickingHome) {
      this.#home = place;
      this.#pick(false);
      this.#showHome();
    } else if (zoneId !== null && [...this.#zone.options].some(({ value }) => value === zoneId)) {
      this.#zone.value = zoneId;
      this.#mark();
    }
  }

  /** Bring zones, plans and drones up to date. */
  show(): void {
    if (!this.isOpen) return;
    const zones = this.#world.zones
      .filter(({ properties }) => properties.kind === "inclusion")
      .sort((a, b) => sizeOf(a.geometry) - sizeOf(b.geometry));
    const drones = [...this.#world.drones.values()];
    const state = [
      zones.map((zone) => [zone.id, zone.properties.name]),
      this.#world.plans.map((plan) => [plan.id, plan.is_legal]),
      drones.map((drone) => [drone.id, drone.name, drone.plan_id, isIdle(drone)]),
    ];
    const key = JSON.stringify(state);
    if (key === this.#shown) return;
    this.#shown = key;
    const chosen = this.#zone.value;
    this.#zone.replaceChildren(
      ...zones.map((zone) => h("option", { value: zone.id }, localName(zone.properties.name) || zone.id)),
    );
    if (zones.some((zone) => zone.id === chosen)) this.#zone.value = chosen;
    this.#showHome();
    for (const id of this.#briefings.keys()) if (!this.#world.plans.some((plan) => plan.id === id)) this.#briefings.delete(id);
    const rows = this.#world.plans.map((plan) => this.#planRow(plan, drones));
    this.#plans.replaceChildren(...(rows.length > 0 ? rows : [h("li", { class: "empty-line" }, say("planner.none"))]));
  }

  #showHome(): void {
    this.#homeText.textContent = this.#home ? `${this.#home.lat_deg.toFixed(5)}, ${this.#home.lon_deg.toFixed(5)}` : "–";
  }

  #pick(isOn: boolean): void {
    this.#pickHome.setAttribute("aria-pressed", String(isOn));
    this.#map.leaflet.getContainer().classList.toggle("is-picking", isOn);
  }

  #mark(): void {
    this.#map.chosenZoneId = this.isOpen ? this.#zone.value : null;
    this.#map.repaint();
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    const missing = this.#zone.value === "" ? say("map.no_zones") : (this.#outOfRange() ?? (this.#home ? null : say("planner.home.missing")));
    if (missing !== null || !this.#home) {
      this.#tell("bad", missing ?? "", []);
      return;
    }
    this.#make.disabled = true;
    this.#make.textContent = say("planner.making");
    try {
      const { plans } = await createPlans({
        zone_id: this.#zone.value,
        pattern: [...this.#patterns].find(([, input]) => input.checked)?.[0] ?? "area",
        swath_m: this.#swath.input.valueAsNumber,
        alt_rel_m: this.#alt.input.valueAsNumber,
        speed_m_s: this.#speed.input.valueAsNumber,
        drones: this.#drones.input.valueAsNumber,
        home: this.#home,
      });
      this.#tell("good", say("planner.made", { count: plans.length }), []);
      this.#map.fitPlans(plans);
    } catch (error) {
      const reasons = refusalInWords(error, this.#world.zones);
      if (reasons) this.#tell("bad", say("planner.refused"), reasons);
      else this.#tell("bad", say("toast.unreachable"), []);
    } finally {
      this.#make.disabled = false;
      this.#make.textContent = say("planner.make");
    }
  }

  /** What is wrong with the first number that cannot be; it gets the focus. */
  #outOfRange(): string | null {
    for (const { input, label } of [this.#swath, this.#alt, this.#speed, this.#drones]) {
      if (input.checkValidity()) continue;
      input.focus();
      return say("planner.out_of_range", { field: say(label), min: input.min, max: input.max });
    }
    return null;
  }

  #tell(tone: "good" | "bad", text: string, details: readonly string[]): void {
    this.#outcome.className = `outcome is-${tone}`;
    this.#outcome.replaceChildren(
      h("strong", {}, text),
      ...[...new Set(details)].filter(Boolean).map((detail) => h("p", {}, detail)),
    );
  }

  #planRow(plan: Plan, drones: readonly Drone[]): HTMLElement {
    const assigned = drones.filter((drone) => drone.plan_id === plan.id);
    const flownBy = assigned.find((drone) => !isIdle(drone));
    const free = flownBy ? [] : drones.filter(isIdle);
    const name = planName(plan, this.#world.zones);
    const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
    const flyer = flownBy ?? assigned[0];
    if (flyer) swatch.style.setProperty("--colour", droneColour(flyer.id));
    const facts = say("confirm.plan.facts", { items: plan.items, length: lengthInWords(plan.length_m) });
    return h(
      "li",
      {},
      h(
        "div",
        { class: "plan-line" },
        swatch,
        h("strong", {}, name),
        h("span", { class: "plan-facts" }, plan.is_legal ? facts : say("planner.illegal")),
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": say("planner.delete", { plan: name }),
            disabled: flownBy !== undefined,
            onclick: () => void this.#delete(plan),
          },
          icon(ICONS.bin),
        ),
      ),
      this.#briefing(plan),
      plan.is_legal &&
        free.length > 0 &&
        h(
          "div",
          { class: "plan-drones" },
          ...free.slice(0, 6).map((drone) =>
            h(
              "button",
              { type: "button", class: "button is-small", onclick: () => this.#onFly(drone.id, plan.id) },
              say("planner.assign", { drone: droneName(drone.name) }),
            ),
          ),
        ),
    );
  }

  #briefing(plan: Plan): HTMLElement {
    let briefing = this.#briefings.get(plan.id);
    if (!briefing) {
      briefing = new PlanBriefing(this.#checks, () => this.#world.zones);
      this.#briefings.set(plan.id, briefing);
      void briefing.show(plan);
    }
    return briefing.element;
  }

  /** Tell anew of every plan: the zones have changed. */
  forgetBriefings(): void {
    this.#briefings.clear();
    this.#shown = "";
    this.show();
  }

  async #delete(plan: Plan): Promise<void> {
    try {
      await deletePlan(plan.id);
    } catch (error) {
      this.#tell("bad", (refusalInWords(error, this.#world.zones) ?? [say("toast.unreachable")]).join(" "), []);
    }
  }
}
