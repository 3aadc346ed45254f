/** One drone as text: what it does, how it is, what it may be told. */

import type { Drone, Flight, ZoneFeature } from "../contract";
import type { OwnControl } from "../control_keeper";
import { h, icon, ICONS, setAttribute, setText } from "../element";
import { droneColour } from "../palette";
import { ageInWords, tenthFigure, UNKNOWN, wholeFigure } from "../words/figures";
import { droneName, language, say, type WordKey } from "../words/language";
import { modeInFull } from "../words/modes";
import { isOwn } from "./control_question";
import { alertsOf } from "./drone_alerts";
import { type Action, batteryLevel, leadAction, phaseWord, possibleActions, progressOf } from "./flight_state";
import type { GuardState } from "./guard_state";
import { gravest, ZoneAlerts } from "./zone_alerts";

export interface CardFacts {
  drone: Drone;
  flight: Flight | undefined;
  ageS: number;
  isStale: boolean;
  isReplay: boolean;
  isSelected: boolean;
  hasPlan: boolean;
  guard: GuardState;
  /** Where this page has its control. */
  control: OwnControl | null;
  zoneOf: (zoneId: string) => ZoneFeature | undefined;
}

/** What a card's buttons do. */
export interface CardActions {
  onSelect: (id: string) => void;
  onAction: (id: string, action: Action) => void;
  onGuard: (id: string) => void;
  onControl: (id: string) => void;
}

interface Figure {
  element: HTMLElement;
  value: HTMLElement;
}

function figure(label: string, unit: string, className: string, extra?: HTMLElement): Figure {
  const value = h("span", { class: "figure-value" }, UNKNOWN);
  const element = h(
    "div",
    { class: `figure ${className}` },
    h("dt", {}, label),
    h("dd", {}, value, h("span", { class: "figure-unit" }, unit), extra ?? null),
  );
  return { element, value };
}

export class DroneCard {
  readonly element: HTMLElement;
  isInView = true;
  readonly #name: HTMLButtonElement;
  readonly #mode = h("span", { class: "mode" });
  readonly #phase = h("span", { class: "phase" });
  readonly #age = h("span", { class: "age" });
  readonly #alt: Figure;
  readonly #speed: Figure;
  readonly #battery: Figure;
  readonly #batteryFill = h("span", { class: "bar-fill" });
  readonly #mission = h("div", { class: "mission" });
  readonly #missionText = h("span", { class: "mission-text" });
  readonly #missionFill = h("span", { class: "bar-fill" });
  readonly #missionBar: HTMLElement;
  readonly #zoneAlerts = new ZoneAlerts();
  readonly #guard: HTMLButtonElement;
  readonly #control: HTMLButtonElement;
  readonly #alerts = h("ul", { class: "alerts" });
  readonly #buttons = new Map<Action, HTMLButtonElement>();
  #alertsShown = "";

