/** Steers a replay: play and pause, position, speed. */

import { h, icon, ICONS, setText } from "../element";
import { Refused, type ReplayOrder, type ReplayState } from "../replay";
import { clockTime } from "../words/figures";
import { say } from "../words/language";

const STEPS = 1000;
const STEP_S = 10;
const ASK_MS = 1000;
const SPEEDS = [0.5, 1, 2, 5, 10, 50, 0] as const;

interface Service {
  state: () => Promise<ReplayState>;
  steer: (order: ReplayOrder) => Promise<ReplayState>;
  onFailed: (reason: string) => void;
}

export class Transport {
  readonly element: HTMLElement;
  readonly #service: Service;
  readonly #toggle: HTMLButtonElement;
  readonly #range: HTMLInputElement;
  readonly #output = h("output", { class: "time-shown" });
  readonly #speed: HTMLSelectElement;
  #state: ReplayState | null = null;
  #isDragged = false;
  #isSteering = false;
  #wanted: ReplayOrder | null = null;
  #askedMs = -ASK_MS;

  constructor(service: Service) {
    this.#service = service;
    this.#toggle = h("button", { type: "button", class: "icon-button", onclick: () => this.toggle() });
    this.#range = h("input", {
      type: "range",
      id: "replay-position",
      min: 0,
      max: STEPS,
      step: 1,
      value: 0,
      "aria-label": say("transport.position"),
      oninput: () => {
        this.#isDragged = true;
        this.#showTime(this.#chosenS());
      },
      onchange: () => {
        this.#isDragged = false;
        this.#steer({ fraction: Number(this.#range.value) / STEPS });
      },
    });
    this.#speed = h(
      "select",
      {
        id: "replay-speed",
        "aria-label": say("transport.speed"),
        onchange: () => this.#steer({ speed: Number(this.#speed.value) }),
      },
      ...SPEEDS.map((speed) => option(speed)),
    );
    this.element = h(
      "div",
      { class: "transport", role: "group", "aria-label": say("transport"), hidden: true },
      this.#toggle,
      this.#range,
      this.#output,
      this.#speed,
    );
  }

  /** Ask where the replay is, now and then; there is nothing to steer where none is played. */
  show(isReplay: boolean, nowMs: number): void {
    this.element.hidden = !isReplay;
    if (!isReplay || this.#isSteering || nowMs - this.#askedMs < ASK_MS) return;
    this.#askedMs = nowMs;
    this.#service.state().then(
      (state) => this.#isSteering || this.#take(state),
      () => undefined,
    );
  }

  toggle(): void {
    const state = this.#state;
    if (state === null) return;
    // After the end, playing begins anew.
    if (state.is_ended && !state.is_paused) this.#steer({ fraction: 0 });
    else this.#steer({ is_paused: !state.is_paused });
  }

  /** Go on some steps of ten seconds later, or earlier. */
  skip(steps: number): void {
    const state = this.#state;
    if (state === null) return;
    const timeS = Math.min(Math.max(state.time_s + steps * STEP_S, state.first_s), state.last_s);
    this.#steer({ time_s: timeS });
  }

  /** Send what is wanted; what is wanted meanwhile is sent when the answer is there, the newest only. */
  #steer(order: ReplayOrder): void {
    if (this.#isSteering) {
      this.#wanted = order;
      return;
    }
    this.#isSteering = true;
    this.element.setAttribute("aria-busy", "true");
    this.#service
      .steer(order)
      .then(
        (state) => this.#take(state),
        (error: unknown) => this.#service.onFailed(error instanceof Refused ? error.message : String(error)),
      )
      .finally(() => {
        this.#isSteering = false;
        this.element.removeAttribute("aria-busy");
        const wanted = this.#wanted;
        this.#wanted = null;
        if (wanted) this.#steer(wanted);
      });
  }

  #take(state: ReplayState): void {
    this.#state = state;
    const isStopped = state.is_paused || state.is_ended;
    const label = say(isStopped ? "transport.play" : "transport.pause");
    if (this.#toggle.getAttribute("aria-label") !== label) {
      this.#toggle.setAttribute("aria-label", label);
      this.#toggle.title = label;
      this.#toggle.replaceChildren(icon(isStopped ? ICONS.start : ICONS.pause));
    }
    if (!SPEEDS.some((speed) => speed === state.speed) && !this.#speed.querySelector(`option[value="${state.speed}"]`)) {
      this.#speed.prepend(option(state.speed));
    }
    if (document.activeElement !== this.#speed) this.#speed.value = String(state.speed);
    if (this.#isDragged) return;
    this.#range.value = String(Math.round(state.fraction * STEPS));
    this.#showTime(state.time_s);
  }

  #chosenS(): number {
    const state = this.#state;
    if (state === null) return 0;
    return state.first_s + (Number(this.#range.value) / STEPS) * (state.last_s - state.first_s);
  }

  #showTime(timeS: number): void {
    const words = clockTime(timeS);
    setText(this.#output, words);
    this.#range.setAttribute("aria-valuetext", words);
  }
}

function option(speed: number): HTMLOptionElement {
  return h("option", { value: speed }, speed === 0 ? say("transport.fastest") : `${speed} ×`);
}
