/** Single keys for what operators do most; they can be turned off (WCAG 2.1.4). */

const REMEMBERED_AS = "feiying.shortcuts";

export class Shortcuts {
  #areOn: boolean;
  readonly #actions: Readonly<Record<string, () => void>>;

  /** `actions` by `KeyboardEvent.key` in lower case. */
  constructor(actions: Readonly<Record<string, () => void>>) {
    this.#actions = actions;
    this.#areOn = recall();
    document.addEventListener("keydown", (event) => this.#press(event));
  }

  get areOn(): boolean {
    return this.#areOn;
  }

  turn(areOn: boolean): void {
    this.#areOn = areOn;
    try {
      localStorage.setItem(REMEMBERED_AS, areOn ? "on" : "off");
    } catch {
      // a browser that keeps nothing asks again next time
    }
  }

  #press(event: KeyboardEvent): void {
    const key = event.key.toLowerCase();
    const isTyping = event.target instanceof Element && event.target.closest("input:not([type='range']), select, textarea") !== null;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (isTyping || !isPlain || event.defaultPrevented || (!this.#areOn && key !== "escape")) return;
    const action = Object.hasOwn(this.#actions, key) ? this.#actions[key] : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  }
}

function recall(): boolean {
  try {
    return localStorage.getItem(REMEMBERED_AS) !== "off";
  } catch {
    return true;
  }
}
