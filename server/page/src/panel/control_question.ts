/** Taking the control of a drone, keeping it and giving it up: asked about first. */

import type { Drone } from "../contract";
import { h } from "../element";
import { droneName, say } from "../words/language";
import { askToConfirm } from "./confirmation";
import { recallOperator, rememberOperator } from "./operator";

/** What the service takes where nobody says a name. */
const NAMELESS = "operator";

export interface ControlAnswer {
  action: "take" | "object" | "release";
  who: string;
  why: string;
}

export function isOwn(who: string): boolean {
  return who === (recallOperator() || NAMELESS);
}

/** Ask what to do about the control of a drone; null where it stays as it is. */
export async function askAboutControl({ name, control }: Drone): Promise<ControlAnswer | null> {
  const drone = droneName(name);
  const { holder, request } = control;
  const who = recallOperator();
  if (holder && isOwn(holder.who)) {
    const action = request ? "object" : "release";
    const isConfirmed = await askToConfirm({
      title: say(`confirm.control.${action}`, { drone }),
      consequence: say(`confirm.control.${action}.consequence`, { who: request?.who ?? "" }),
      facts: "",
      confirm: say(`control.${action}`),
      isGrave: false,
      fields: [],
    });
    return isConfirmed ? { action, who, why: "" } : null;
  }
  const whoInput = h("input", { type: "text", maxlength: 100, autocomplete: "off", value: who });
  const whyInput = h("input", { type: "text", maxlength: 500, autocomplete: "off" });
  const isConfirmed = await askToConfirm({
    title: say("confirm.control.take", { drone }),
    consequence: holder
      ? say("confirm.control.take.held", { who: holder.who })
      : say("confirm.control.take.consequence"),
    facts: "",
    confirm: say("control.take"),
    isGrave: false,
    fields: [
      h("label", { class: "field" }, h("span", {}, say("confirm.guard.who")), whoInput),
      h("label", { class: "field" }, h("span", {}, say("confirm.guard.why")), whyInput),
    ],
  });
  if (!isConfirmed) return null;
  rememberOperator(whoInput.value);
  return { action: "take", who: whoInput.value.trim(), why: whyInput.value.trim() };
}
