/** Switching the guard of a drone: asked about, and with a reason where it goes off. */

import type { Drone } from "../contract";
import { h } from "../element";
import { Signal } from "../signal";
import { droneName, say } from "../words/language";
import { askToConfirm } from "./confirmation";

/** A reason shorter than this is none. */
const SHORTEST_REASON = 4;
const REMEMBERED_AS = "feiying.operator";

export interface GuardAnswer {
  is_on: boolean;
  who: string;
  why: string;
}

/** Ask whether to switch the guard over; null where it stays as it is. */
export async function askAboutGuard(drone: Drone): Promise<GuardAnswer | null> {
  const name = droneName(drone.name);
  const who = h("input", { type: "text", maxlength: 100, autocomplete: "off", value: recall() });
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
  try {
    localStorage.setItem(REMEMBERED_AS, who.trim());
  } catch {
    // a browser that keeps nothing asks again next time
  }
  return { is_on, who: who.trim(), why: why.trim() };
}

function recall(): string {
  try {
    return localStorage.getItem(REMEMBERED_AS) ?? "";
  } catch {
    return "";
  }
}
