/** Short results at the edge of the map; refusals stay until they are read. */

import { h, icon, ICONS } from "../element";
import { say } from "../words/language";

export type Tone = "good" | "bad" | "plain";

const SHOWN_MS: Record<Tone, number> = { good: 6_000, bad: 20_000, plain: 6_000 };
const MOST = 4;

export class Toasts {
  readonly element = h("div", { class: "toasts", role: "status", "aria-live": "polite", "aria-atomic": "false" });

  /** Show one; returns how to take it away. */
  show(tone: Tone, text: string, details: readonly string[] = []): () => void {
    const dismiss = (): void => toast.remove();
    const toast = h(
      "div",
      { class: `toast is-${tone}` },
      h(
        "div",
        { class: "toast-text" },
        h("strong", {}, text),
        details.length > 0 && h("ul", {}, ...details.map((detail) => h("li", {}, detail))),
      ),
      h("button", { type: "button", class: "icon-button", "aria-label": say("toast.close"), onclick: dismiss }, icon(ICONS.close)),
    );
    this.element.append(toast);
    while (this.element.children.length > MOST) this.element.firstElementChild?.remove();
    window.setTimeout(dismiss, SHOWN_MS[tone]);
    return dismiss;
  }
}
