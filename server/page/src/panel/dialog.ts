/** A modal dialog: the rest of the page is inert, Tab stays inside, Esc closes, the focus goes back. */

import { h } from "../element";

let count = 0;

export class Dialog {
  readonly element: HTMLDialogElement;
  #opener: Element | null = null;

  constructor(className: string, title: string, ...content: Node[]) {
    const titleId = `dialog-title-${++count}`;
    this.element = h(
      "dialog",
      { class: `dialog ${className}`, "aria-labelledby": titleId, tabindex: -1 },
      h("h2", { id: titleId }, title),
      ...content,
    );
    this.element.addEventListener("keydown", (event) => this.#keepFocus(event));
    this.element.addEventListener("close", () => {
      this.element.remove();
      if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus();
    });
  }

  open(first: HTMLElement): void {
    this.#opener = document.activeElement;
    document.body.append(this.element);
    this.element.showModal();
    first.focus();
  }

  close(): void {
    this.element.close();
  }

  #keepFocus(event: KeyboardEvent): void {
    // what is typed in a dialog is no shortcut of the page
    event.stopPropagation();
    if (event.key !== "Tab") return;
    const stops = [
      ...this.element.querySelectorAll<HTMLElement>("button, input, select, summary, [href], [tabindex='0']"),
    ].filter((stop) => !stop.hasAttribute("disabled") && stop.offsetParent !== null);
    const [first, last] = [stops[0], stops.at(-1)];
    const edge = event.shiftKey ? first : last;
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }
}
