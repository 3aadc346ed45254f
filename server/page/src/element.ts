/** Elements without markup: texts are never parsed, styles are never attributes. */

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

/** Make an element; `on...` attributes are listeners, `true` is an empty attribute, null and false leave it out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

/** Set a text only where it differs: an unchanged node costs no layout. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

const SVG = "http://www.w3.org/2000/svg";

/** A stroked 24 x 24 icon from path data. */
export function icon(...paths: string[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

export const ICONS = {
  start: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14M16 5v14",
  resume: "M7 4.5v15l12-7.5z",
  rtl: "M4 11.5 12 4l8 7.5M6.5 9.8V20h11V9.8",
  land: "M12 3.5v12M6.5 10.5 12 16l5.5-5.5M5 20.5h14",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  follow: "M12 2.5v4M12 17.5v4M2.5 12h4M17.5 12h4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
  help: "M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 2v.4M12 17.6v.2",
  route: "M5 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM19 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM7 17h7.5a3.5 3.5 0 0 0 0-7h-5a3 3 0 0 1 0-6H17",
  zones: "M4 7.5 12 4l8 3.5-8 3.5zM4 12l8 3.5 8-3.5M4 16.5 12 20l8-3.5",
  /** A triangle and an octagon: told apart without their colours. */
  caution: "M12 3.2 22 20.5H2zM12 9.5v5M12 17.3v.2",
  danger: "M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8zM12 7v6.5M12 16.8v.2",
  shield: "M12 3 4.5 6v5.5c0 4.6 3 8 7.5 9.5 4.5-1.5 7.5-4.9 7.5-9.5V6zM8.5 11.8l2.6 2.6 4.6-4.9",
  shieldOff: "M12 3 4.5 6v5.5c0 4.6 3 8 7.5 9.5 4.5-1.5 7.5-4.9 7.5-9.5V6zM3.5 3.5l17 17",
  battery: "M3 8h15v8H3zM18 10.5h2.5v3H18M6 11v2M9 11v2M12 11v2",
  check: "M4.5 12.5l5 5L19.5 7",
  open: "M8 10l4 4 4-4",
  /** The silhouette that the map shows. */
  aircraft: "M12 1l1.5 3.1v4.8l8.9 5.5v2.2l-8.9-2.9-.2 5.1 3.3 2.4V23L12 21.7 7.4 23v-1.8l3.3-2.4-.2-5.1-8.9 2.9v-2.2l8.9-5.5V4.1z",
  close: "M6 6l12 12M18 6 6 18",
  bin: "M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7",
} as const;
