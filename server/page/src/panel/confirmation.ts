/** The question before anything is sent to a drone. */

import { h } from "../element";
import type { Signal } from "../signal";
import { say } from "../words/language";
import { Dialog } from "./dialog";

export interface Question {
  title: string;
  consequence: string;
  facts: string;
  confirm: string;
  isGrave: boolean;
  /** Further choices; read by the caller after the answer. */
  fields: HTMLElement[];
  /** Whether it can be answered with yes; always, where this is left out. */
  isReady?: Signal<boolean>;
}

/** Whether the operator confirmed. */
export function askToConfirm(question: Question): Promise<boolean> {
  const { isGrave, isReady } = question;
  return new Promise((resolve) => {
    const cancel = h("button", { type: "button", class: "button", "data-answer": "cancel" }, say("confirm.cancel"));
    const confirm = h(
      "button",
      { type: "submit", class: `button ${isGrave ? "is-grave" : "is-primary"}`, "data-answer": "confirm" },
      question.confirm,
    );
    const consequence = h("p", { class: "consequence", id: "confirm-consequence" }, question.consequence);
    const form = h(
      "form",
      { method: "dialog" },
      question.facts ? h("p", { class: "facts" }, question.facts) : null,
      consequence,
      ...question.fields,
      h("div", { class: "dialog-buttons" }, cancel, confirm),
    );
    const dialog = new Dialog(`confirmation ${isGrave ? "is-grave" : ""}`, question.title, form);
    dialog.element.setAttribute("role", "alertdialog");
    dialog.element.setAttribute("aria-describedby", "confirm-consequence");
    let isConfirmed = false;
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("keydown", (event) => {
      // a grave thing is done by its button alone
      if (isGrave && event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (isReady?.value === false) return;
      isConfirmed = true;
      dialog.close();
    });
    dialog.element.addEventListener("close", () => resolve(isConfirmed));
    isReady?.watch((can) => {
      confirm.disabled = !can;
      // who has not turned elsewhere meanwhile finds the answer under the fingers
      if (can && document.activeElement === dialog.element) confirm.focus();
    });
    const input = form.querySelector<HTMLElement>("input[autofocus]");
    // the answer that changes least is the one Enter gives for a grave question
    dialog.open(input ?? (isGrave ? cancel : confirm.disabled ? dialog.element : confirm));
  });
}
