/** Lets the map show the zones as they will be. */

import { h, setText } from "../element";
import { momentInWords } from "../words/zone_words";
import { say } from "../words/language";
import { HOURS_AHEAD, type ZoneTimes } from "../zone_times";

const STEP_S = 900;
const STEPS = (HOURS_AHEAD * 3600) / STEP_S;

export class TimeSlider {
  readonly element: HTMLElement;
  readonly #times: ZoneTimes;
  readonly #nowS: () => number;
  readonly #range: HTMLInputElement;
  readonly #output = h("output", { class: "time-shown" });
  readonly #back: HTMLButtonElement;

  constructor(times: ZoneTimes, nowS: () => number) {
    this.#times = times;
    this.#nowS = nowS;
    this.#range = h("input", {
      type: "range",
      id: "zone-time",
      min: 0,
      max: STEPS,
      step: 1,
      value: 0,
      oninput: () => this.#choose(),
    });
    this.#back = h(
      "button",
      { type: "button", class: "button is-small", onclick: () => this.#reset() },
      say("zone_time.now"),
    );
    this.element = h(
      "div",
      { class: "time-slider", role: "group", "aria-label": say("zone_time"), hidden: true },
      h("label", { for: "zone-time" }, say("zone_time")),
      this.#range,
      this.#output,
      this.#back,
    );
    this.show(false);
  }

  /** Bring the words up to date; without zones of limited times there is nothing to choose. */
  show(hasTimes: boolean): void {
    const nowS = this.#nowS();
    const chosenS = this.#times.chosenS.value;
    this.element.hidden = !hasTimes;
    this.element.classList.toggle("is-elsewhen", chosenS !== null);
    this.#back.disabled = chosenS === null;
    if (chosenS !== null && chosenS <= nowS) {
      this.#reset();
      return;
    }
    if (chosenS !== null) this.#range.value = String(Math.max(1, Math.round((chosenS - this.#gridS()) / STEP_S)));
    else this.#range.value = "0";
    const words = chosenS === null ? say("zone_time.now") : momentInWords(chosenS, nowS);
    setText(this.#output, words);
    this.#range.setAttribute("aria-valuetext", words);
  }

  /** The quarter of an hour that has begun. */
  #gridS(): number {
    return Math.floor(this.#nowS() / STEP_S) * STEP_S;
  }

  #choose(): void {
    const step = Number(this.#range.value);
    this.#times.chosenS.set(step === 0 ? null : this.#gridS() + step * STEP_S);
    this.show(true);
  }

  #reset(): void {
    this.#times.chosenS.set(null);
    this.#range.value = "0";
    this.show(!this.element.hidden);
    if (document.activeElement === this.#back) this.#range.focus();
  }
}
