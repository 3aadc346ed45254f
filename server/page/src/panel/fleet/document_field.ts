/** A JSON document: chosen as a file or pasted. */

import { h } from "../../element";
import type { WrittenDocument } from "../../schedule_contract";
import { say, type WordKey } from "../../words/language";

const MOST_BYTES = 16_000_000;

export interface DocumentKind {
  label: WordKey;
  hint: WordKey;
  isOptional: boolean;
  /** What it holds, in words; null where it is not what it should be. */
  tell: (document: WrittenDocument) => string | null;
  wrong: WordKey;
}

export class DocumentField {
  readonly element: HTMLElement;
  readonly input: HTMLTextAreaElement;
  readonly #kind: DocumentKind;
  readonly #told: HTMLElement;
  readonly #remembered: Map<string, string>;

  constructor(kind: DocumentKind, remembered: Map<string, string>, onChange: () => void) {
    this.#kind = kind;
    this.#remembered = remembered;
    const id = kind.label.replaceAll(".", "-");
    const field = say(kind.label);
    this.input = h("textarea", {
      id,
      rows: 2,
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": `${id}-told`,
      oninput: () => this.#changed(onChange),
    });
    const file = h("input", {
      type: "file",
      hidden: true,
      accept: ".json,.geojson,application/json,application/geo+json",
      onchange: () => void this.#read(file, onChange),
    });
    const choose = h(
      "button",
      { type: "button", class: "button is-small", "aria-label": say("fleet.file.of", { field }), onclick: () => file.click() },
      say("fleet.file"),
    );
    this.#told = h("small", { id: `${id}-told`, class: "document-told" });
    this.element = h(
      "div",
      { class: "field places document" },
      h("div", { class: "places-head" }, h("label", { for: id }, field), h("span", {}, choose, file)),
      this.input,
      this.#told,
    );
    this.input.value = remembered.get(kind.label) ?? "";
    this.#tell();
  }

  /** The document, of a field without fault; null where it is left empty. */
  get document(): WrittenDocument | null {
    return this.#parsed() ?? null;
  }

  get fault(): string | null {
    const field = say(this.#kind.label);
    const parsed = this.#parsed();
    if (parsed === null) return this.#kind.isOptional ? null : say("fleet.document.missing", { field });
    if (parsed === undefined) return say("fleet.document.wrong", { field });
    return this.#kind.tell(parsed) === null ? say(this.#kind.wrong) : null;
  }

  /** Undefined where it is no object of JSON. */
  #parsed(): WrittenDocument | null | undefined {
    if (this.input.value.trim() === "") return null;
    try {
      const document: unknown = JSON.parse(this.input.value);
      return typeof document === "object" && document !== null && !Array.isArray(document) ? (document as WrittenDocument) : undefined;
    } catch {
      return undefined;
    }
  }

  #changed(onChange: () => void): void {
    this.#remembered.set(this.#kind.label, this.input.value);
    this.#tell();
    onChange();
  }

  #tell(): void {
    const parsed = this.#parsed();
    this.#told.textContent = parsed === null ? say(this.#kind.hint) : (this.fault ?? (parsed && this.#kind.tell(parsed)) ?? "");
    this.#told.classList.toggle("is-bad", parsed !== null && this.fault !== null);
  }

  async #read(file: HTMLInputElement, onChange: () => void): Promise<void> {
    const chosen = file.files?.[0];
    if (!chosen) return;
    if (chosen.size > MOST_BYTES) {
      this.#told.textContent = say("fleet.document.large", { field: say(this.#kind.label) });
      this.#told.classList.add("is-bad");
      return;
    }
    this.input.value = await chosen.text();
    file.value = ""; // so that the same file can be chosen again after it was changed
    this.#changed(onChange);
  }
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((each): each is Record<string, unknown> => typeof each === "object" && each !== null) : [];
}

export const STATION: DocumentKind = {
  label: "fleet.station",
  hint: "fleet.station.hint",
  isOptional: false,
  wrong: "fleet.station.wrong",
  tell: (document) => {
    const [pads, drones] = [list(document["pads"]), list(document["drones"])];
    if (pads.length === 0 || drones.length === 0) return null;
    const names = drones.map(({ id }) => String(id)).slice(0, 8).join(say("list.comma"));
    return say("fleet.station.holds", { pads: pads.length, drones: drones.length, names });
  },
};

export const WANTED: DocumentKind = {
  label: "fleet.wanted",
  hint: "fleet.wanted.hint",
  isOptional: true,
  wrong: "fleet.wanted.wrong",
  tell: (document) => {
    const counts = { lines: 0, points: 0 };
    for (const feature of document["type"] === "FeatureCollection" ? list(document["features"]) : [document]) {
      const geometry = (feature["type"] === "Feature" ? feature["geometry"] : feature) as { type?: unknown; coordinates?: unknown } | null;
      const members = Array.isArray(geometry?.coordinates) ? geometry.coordinates.length : 0;
      if (geometry?.type === "LineString") counts.lines += 1;
      if (geometry?.type === "MultiLineString") counts.lines += members;
      if (geometry?.type === "Point") counts.points += 1;
      if (geometry?.type === "MultiPoint") counts.points += members;
    }
    return counts.lines + counts.points > 0 ? say("fleet.wanted.holds", counts) : null;
  },
};

export const PAYLOAD: DocumentKind = {
  label: "fleet.payload",
  hint: "fleet.payload.hint",
  isOptional: true,
  wrong: "fleet.payload.wrong",
  tell: (document) => {
    if (!["devices", "points", "areas"].some((part) => part in document)) return null;
    const devices = Object.keys((document["devices"] as object | undefined) ?? {}).length;
    return say("fleet.payload.holds", { devices, points: list(document["points"]).length, areas: list(document["areas"]).length });
  },
};
