/** From a button to an answer: ask, send, tell what came back. */

import type { CommandName, Drone, Plan, ZoneFeature } from "../contract";
import type { ControlKeeper } from "../control_keeper";
import { h } from "../element";
import type { PlanChecks } from "../plan_checks";
import { releaseControl, sendCommand, startFlight, switchGuard, takeControl } from "../service";
import { zoneName } from "../words/alert_words";
import { returnsInWords } from "../words/fence_words";
import type { Signal } from "../signal";
import { lengthInWords, UNKNOWN, wholeFigure } from "../words/figures";
import { droneName, language, planName, say } from "../words/language";
import { modeInFull } from "../words/modes";
import type { World } from "../world";
import { askToConfirm } from "./confirmation";
import { askAboutControl, type ControlAnswer } from "./control_question";
import { type Action, isIdle, possibleActions } from "./flight_state";
import { askAboutGuard } from "./guard_question";
import { guardStateOf } from "./guard_state";
import { recallOperator } from "./operator";
import { PlanBriefing } from "./plan_briefing";
import { refusalInWords } from "./refusal";
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

interface AltField {
  element: HTMLElement;
  metres: () => number;
}

interface StartChoice {
  alt: AltField;
  plan: () => string;
  fields: HTMLElement[];
  isReady: Signal<boolean>;
}

export class CommandDesk {
  readonly #world: World;
  readonly #toasts: Toasts;
  readonly #checks: PlanChecks;
  readonly #control: ControlKeeper;
  readonly #isReachable: (drone: Drone) => boolean;
  #isAsking = false;

  constructor(world: World, toasts: Toasts, checks: PlanChecks, control: ControlKeeper, isReachable: (drone: Drone) => boolean) {
    this.#world = world;
    this.#toasts = toasts;
    this.#checks = checks;
    this.#control = control;
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
    const choice = action === "start" ? this.#startChoice(drone, planId) : null;
    const alt = choice?.alt ?? altField();
    this.#isAsking = true;
    const isConfirmed = await askToConfirm({
      title: say(`confirm.${action}`, { drone: name }),
      consequence: [say(`confirm.${action}.consequence`), ...this.#warnings(drone, action)].join(" "),
      facts: factsOf(drone),
      confirm: say(`action.${action}`),
      isGrave: action === "land" || (action === "resume" && isGuarded(drone)),
      fields: choice?.fields ?? (action === "takeoff" ? [alt.element] : []),
      ...(choice ? { isReady: choice.isReady } : {}),
    });
    this.#isAsking = false;
    if (!isConfirmed) return;
    if (drone.control.holder === null) this.#control.took(droneId);
    const chosen = choice?.plan() ?? NO_PLAN;
    if (chosen !== NO_PLAN) {
      await this.#sendAction(name, "start", () => startFlight(droneId, chosen, recallOperator()));
    } else if (action === "start" || action === "takeoff") {
      await this.#sendAction(name, "takeoff", () => sendCommand(droneId, "takeoff", recallOperator(), alt.metres()));
    } else {
      await this.#sendAction(name, action, () => sendCommand(droneId, COMMANDS[action], recallOperator()));
    }
  }

  /** Which plan to start, and what to know of it; the altitude is asked for only where none is chosen. */
  #startChoice(drone: Drone, planId: string | undefined): StartChoice {
    const plans = this.plansFor(drone);
    const alt = altField();
    const briefing = new PlanBriefing(this.#checks, () => this.#world.zones);
    const plan = planField(plans, this.#world.zones, planId, (id) => {
      alt.element.hidden = plans.length > 0 && id !== NO_PLAN;
      void briefing.show(plans.find((each) => each.id === id) ?? null);
    });
    return { alt, plan: plan.chosen, fields: [plan.element, briefing.element, alt.element], isReady: briefing.isClear };
  }

  /** Ask, then switch the guard of a drone over. */
  async switchGuard(droneId: string): Promise<void> {
    const drone = this.#world.drones.get(droneId);
    if (!drone || this.#isAsking || this.#world.isReplay) return;
    this.#isAsking = true;
    const guard = await askAboutGuard(drone);
    this.#isAsking = false;
    if (!guard) return;
    const name = droneName(drone.name);
    await this.#send(
      () => switchGuard(droneId, guard),
      say(guard.is_on ? "toast.guard_on" : "toast.guard_off", { drone: name }),
      say("toast.guard_refused", { drone: name }),
    );
  }

