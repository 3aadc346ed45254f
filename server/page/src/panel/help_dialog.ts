import { h } from "../element";
import { say, type WordKey } from "../words/language";
import { Dialog } from "./dialog";
import type { Shortcuts } from "./shortcuts";

const KEYS: readonly (readonly [keys: string, word: WordKey])[] = [
  ["1 … 9", "help.select"],
  ["S", "help.start"],
  ["P", "help.pause"],
  ["R", "help.rtl"],
  ["L", "help.land"],
  ["C", "help.control"],
  ["A", "help.alarms"],
  ["F", "help.follow"],
  ["0", "help.fit"],
  ["N", "help.plan"],
  ["Z", "help.zones"],
  ["K", "help.replay"],
  ["[ ]", "help.replay.skip"],
  ["G", "help.language"],
  ["?", "help.help"],
  ["Esc", "help.escape"],
  ["← ↑ ↓ →  + −", "help.map"],
];

export function openHelp(shortcuts: Shortcuts): void {
  const close = h("button", { type: "button", class: "button is-primary" }, say("help.close"));
  const toggle = h("input", { type: "checkbox", id: "shortcuts-on" });
  toggle.checked = shortcuts.areOn;
  toggle.addEventListener("change", () => shortcuts.turn(toggle.checked));
  const dialog = new Dialog(
    "help",
    say("help.title"),
    h(
      "dl",
      { class: "keys" },
      ...KEYS.map(([keys, word]) => h("div", {}, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, say(word)))),
    ),
    h("p", { class: "consequence" }, say("help.confirmed")),
    h("label", { class: "check", for: "shortcuts-on" }, toggle, say("help.shortcuts")),
    h("div", { class: "dialog-buttons" }, close),
  );
  close.addEventListener("click", () => dialog.close());
  dialog.open(close);
}
