/** Plan a patrol, or a fleet's: what is flown and how, a preview; then hand the plans to drones. */

import type { Pattern, Place, Plan, PlanRequest } from "../contract";
import { h, icon, ICONS } from "../element";
import { sizeOf } from "../geometry";
import type { CommandMap } from "../map/command_map";
import { padsOf } from "../map/routes";
import type { PlanChecks } from "../plan_checks";
import type { ScheduleBook } from "../schedule_book";
import type { ReplanRequest, Schedule, ScheduleRequest } from "../schedule_contract";
import { createPlans, createSchedule, getVehicles, previewPlans, previewSchedule } from "../service";
import { lengthInWords, tenthFigure, wholeFigure } from "../words/figures";
import { findingTexts } from "../words/finding_text";
import { localName, planName, say, type WordKey } from "../words/language";
import { flightsOf, unservedInWords } from "../words/schedule_words";
import type { World } from "../world";
import { FleetFields } from "./fleet/fleet_fields";
import { ReplanForm } from "./fleet/replan_form";
import type { BoardActions } from "./fleet/schedule_board";
import { replan } from "./fleet/schedule_desk";
import { ScheduleList } from "./fleet/schedule_list";
import { FlightOptions } from "./flight_options";
import { isIdle } from "./flight_state";
import { NumberField } from "./number_field";
import { isOfZone, isRoundAnyZone, isShared, PATTERN_GROUPS, PatternFields } from "./pattern_fields";
import { PlacesField } from "./places_field";
import { batteryFigures } from "./plan_briefing";
import { PlanList } from "./plan_list";
import { refusalInWords } from "./refusal";

export interface PlannerActions extends BoardActions {
  onFly: (droneId: string, planId: string) => void;
}

export class Planner {
  readonly element: HTMLElement;
  readonly #world: World;
  readonly #map: CommandMap;
  readonly #book: ScheduleBook;
  readonly #zone = h("select", { required: true });
  readonly #zoneField: HTMLElement;
  readonly #pattern = h("select", { "id": "planner-pattern", "aria-describedby": "planner-about" });
  readonly #about = h("small", { id: "planner-about" });
  readonly #fields: PatternFields;
  readonly #alt = new NumberField("planner.alt", "alt.unit", 60, { min: 5, max: 120, step: 1 });
  readonly #speed = new NumberField("planner.speed", "speed.unit", 8, { min: 1, max: 20, step: 0.5 });
  readonly #drones = new NumberField("planner.drones", null, 1, { min: 1, max: 20, step: 1 });
  readonly #home: PlacesField;
  readonly #options = new FlightOptions();
  readonly #modes: { isFleet: boolean; button: HTMLButtonElement }[];
  readonly #patrolPart: HTMLElement;
  /** Holds what is asked about a patrol, or about a fleet's. */
  readonly #part = h("div");
  readonly #fleet: FleetFields;
  readonly #schedules: ScheduleList;
  readonly #schedulesPart: HTMLElement;
  readonly #form: HTMLFormElement;
  #replan: ReplanForm | null = null;
  #isFleet = false;
  readonly #look: HTMLButtonElement;
  readonly #make: HTMLButtonElement;
  readonly #outcome = h("div", { class: "outcome", role: "status" });
  readonly #plans: PlanList;
  /** What is shown and not kept. */
  #preview: readonly Plan[] = [];
  #opener: Element | null = null;
  #shown = "";