  /** Ask, then take the control of a drone, keep it or give it up. */
  async switchControl(droneId: string): Promise<void> {
    const drone = this.#world.drones.get(droneId);
    if (!drone || this.#isAsking || this.#world.isReplay) return;
    this.#isAsking = true;
    const answer = await askAboutControl(drone);
    this.#isAsking = false;
    if (answer) await this.#sendControl(drone, answer);
  }

  /** Answer who asks for the control of a drone. */
  async answerRequest(droneId: string, action: "object" | "release"): Promise<void> {
    const drone = this.#world.drones.get(droneId);
    if (drone) await this.#sendControl(drone, { action, who: recallOperator(), why: "" });
  }

  async #sendControl(drone: Drone, { action, who, why }: ControlAnswer): Promise<void> {
    const name = droneName(drone.name);
    const isHeld = drone.control.holder !== null;
    const done = action === "take" && isHeld ? "toast.control.asked" : (`toast.control.${action}` as const);
    if (action === "release") this.#control.gaveUp(drone.id);
    else if (action === "take") this.#control.took(drone.id);
    await this.#send(
      () => (action === "release" ? releaseControl(drone.id, who) : takeControl(drone.id, { action, who, why })),
      say(done, { drone: name }),
      say("toast.control.refused", { drone: name }),
    );
  }

  /** What an operator must know besides what the action always does. */
  #warnings(drone: Drone, action: Action): string[] {
    const warnings = [];
    const guard = guardStateOf(drone, this.#world.guardDeeds.get(drone.id));
    if (action === "resume" && guard.is === "acted") {
      const zone = zoneName(this.#world.zone(guard.zone_id), guard.zone_id);
      warnings.push(say("confirm.resume.held", { zone }));
    }
    const returns = this.#world.planOf(drone)?.returns ?? null;
    // the command flies straight, whatever the plan was verified with
    if (action === "rtl" && returns !== null && returns.mode !== "rtl") warnings.push(say("confirm.rtl.straight", { returns: returnsInWords(returns) }));
    if (isGuarded(drone)) warnings.push(say("confirm.takes_over"));
    return warnings;
  }

  async #sendAction(drone: string, action: Action, send: () => Promise<unknown>): Promise<void> {
    const word = say(`action.${action}`);
    const dismiss = this.#toasts.show("plain", say("toast.sent", { drone, action: word }));
    const done = say(action === "start" ? "toast.started" : "toast.accepted", { drone, action: word });
    await this.#send(send, done, say("toast.refused", { drone, action: word }), dismiss);
  }

  async #send(send: () => Promise<unknown>, done: string, refused: string, dismiss = (): void => undefined): Promise<void> {
    try {
      await send();
      dismiss();
      this.#toasts.show("good", done);
    } catch (error) {
      dismiss();
      const details = refusalInWords(error, this.#world.zones);
      if (details) this.#toasts.show("bad", refused, details);
      else this.#toasts.show("bad", say("toast.unreachable"));
    }
  }
}

/** Whether its guard acts on a danger just now: any command takes over from it. */
function isGuarded({ alerts, guard }: Drone): boolean {
  return guard.is_on && !guard.is_overruled && alerts.some(({ colour, action }) => colour === "red" && action !== "warn");
}

function factsOf(drone: Drone): string {
  const alt = wholeFigure(drone.alt_rel_m);
  return say("confirm.now", {
    mode: drone.mode === "" ? UNKNOWN : modeInFull(drone.mode, language.value),
    alt: alt === UNKNOWN ? UNKNOWN : `${alt} ${say("alt.unit")}`,
  });
}

function altField(): AltField {
  const input = h("input", { type: "number", min: 2, max: 120, step: 1, value: TAKEOFF_ALT_M, required: true });
  const element = h(
    "label",
    { class: "field" },
    h("span", {}, say("confirm.alt")),
    h("span", { class: "with-unit" }, input, h("span", {}, say("alt.unit"))),
  );
  return { element, metres: () => input.valueAsNumber };
}

/** Choose a plan; `onChoose` is told of the first one too. */
function planField(
  plans: readonly Plan[],
  zones: readonly ZoneFeature[],
  planId: string | undefined,
  onChoose: (planId: string) => void,
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
  select.addEventListener("change", () => onChoose(select.value));
  onChoose(select.value);
  return { element: h("label", { class: "field" }, h("span", {}, say("confirm.plan")), select), chosen: () => select.value };
}