  constructor(drone: Drone, { onSelect, onAction, onGuard, onControl }: CardActions) {
    const name = droneName(drone.name);
    this.#alt = figure(say("alt"), say("alt.unit"), "alt");
    this.#speed = figure(say("speed"), say("speed.unit"), "speed");
    this.#battery = figure(
      say("battery"),
      "%",
      "battery",
      h("span", { class: "bar", "aria-hidden": "true" }, this.#batteryFill),
    );
    const mark = icon("M12 2.5 20.5 21 12 16.6 3.5 21z");
    mark.setAttribute("class", "card-mark");
    mark.style.setProperty("--colour", droneColour(drone.id));
    this.#name = h("button", { type: "button", class: "card-name", "aria-pressed": "false" }, mark, h("span", {}, name));
    this.#missionBar = h(
      "div",
      { class: "bar", role: "progressbar", "aria-valuemin": "0", "aria-label": `${say("mission")}: ${name}` },
      this.#missionFill,
    );
    this.#missionFill.style.background = droneColour(drone.id);
    this.#mission.append(h("span", { class: "mission-label" }, say("mission")), this.#missionBar, this.#missionText);
    this.#age.title = say("age");
    this.#guard = h("button", {
      type: "button",
      class: "icon-button guard-button",
      onclick: (event) => {
        event.stopPropagation();
        onGuard(drone.id);
      },
    });
    this.#control = h("button", {
      type: "button",
      class: "control-button",
      onclick: (event) => {
        event.stopPropagation();
        onControl(drone.id);
      },
    });
    const actions = h("div", { class: "actions" });
    for (const action of ["start", "takeoff", "pause", "resume", "rtl", "land"] as const) {
      const button = h(
        "button",
        {
          type: "button",
          class: `button action-${action}`,
          "data-action": action,
          "aria-label": say("action.of", { action: say(`action.${action}`), drone: name }),
          onclick: (event) => {
            event.stopPropagation();
            onAction(drone.id, action);
          },
        },
        icon(ICONS[action === "takeoff" ? "start" : action]),
        h("span", {}, say(`action.${action}`)),
      );
      this.#buttons.set(action, button);
      actions.append(button);
    }
    this.element = h(
      "article",
      { class: "card", "aria-label": name, "data-drone": drone.id, onclick: () => onSelect(drone.id) },
      h("header", { class: "card-head" }, this.#name, this.#mode, this.#phase, this.#age, this.#guard),
      this.#zoneAlerts.element,
      h("dl", { class: "figures" }, this.#alt.element, this.#speed.element, this.#battery.element),
      this.#mission,
      this.#alerts,
      this.#control,
      actions,
    );
  }

  show(facts: CardFacts): void {
    const { drone, flight, ageS, isStale, isReplay, isSelected, hasPlan } = facts;
    const { classList } = this.element;
    classList.toggle("is-stale", isStale);
    classList.toggle("is-selected", isSelected);
    setAttribute(this.element, "data-alert", isStale ? null : gravest(drone.alerts));
    setAttribute(this.#name, "aria-pressed", String(isSelected));
    setText(this.#mode, drone.mode === "" ? say("state.unknown") : modeInFull(drone.mode, language.value));
    const phase = phaseWord(drone);
    setText(this.#phase, say(phase));
    setAttribute(this.#phase, "data-phase", phase.slice(phase.indexOf(".") + 1));
    setText(this.#age, isStale ? say("no_data", { age: ageInWords(ageS) }) : ageInWords(ageS));
    setText(this.#alt.value, wholeFigure(drone.alt_rel_m));
    setText(this.#speed.value, tenthFigure(drone.ground_speed_m_s));
    const percent = drone.battery.remaining_pct;
    setText(this.#battery.value, wholeFigure(percent));
    setAttribute(this.#battery.element, "data-level", batteryLevel(percent));
    this.#batteryFill.style.width = `${percent ?? 0}%`;
    this.#showMission(drone, flight);
    this.#zoneAlerts.show(drone, facts.guard, facts.zoneOf);
    this.#showGuard(drone, isReplay);
    this.#showControl(drone, facts.control, isReplay);
    this.#showAlerts(drone, flight, isStale);
    const hindrance = isReplay ? "hindrance.replay" : isStale ? "hindrance.stale" : null;
    this.#showButtons(drone, hindrance, hasPlan);
  }

  #showMission(drone: Drone, flight: Flight | undefined): void {
    const progress = progressOf(drone, flight);
    setText(this.#missionText, progress ? `${progress.reached} / ${progress.items}` : say("mission.none"));
    const share = progress ? (100 * progress.reached) / progress.items : 0;
    this.#missionFill.style.width = `${share}%`;
    setAttribute(this.#missionBar, "aria-valuemax", String(progress?.items ?? 0));
    setAttribute(this.#missionBar, "aria-valuenow", String(progress?.reached ?? 0));
    setAttribute(
      this.#missionBar,
      "aria-valuetext",
      progress ? say("mission.progress", { ...progress }) : say("mission.none"),
    );
  }

  #showGuard(drone: Drone, isReplay: boolean): void {
    const { is_on: isOn } = drone.guard;
    const label = `${say(isOn ? "guard.is_on" : "guard.is_off")} (${droneName(drone.name)})`;
    this.#guard.hidden = isReplay;
    if (this.#guard.getAttribute("aria-label") === label) return;
    this.#guard.setAttribute("aria-label", label);
    this.#guard.title = say(isOn ? "guard.is_on" : "guard.is_off");
    this.#guard.dataset["guard"] = isOn ? "on" : "off";
    this.#guard.replaceChildren(icon(isOn ? ICONS.shield : ICONS.shieldOff));
  }

  #showControl({ control: { holder, request } }: Drone, own: OwnControl | null, isReplay: boolean): void {
    this.#control.hidden = isReplay;
    const held = !holder
      ? say("control.free")
      : own
        ? own.isKept || own.leftS === null
          ? say("control.own.kept")
          : say("control.own.lapsing", { seconds: own.leftS })
        : isOwn(holder.who)
          ? say("control.own")
          : say("control.held", { who: holder.who });
    setAttribute(this.#control, "data-control", own ? (own.isKept ? "kept" : "lapsing") : null);
    setText(this.#control, request ? say("control.asked", { held, who: request.who }) : held);
    setAttribute(this.#control, "data-request", request ? "yes" : null);
    setAttribute(this.#control, "title", holder?.why || null);
  }

  #showAlerts(drone: Drone, flight: Flight | undefined, isStale: boolean): void {
    const alerts = alertsOf(drone, flight, isStale);
    const key = JSON.stringify(alerts);
    if (key === this.#alertsShown) return;
    this.#alertsShown = key;
    this.#alerts.replaceChildren(...alerts.map(({ isGrave, text }) => h("li", { class: isGrave ? "is-grave" : "" }, text)));
  }

  #showButtons(drone: Drone, hindrance: WordKey | null, hasPlan: boolean): void {
    const possible = possibleActions(drone, hindrance === null);
    const why = say(hindrance ?? "hindrance.phase", { phase: this.#phase.textContent ?? "" });
    const lead = leadAction(hasPlan);
    const isResumable = possible.has("resume");
    for (const [action, button] of this.#buttons) {
      button.disabled = !possible.has(action);
      setAttribute(button, "title", button.disabled ? why : null);
      button.hidden =
        ((action === "start" || action === "takeoff") && action !== lead) ||
        (action === "pause" && isResumable) ||
        (action === "resume" && !isResumable);
    }
  }
}