  constructor(world: World, map: CommandMap, checks: PlanChecks, book: ScheduleBook, actions: PlannerActions) {
    this.#world = world;
    this.#book = book;
    this.#map = map;
    this.#plans = new PlanList(checks, () => world.zones, actions.onFly, (error) => this.tellRefusal(error, "planner.not_deleted"));
    const [onPick, onChange] = [(field: PlacesField) => this.#pick(field.isPicking ? null : field), () => this.#change()];
    this.#fields = new PatternFields(onPick, onChange);
    this.#home = new PlacesField("place", "planner.home", onPick, onChange);
    for (const { label, patterns } of PATTERN_GROUPS) {
      const options = patterns.map((pattern) => h("option", { value: pattern }, say(`planner.${pattern}`)));
      this.#pattern.append(h("optgroup", { label: say(label) }, ...options));
    }
    this.#look = h("button", { type: "button", class: "button", onclick: () => void this.#submit(false) }, say("planner.preview"));
    this.#make = h("button", { type: "submit", class: "button is-primary" }, say("planner.make"));
    this.#zoneField = h(
      "label",
      { class: "field" },
      h("span", {}, say("planner.zone")),
      this.#zone,
      h("small", {}, say("planner.zone.hint")),
    );
    this.#modes = [false, true].map((isFleet) => ({
      isFleet,
      button: h("button", { type: "button", onclick: () => this.#chooseMode(isFleet) }, say(isFleet ? "fleet.mode.fleet" : "fleet.mode.patrol")),
    }));
    this.#fleet = new FleetFields(book.documents, onChange);
    this.#schedules = new ScheduleList(book, actions);
    this.#schedulesPart = h("div", {}, h("h3", {}, say("fleet.schedules")), this.#schedules.element);
    this.#patrolPart = h(
      "div",
      {},
      h("div", { class: "field" }, h("label", { for: this.#pattern.id }, say("planner.pattern")), this.#pattern, this.#about),
      this.#zoneField,
      this.#fields.element,
    );
    this.#form = h(
      "form",
      {
        // the browser would speak its own language, not the page's
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          void this.#submit(true);
        },
        oninput: onChange,
      },
      this.#part,
      h("div", { class: "fields" }, this.#alt.element, this.#speed.element, this.#drones.element),
      this.#home.element,
      this.#options.element,
      h("div", { class: "planner-buttons" }, this.#look, this.#make),
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
      h("div", { class: "segments planner-modes", role: "group", "aria-label": say("fleet.mode") }, ...this.#modes.map(({ button }) => button)),
      this.#form,
      this.#outcome,
      this.#schedulesPart,
      h("h3", {}, say("planner.ready")),
      this.#plans.element,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      if (this.#picking) this.#pick(null);
      else this.close();
    });
    this.#pattern.addEventListener("change", () => this.#choosePattern());
    this.#choosePattern();
    this.#chooseMode(book.isFleetChosen);
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  get isPicking(): boolean {
    return this.#picking !== null;
  }

  /** The field that a click on the map is for. */
  get #picking(): PlacesField | null {
    return this.#placesFields.find(({ isPicking }) => isPicking) ?? null;
  }

  get #placesFields(): readonly PlacesField[] {
    if (this.#replan) return [this.#replan.points];
    return this.#isFleet ? [] : [this.#home, ...this.#fields.placesFields];
  }

  open(): void {
    this.#opener = document.activeElement;
    this.element.hidden = false;
    // zones open and close: what was said earlier may no longer be so
    this.#plans.forgetBriefings();
    this.#shown = "";
    const [pad] = padsOf(this.#world.plans, this.#world.drones.values());
    if (this.#home.input.value === "" && pad) this.#home.add(pad);
    this.show();
    this.#mark();
    if (this.#isFleet) this.#fleet.focus();
    else this.#pattern.focus();
    void this.#askForVehicles();
    void this.#book.refresh();
  }

  async #askForVehicles(): Promise<void> {
    if (this.#options.hasVehicles) return;
    try {
      this.#options.vehicles = (await getVehicles()).vehicles;
    } catch {
      // the one that the service assumes can be asked for without its name
    }
  }

  close(): void {
    this.#pick(null);
    this.element.hidden = true;
    this.#mark();
    if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus();
  }

  /** A click on the map while open. */
  choose(place: Place, zoneId: string | null): void {
    const field = this.#picking;
    if (field) {
      field.add(place);
      if (field.isFilledAtOnce) this.#pick(null);
    } else if (this.#replan || zoneId === null) {
      return;
    } else if (this.#isFleet) {
      if (this.#fleet.toggleZone(zoneId)) this.#change();
    } else if ([...this.#zone.options].some(({ value }) => value === zoneId)) {
      this.#zone.value = zoneId;
      this.#change();
    }
  }

  /** Bring zones, plans and drones up to date. */
  show(): void {
    if (!this.isOpen) return;
    this.#schedules.show();
    const zones = this.#world.zones
      .filter(({ properties }) => properties.kind === "inclusion" || isRoundAnyZone(this.#fields.pattern))
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
    this.#fleet.zones = zones.filter(({ properties }) => properties.kind === "inclusion");
    const chosen = this.#zone.value;
    this.#zone.replaceChildren(
      ...zones.map((zone) => h("option", { value: zone.id }, localName(zone.properties.name) || zone.id)),
    );
    if (zones.some((zone) => zone.id === chosen)) this.#zone.value = chosen;
    this.#plans.show(this.#world.plans, drones);
  }

  #choosePattern(): void {
    this.#pick(null);
    const pattern = this.#pattern.value as Pattern;
    this.#fields.pattern = pattern;
    this.show();
    this.#about.textContent = say(`planner.${pattern}.about`);
    this.#zoneField.hidden = !isOfZone(pattern);
    this.#drones.element.hidden = this.#isFleet || !isShared(pattern);
    this.#options.isShared = isShared(pattern);
    this.#change();
  }

  #chooseMode(isFleet: boolean): void {
    this.#pick(null);
    this.#isFleet = this.#book.isFleetChosen = isFleet;
    for (const mode of this.#modes) mode.button.setAttribute("aria-pressed", String(mode.isFleet === isFleet));
    this.#part.replaceChildren(isFleet ? this.#fleet.element : this.#patrolPart);
    this.#home.element.hidden = this.#speed.element.hidden = isFleet;
    this.#schedulesPart.hidden = !isFleet;
    this.#options.isFleet = isFleet;
    this.#make.textContent = say(isFleet ? "fleet.make" : "planner.make");
    this.#outcome.replaceChildren();
    this.#endReplan();
    this.#choosePattern();
  }

  /** Ask what has changed for a schedule. */
  openReplan(schedule: Schedule, nowS: number): void {
    if (!this.isOpen) this.open();
    this.#chooseMode(true);
    this.#book.show(schedule);
    this.#replan = new ReplanForm(schedule, this.#world.zones, nowS, {
      onPick: (field) => this.#pick(field.isPicking ? null : field),
      onChange: () => this.#mark(),
      onReplan: (former, request) => {
        if (typeof request === "string") this.#tell("bad", request, []);
        else void this.#submitReplan(former, request);
      },
      onCancel: () => this.#endReplan(),
    });
    this.#form.hidden = true;
    this.#form.after(this.#replan.element);
    this.element.scrollTop = 0;
    this.#replan.focus();
  }

  #endReplan(): void {
    this.#pick(null);
    this.#replan?.element.remove();
    this.#replan = null;
    this.#form.hidden = false;
    this.#mark();
  }

  async #submitReplan(former: Schedule, request: ReplanRequest): Promise<void> {
    const form = this.#replan;
    if (!form) return;
    form.isBusy = true;
    try {
      const { id } = await replan(former, request, this.#book);
      if (form === this.#replan) this.#endReplan();
      this.#tell("good", say("fleet.replanned", { id, former: former.id }), []);
    } catch (error) {
      this.tellRefusal(error, "fleet.refused");
    } finally {
      form.isBusy = false;
    }
  }

  #pick(field: PlacesField | null): void {
    for (const each of this.#placesFields) each.isPicking = each === field;
    this.#map.leaflet.getContainer().classList.toggle("is-picking", field !== null);
  }

  /** Something was changed: what was previewed is no more what was asked for. */
  #change(): void {
    if (this.#preview.length > 0 || this.#book.shown.value?.id === "") this.#outcome.replaceChildren();
    this.#preview = [];
    this.#book.forgetPreview();
    this.#mark();
  }

  #mark(): void {
    const fields = this.isOpen ? this.#placesFields.filter((field) => field !== this.#home) : [];
    this.#map.chosenZoneId = this.isOpen && !this.#isFleet && isOfZone(this.#fields.pattern) ? this.#zone.value : null;
    this.#map.draft = {
      lines: fields.filter(({ isLine }) => isLine).flatMap(({ lines }) => lines),
      points: fields.filter(({ isLine }) => !isLine).flatMap(({ places }) => places),
      pads: this.isOpen && !this.#isFleet ? this.#home.places : [],
      plans: this.isOpen ? this.#preview : [],
    };
    this.#map.repaint();
  }

  /** The request, or what is wrong with it; the field at fault gets the focus. */
  #request(): PlanRequest | string {
    const isZoneMissing = isOfZone(this.#fields.pattern) && this.#zone.value === "";
    if (isZoneMissing) return this.#zone.options.length === 0 ? say("map.no_zones") : say("planner.zone.missing");
    const fault = this.#fields.findFault();
    if (fault !== null) return fault;
    for (const field of [this.#alt, this.#speed, ...(isShared(this.#fields.pattern) ? [this.#drones] : []), this.#home]) {
      if (field.fault === null) continue;
      field.input.focus();
      return field.fault;
    }
    const [home] = this.#home.places;
    const optionFault = home && this.#options.findFault();
    if (optionFault) return optionFault;
    if (!home) return say("planner.place.missing", { field: say("planner.home") });
    return {
      pattern: this.#fields.request(this.#zone.value),
      alt_rel_m: this.#alt.value ?? 60,
      speed_m_s: this.#speed.value,
      drones: isShared(this.#fields.pattern) ? (this.#drones.value ?? 1) : 1,
      home,
      ...this.#options.choices,
    };
  }

  #fleetRequest(): ScheduleRequest | string {
    const fault = this.#fleet.findFault();
    if (fault !== null) return fault;
    if (this.#alt.fault !== null) {
      this.#alt.input.focus();
      return this.#alt.fault;
    }
    return this.#options.findFault() ?? this.#fleet.request(this.#alt.value ?? 60, this.#options.choices);
  }

  async #submit(isKept: boolean): Promise<void> {
    const request = this.#isFleet ? this.#fleetRequest() : this.#request();
    if (typeof request === "string") {
      this.#tell("bad", request, []);
      return;
    }
    const button = isKept ? this.#make : this.#look;
    const words = button.textContent;
    this.#look.disabled = this.#make.disabled = true;
    button.textContent = say("planner.making");
    try {
      if ("station" in request) await this.#planFleet(request, isKept);
      else await this.#planPatrol(request, isKept);
    } catch (error) {
      this.tellRefusal(error, this.#isFleet ? "fleet.refused" : "planner.refused");
    } finally {
      this.#look.disabled = this.#make.disabled = false;
      button.textContent = words;
    }
  }

  async #planPatrol(request: PlanRequest, isKept: boolean): Promise<void> {
    const { plans } = await (isKept ? createPlans(request) : previewPlans(request));
    this.#pick(null);
    this.#preview = isKept ? [] : plans;
    this.#mark();
    if (isKept) this.#tell("good", say("planner.made", { count: plans.length }), []);
    else this.#tellPreview(plans);
    this.#map.fitPlans(plans);
  }

  async #planFleet(request: ScheduleRequest, isKept: boolean): Promise<void> {
    const planned = await (isKept ? createSchedule(request) : previewSchedule(request));
    const { schedule, plans } = planned;
    this.#book.show(planned);
    if (isKept) await this.#book.refresh();
    const unserved = unservedInWords(schedule, this.#world.zones);
    const left = unserved.length > 0 ? [say("fleet.unserved", { count: unserved.length })] : [];
    if (isKept) this.#tell("good", say("fleet.made", { id: schedule.id, flights: flightsOf(schedule) }), left);
    else this.#tell(schedule.is_legal ? "good" : "bad", say(schedule.is_legal ? "fleet.previewed" : "fleet.previewed.illegal"), left);
    this.#map.fitPlans(plans);
  }

  /** What the service or nobody said. */
  tellRefusal(error: unknown, title: WordKey): void {
    const reasons = refusalInWords(error, this.#world.zones);
    if (reasons) this.#tell("bad", say(title), reasons);
    else this.#tell("bad", say("toast.unreachable"), []);
  }

  #tellPreview(plans: readonly Plan[]): void {
    const isLegal = plans.every((plan) => plan.is_legal);
    const facts = plans.map((plan) => {
      const known = [say("planner.preview.facts", { items: plan.items, length: lengthInWords(plan.length_m) })];
      if (plan.coverage !== null) known.push(say("planner.preview.covered", { share: wholeFigure(100 * plan.coverage) }));
      const { duration_s, energy_wh, battery_share } = plan;
      if (duration_s !== null && energy_wh !== null && battery_share !== null) known.push(say("planner.preview.battery", batteryFigures(duration_s, energy_wh, battery_share)));
      return [...(plans.length > 1 ? [planName(plan, this.#world.zones)] : []), known.join(say("list.comma"))].join(say("finding.colon"));
    });
    const [first, last] = [plans[0]?.datum_track[0], plans[0]?.datum_track.at(-1)];
    const isDrifting = first && last && JSON.stringify(first.position) !== JSON.stringify(last.position);
    const drift = isDrifting ? [say("planner.preview.drifted", { from: tenthFigure(first.time_s / 60), to: tenthFigure(last.time_s / 60) })] : [];
    const found = findingTexts(plans.flatMap(({ findings }) => findings), this.#world.zones).map(
      ({ message, remedy, others }) => message + (others > 0 ? say("finding.more", { count: others }) : "") + (remedy === "" ? "" : ` – ${remedy}`),
    );
    this.#tell(isLegal ? "good" : "bad", say(isLegal ? "planner.previewed" : "planner.previewed.illegal"), [...facts, ...drift, ...found]);
  }

  #tell(tone: "good" | "bad", text: string, details: readonly string[]): void {
    this.#outcome.className = `outcome is-${tone}`;
    this.#outcome.replaceChildren(
      h("strong", {}, text),
      ...[...new Set(details)].filter(Boolean).map((detail) => h("p", {}, detail)),
    );
    this.#outcome.classList.toggle("is-preview", this.#preview.length > 0);
    this.#outcome.scrollIntoView({ block: "nearest" });
  }

  /** Tell anew of every plan: the zones have changed. */
  forgetBriefings(): void {
    this.#plans.forgetBriefings();
    this.#shown = "";
    this.show();
  }
}
