/** From a button to an answer: ask, send, tell what came back. */

import type { CommandName, Drone, Plan, ZoneFeature } from "../contract";
import { h } from "../element";
import { Refused, sendCommand, startFlight } from "../service";
import { lengthInWords, UNKNOWN, wholeFigure } from "../words/figures";
import { droneName, language, planName, say } from "../words/language";
import { modeInFull } from "../words/modes";
import type { World } from "../world";
import { askToConfirm } from "./confirmation";
import { type Action, isIdle, possibleActions } from "./flight_state";
import type { Toasts } from "./toasts";

const COMMANDS: Record<Exclude<Action, "start">, CommandName> = {
  takeoff: "takeoff",
  pause: "pause",
  resume: "resume",
  rtl: "rtl",
  land: "land",
};
const TAKEOFF_ALT_M = 20;
const NO_PLAN = "";

export class CommandDesk {
  readonly #world: World;
  readonly #toasts: Toasts;
  readonly #isReachable: (drone: Drone) => boolean;
  #isAsking = false;

  constructor(world: World, toasts: Toasts, isReachable: (drone: Drone) => boolean) {
    this.#world = world;
    this.#toasts = toasts;
    this.#isReachable = isReachable;
  }

  /** Plans the drone could fly: its own first, then those nobody flies. */
  plansFor(drone: Drone): Plan[] {
    const busy = [...this.#world.drones.values()].filter((other) => !isIdle(other));
    const taken = new Set(busy.map((other) => other.plan_id));
    const own = this.#world.planOf(drone);
    const free = this.#world.plans.filter((plan) => plan.is_legal && !taken.has(plan.id) && plan !== own);
    return own ? [own, ...free] : free;
  }

  /** Ask, then do it; `planId` chooses the plan beforehand. */
  async order(droneId: string, action: Action, planId?: string): Promise<void> {
    const drone = this.#world.drones.get(droneId);
    if (!drone || this.#isAsking) return;
    if (this.#world.isReplay) {
      this.#toasts.show("plain", say("toast.replay"));
      return;
    }
    if (!possibleActions(drone, this.#isReachable(drone)).has(action)) return;
    const name = droneName(drone.name);
    const alt = altField();
    const plan = planField(this.plansFor(drone), this.#world.zones, planId, alt.element);
    this.#isAsking = true;
    const isConfirmed = await askToConfirm({
      title: say(`confirm.${action}`, { drone: name }),
      consequence: say(`confirm.${action}.consequence`),
      facts: factsOf(drone),
      confirm: say(`action.${action}`),
      isGrave: action === "land",
      fields: action === "start" ? [plan.element, alt.element] : action === "takeoff" ? [alt.element] : [],
    });
    this.#isAsking = false;
    if (!isConfirmed) return;
    if (action === "start" && plan.chosen() !== NO_PLAN) {
      await this.#send(name, "start", () => startFlight(droneId, plan.chosen()));
    } else if (action === "start" || action === "takeoff") {
      await this.#send(name, "takeoff", () => sendCommand(droneId, "takeoff", alt.metres()));
    } else {
      await this.#send(name, action, () => sendCommand(droneId, COMMANDS[action]));
    }
  }

  async #send(drone: string, action: Action, send: () => Promise<unknown>): Promise<void> {
    const word = say(`action.${action}`);
    const dismiss = this.#toasts.show("plain", say("toast.sent", { drone, action: word }));
    try {
      await send();
      dismiss();
      this.#toasts.show("good", say(action === "start" ? "toast.started" : "toast.accepted", { drone, action: word }));
    } catch (error) {
      dismiss();
      if (error instanceof Refused) {
        const details = [...new Set([error.message, ...error.reasons])].filter(Boolean);
        this.#toasts.show("bad", say("toast.refused", { drone, action: word }), details);
      } else {
        this.#toasts.show("bad", say("toast.unreachable"));
      }
    }
  }
}

function factsOf(drone: Drone): string {
  const alt = wholeFigure(drone.alt_rel_m);
  return say("confirm.now", {
    mode: drone.mode === "" ? UNKNOWN : modeInFull(drone.mode, language.value),
    alt: alt === UNKNOWN ? UNKNOWN : `${alt} ${say("alt.unit")}`,
  });
}

function altField(): { element: HTMLElement; metres: () => number } {
  const input = h("input", { type: "number", min: 2, max: 120, step: 1, value: TAKEOFF_ALT_M, required: true });
  const element = h(
    "label",
    { class: "field" },
    h("span", {}, say("confirm.alt")),
    h("span", { class: "with-unit" }, input, h("span", {}, say("alt.unit"))),
  );
  return { element, metres: () => input.valueAsNumber };
}

/** Choose a plan; the altitude is asked for only where none is chosen. */
function planField(
  plans: readonly Plan[],
  zones: readonly ZoneFeature[],
  planId: string | undefined,
  altElement: HTMLElement,
): { element: HTMLElement; chosen: () => string } {
  const select = h(
    "select",
    {},
    ...plans.map((plan) => {
      const facts = say("confirm.plan.facts", { items: plan.items, length: lengthInWords(plan.length_m) });
      return h("option", { value: plan.id }, `${planName(plan, zones)} · ${facts}`);
    }),
    h("option", { value: NO_PLAN }, say("confirm.no_plan")),
  );
  select.value = planId ?? plans[0]?.id ?? NO_PLAN;
  const update = (): void => {
    altElement.hidden = plans.length > 0 && select.value !== NO_PLAN;
  };
  if (plans.length > 0) {
    select.addEventListener("change", update);
    update();
  }
  return { element: h("label", { class: "field" }, h("span", {}, say("confirm.plan")), select), chosen: () => select.value };
}
