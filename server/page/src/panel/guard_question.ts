/** Switching the guard of a drone: asked about, and with a reason where it goes off. */

import type { Drone } from "../contract";
import { h } from "../element";
import { Signal } from "../signal";
import { droneName, say } from "../words/language";
import { askToConfirm } from "./confirmation";
import { recallOperator, rememberOperator } from "./operator";

/** A reason shorter than this is none. */
const SHORTEST_REASON = 4;

export interface GuardAnswer {
  is_on: boolean;
  who: string;
  why: string;
}

/** Ask whether to switch the guard over; null where it stays as it is. */
export async function askAboutGuard(drone: Drone): Promise<GuardAnswer | null> {
  const name = droneName(drone.name);
  const who = h("input", { type: "text", maxlength: 100, autocomplete: "off", value: recallOperator() });
  const whoField = h("label", { class: "field" }, h("span", {}, say("confirm.guard.who")), who);
  if (!drone.guard.is_on) {
    const isConfirmed = await askToConfirm({
      title: say("confirm.guard_on", { drone: name }),
      consequence: say("confirm.guard_on.consequence"),
      facts: "",
      confirm: say("guard.turn_on"),
      isGrave: false,
      fields: [whoField],
    });
    return isConfirmed ? answer(true, who.value, "") : null;
  }
  const why = h("input", { type: "text", maxlength: 500, required: true, autocomplete: "off", autofocus: true });
  const isReady = new Signal(false);
  why.addEventListener("input", () => isReady.set(why.value.trim().length >= SHORTEST_REASON));
  const isConfirmed = await askToConfirm({
    title: say("confirm.guard_off", { drone: name }),
    consequence: say("confirm.guard_off.consequence"),
    facts: "",
    confirm: say("guard.turn_off"),
    isGrave: true,
    fields: [h("label", { class: "field" }, h("span", {}, say("confirm.guard.why")), why), whoField],
    isReady,
  });
  return isConfirmed ? answer(false, who.value, why.value) : null;
}

function answer(is_on: boolean, who: string, why: string): GuardAnswer {
  rememberOperator(who);
  return { is_on, who: who.trim(), why: why.trim() };
}
