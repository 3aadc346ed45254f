/** A time of day, written. */

import { h } from "../../element";
import { say, type WordKey } from "../../words/language";

/** Seconds of the day of `21:05`; null where it is none. */
export function parseClock(text: string): number | null {
  const [, hours, minutes] = /^\s*(\d{1,2})\s*[:：]\s*(\d{2})\s*$/.exec(text) ?? [];
  const [hour, minute] = [Number(hours), Number(minutes)];
  return hours !== undefined && hour < 24 && minute < 60 ? 3600 * hour + 60 * minute : null;
}

export class ClockField {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  readonly #label: WordKey;

  constructor(label: WordKey, value: string) {
    this.#label = label;
    this.input = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", placeholder: "21:00", value, required: true });
    this.element = h("label", { class: "field" }, h("span", {}, say(label)), this.input);
  }

  get ofDayS(): number | null {
    return parseClock(this.input.value);
  }

  /** `21:05`, of a field without fault. */
  get text(): string {
    const minutes = Math.floor((this.ofDayS ?? 0) / 60);
    return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
  }

  get fault(): string | null {
    return this.ofDayS === null ? say("fleet.clock.wrong", { field: say(this.#label) }) : null;
  }
}
