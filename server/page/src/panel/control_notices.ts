/** Who asks for the control of a drone that this page has, and who has taken it: over everything, until it is answered. */

import type { Actor, Drone } from "../contract";
import { h, icon, ICONS, setText } from "../element";
import { droneName, say } from "../words/language";

export interface NoticeActions {
  onKeep: (droneId: string) => void;
  onLetGo: (droneId: string) => void;
}

interface Notice {
  element: HTMLElement;
  seconds: HTMLElement;
  key: string;
}

export class ControlNotices {
  readonly element = h("div", { class: "control-notices" });
  readonly #home: HTMLElement;
  readonly #actions: NoticeActions;
  readonly #asked = new Map<string, Notice>();

  constructor(home: HTMLElement, actions: NoticeActions) {
    this.#home = home;
    this.#actions = actions;
    home.append(this.element);
  }

  /** Bring the requests up to date; `passesInS` is null where it is not known yet. */
  show(requests: readonly { drone: Drone; request: Actor; passesInS: number | null }[]): void {
    for (const [id, { element }] of this.#asked) {
      if (requests.some(({ drone }) => drone.id === id)) continue;
      element.remove();
      this.#asked.delete(id);
    }
    for (const { drone, request, passesInS } of requests) {
      const key = JSON.stringify(request);
      let notice = this.#asked.get(drone.id);
      if (notice?.key !== key) {
        notice?.element.remove();
        notice = this.#request(drone, request, key);
        this.#asked.set(drone.id, notice);
        this.element.append(notice.element);
      }
      setText(notice.seconds, passesInS === null ? "" : say("alert.seconds", { seconds: passesInS }));
    }
    // what lies behind an open dialog could not be answered
    const place = document.querySelector<HTMLElement>("dialog[open]") ?? this.#home;
    if (this.element.parentElement !== place) place.append(this.element);
  }

  /** Say that it is gone, until that was read. */
  tellLost(drone: Drone, holder: Actor): void {
    const notice = h(
      "div",
      { class: "control-notice is-lost", role: "alert" },
      icon(ICONS.danger),
      words(say("control.notice.lost", { who: holder.who, drone: droneName(drone.name) }), holder.why),
      h("button", { type: "button", class: "button", onclick: () => notice.remove() }, say("control.notice.read")),
    );
    this.element.append(notice);
  }

  #request(drone: Drone, request: Actor, key: string): Notice {
    const name = droneName(drone.name);
    const seconds = h("span", { "class": "control-notice-rest", "aria-hidden": "true" });
    const answer = (word: "control.keep" | "control.let_go", className: string, act: (droneId: string) => void): HTMLElement =>
      h(
        "button",
        { "type": "button", "class": `button ${className}`, "aria-label": `${say(word)} (${name})`, "onclick": () => act(drone.id) },
        say(word),
      );
    const element = h(
      "div",
      { class: "control-notice", role: "group", "aria-label": say("control.notice.asks", { who: request.who, drone: name }) },
      icon(ICONS.caution),
      h("div", { role: "alert" }, words(say("control.notice.asks", { who: request.who, drone: name }), request.why)),
      seconds,
      h(
        "span",
        { class: "control-notice-buttons" },
        answer("control.keep", "is-primary", this.#actions.onKeep),
        answer("control.let_go", "", this.#actions.onLetGo),
      ),
    );
    return { element, seconds, key };
  }
}

function words(title: string, why: string): HTMLElement {
  return h("div", { class: "control-notice-text" }, h("strong", {}, title), h("span", {}, why === "" ? say("control.notice.no_reason") : why));
}
