/** One drone as text: what it does, how it is, what it may be told. */

import type { Drone, Flight } from "../contract";
import { h, icon, ICONS, setAttribute, setText } from "../element";
import { droneColour } from "../palette";
import { ageInWords, tenthFigure, UNKNOWN, wholeFigure } from "../words/figures";
import { droneName, language, say, type WordKey } from "../words/language";
import { modeInFull } from "../words/modes";
import { type Action, batteryLevel, leadAction, phaseWord, possibleActions, progressOf } from "./flight_state";

export interface CardFacts {
  drone: Drone;
  flight: Flight | undefined;
  ageS: number;
  isStale: boolean;
  isReplay: boolean;
  isSelected: boolean;
  hasPlan: boolean;
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
  readonly #alerts = h("ul", { class: "alerts" });
  readonly #buttons = new Map<Action, HTMLButtonElement>();
  #alertsShown = "";

  constructor(drone: Drone, onSelect: (id: string) => void, onAction: (id: string, action: Action) => void) {
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
      h("header", { class: "card-head" }, this.#name, this.#mode, this.#phase, this.#age),
      h("dl", { class: "figures" }, this.#alt.element, this.#speed.element, this.#battery.element),
      this.#mission,
      this.#alerts,
      actions,
    );
  }

  show({ drone, flight, ageS, isStale, isReplay, isSelected, hasPlan }: CardFacts): void {
    const { classList } = this.element;
    classList.toggle("is-stale", isStale);
    classList.toggle("is-selected", isSelected);
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

interface Alert {
  isGrave: boolean;
  text: string;
}

function alertsOf(drone: Drone, flight: Flight | undefined, isStale: boolean): Alert[] {
  const alerts: Alert[] = [];
  const add = (isGrave: boolean, key: WordKey, values: Record<string, string | number> = {}): void => {
    alerts.push({ isGrave, text: say(key, values) });
  };
  if (isStale && drone.is_flying === true) add(true, "alert.lost");
  if (drone.fence_breached === true) add(true, "alert.fence");
  if (drone.zone_clearance_m !== null && drone.zone_clearance_m < 0) {
    add(true, "alert.zone", { metres: tenthFigure(-drone.zone_clearance_m) });
  }
  const ahead = drone.alerts.find((alert) => !alert.is_breached);
  if (ahead !== undefined) {
    const seconds = wholeFigure(ahead.time_to_breach_s);
    add(ahead.colour === "red", ahead.colour === "red" ? "alert.red" : "alert.yellow", { zone: ahead.zone_id, seconds });
  }
  if (!drone.guard.is_on) add(drone.is_flying === true, "alert.unguarded", { why: drone.guard.why });
  if (drone.conformance.deviating.length > 0) add(false, "alert.off_route");
  const level = batteryLevel(drone.battery.remaining_pct);
  if (level === "low" || level === "critical") add(level === "critical", "alert.battery");
  if (drone.flight_phase === "aborted" && flight?.reason) {
    alerts.push({ isGrave: drone.is_flying === true, text: say("alert.aborted", { reason: flight.reason }) });
  }
  if (!drone.is_armed && drone.prearm.ok === false) {
    const reasons = drone.prearm.reasons.slice(0, 3).join("; ");
    alerts.push({ isGrave: false, text: reasons ? say("alert.prearm.reasons", { reasons }) : say("alert.prearm") });
  }
  return alerts;
}
