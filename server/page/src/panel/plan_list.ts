/** The plans that are kept, each with what is known of it, handed to drones and deleted. */

import type { Drone, Plan, ZoneFeature } from "../contract";
import { h, icon, ICONS } from "../element";
import { droneColour } from "../palette";
import type { PlanChecks } from "../plan_checks";
import { deletePlan } from "../service";
import { lengthInWords } from "../words/figures";
import { droneName, planName, say } from "../words/language";
import { isIdle } from "./flight_state";
import { PlanBriefing } from "./plan_briefing";

export class PlanList {
  readonly element = h("ul", { class: "plans" });
  readonly #checks: PlanChecks;
  readonly #zones: () => readonly ZoneFeature[];
  readonly #onFly: (droneId: string, planId: string) => void;
  readonly #onRefused: (error: unknown) => void;
  /** What is known of each plan, kept open where it was opened. */
  readonly #briefings = new Map<string, PlanBriefing>();

  constructor(
    checks: PlanChecks,
    zones: () => readonly ZoneFeature[],
    onFly: (droneId: string, planId: string) => void,
    onRefused: (error: unknown) => void,
  ) {
    this.#checks = checks;
    this.#zones = zones;
    this.#onFly = onFly;
    this.#onRefused = onRefused;
  }

  show(plans: readonly Plan[], drones: readonly Drone[]): void {
    for (const id of this.#briefings.keys()) if (!plans.some((plan) => plan.id === id)) this.#briefings.delete(id);
    const rows = plans.map((plan) => this.#planRow(plan, drones));
    this.element.replaceChildren(...(rows.length > 0 ? rows : [h("li", { class: "empty-line" }, say("planner.none"))]));
  }

  /** Zones open and close: what was said earlier may no longer be so. */
  forgetBriefings(): void {
    this.#briefings.clear();
  }

  #planRow(plan: Plan, drones: readonly Drone[]): HTMLElement {
    const assigned = drones.filter((drone) => drone.plan_id === plan.id);
    const flownBy = assigned.find((drone) => !isIdle(drone));
    const free = flownBy ? [] : drones.filter(isIdle);
    const name = planName(plan, this.#zones());
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
      briefing = new PlanBriefing(this.#checks, this.#zones);
      this.#briefings.set(plan.id, briefing);
      void briefing.show(plan);
    }
    return briefing.element;
  }

  async #delete(plan: Plan): Promise<void> {
    try {
      await deletePlan(plan.id);
    } catch (error) {
      this.#onRefused(error);
    }
  }
}
