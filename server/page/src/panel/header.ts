/** Product, fleet, link and clock. */

import { h, icon, ICONS, setAttribute, setText } from "../element";
import { calendarDate, clockTime } from "../words/figures";
import { language, say, switchLanguage } from "../words/language";

export interface HeaderFacts {
  flying: number;
  drones: number;
  isReplay: boolean;
  timeS: number;
  isOpen: boolean;
  wasOpen: boolean;
  /** Drones by the gravest of their alerts. */
  red: number;
  yellow: number;
}

export interface HeaderActions {
  onZones: () => void;
  onPlan: () => void;
  onHelp: () => void;
  onAlarms: () => void;
}

export class Header {
  readonly element: HTMLElement;
  readonly languageButton: HTMLButtonElement;
  readonly #flying = h("span", { class: "count-big" }, "0");
  readonly #flyingBox: HTMLElement;
  readonly #red = h("span", { class: "alarm-count is-red" });
  readonly #yellow = h("span", { class: "alarm-count is-yellow" });
  readonly #alarms: HTMLButtonElement;
  readonly #replay: HTMLElement;
  readonly #link = h("span", { class: "link-state", role: "status" });
  readonly #date = h("span", { class: "clock-date" });
  readonly #time = h("time", { class: "clock-time" });
  readonly #clock: HTMLElement;
  readonly #plan: HTMLButtonElement;

  constructor({ onZones, onPlan, onHelp, onAlarms }: HeaderActions) {
    this.languageButton = h(
      "button",
      {
        type: "button",
        class: "button language",
        title: say("language.switch"),
        lang: language.value === "zh" ? "en" : "zh-CN",
        onclick: switchLanguage,
      },
      say("language"),
    );
    this.#flyingBox = h("span", { class: "flying" }, this.#flying, h("span", {}, say("flying")));
    this.#alarms = h("button", { type: "button", class: "alarms", onclick: onAlarms, hidden: true }, this.#red, this.#yellow);
    this.#replay = h("span", { class: "replay-badge", title: say("replay.explained") }, say("replay"));
    this.#plan = h(
      "button",
      { type: "button", class: "button", "data-open": "planner", onclick: onPlan },
      icon(ICONS.route),
      h("span", {}, say("plan.open")),
    );
    this.#clock = h("span", { class: "clock" }, this.#date, this.#time);
    this.element = h(
      "header",
      { class: "top" },
      h(
        "div",
        { class: "brand" },
        brandMark(),
        language.value === "zh"
          ? h("h1", {}, h("span", { class: "brand-name" }, "飞鹰"), h("span", { class: "brand-second" }, "Feiying"))
          : h("h1", {}, h("span", { class: "brand-name" }, "Feiying"), h("span", { class: "brand-second", lang: "zh-CN" }, "飞鹰")),
        h("span", { class: "room" }, say("room")),
      ),
      this.#flyingBox,
      this.#alarms,
      this.#replay,
      h("span", { class: "space" }),
      this.#link,
      this.#clock,
      h(
        "div",
        { class: "top-buttons" },
        h("button", { type: "button", class: "button", onclick: onZones }, icon(ICONS.zones), h("span", {}, say("zones"))),
        this.#plan,
        this.languageButton,
        h("button", { type: "button", class: "button is-square", "aria-label": say("help"), onclick: onHelp }, icon(ICONS.help)),
      ),
    );
  }

  show(facts: HeaderFacts): void {
    setText(this.#flying, `${facts.flying}/${facts.drones}`);
    this.#flyingBox.title = say("flying.count", { flying: facts.flying, drones: facts.drones });
    this.#showAlarms(facts.red, facts.yellow);
    this.#replay.hidden = !facts.isReplay;
    this.#plan.disabled = facts.isReplay;
    setAttribute(this.#plan, "title", facts.isReplay ? say("hindrance.replay") : null);
    const state = facts.isOpen ? "live" : facts.wasOpen ? "lost" : "connecting";
    this.#link.dataset["state"] = state;
    setText(this.#link, say(`link.${state}`));
    setText(this.#time, clockTime(facts.timeS));
    setText(this.#date, calendarDate(facts.timeS));
    this.#clock.title = say(facts.isReplay ? "clock.replay" : "clock");
  }

  #showAlarms(red: number, yellow: number): void {
    fillCount(this.#red, ICONS.danger, red);
    fillCount(this.#yellow, ICONS.caution, yellow);
    this.#alarms.hidden = red + yellow === 0;
    setAttribute(this.#alarms, "aria-label", say("alarms", { red, yellow }));
  }
}

function fillCount(element: HTMLElement, path: string, count: number): void {
  element.hidden = count === 0;
  if (element.textContent !== String(count)) element.replaceChildren(icon(path), String(count));
}

function brandMark(): SVGSVGElement {
  const mark = icon("M12 21 9.6 13.4 2 6.5l8.4 3.1L12 4l1.6 5.6L22 6.5l-7.6 6.9z");
  mark.setAttribute("class", "brand-mark");
  return mark;
}
