/** What is asked about a fleet's patrol besides altitude, vehicle, wind and margin. */

import type { ZoneFeature } from "../../contract";
import { h } from "../../element";
import type { ScheduleRequest } from "../../schedule_contract";
import { localName, say } from "../../words/language";
import type { FlightChoices } from "../flight_options";
import { NumberField } from "../number_field";
import { CheckList } from "./check_list";
import { ClockField } from "./clock_field";
import { DocumentField, PAYLOAD, STATION, WANTED } from "./document_field";

export class FleetFields {
  readonly element: HTMLElement;
  readonly #station: DocumentField;
  readonly #wanted: DocumentField;
  readonly #payload: DocumentField;
  readonly #pictures = new NumberField("fleet.pictures", "alt.unit", null, { min: 0.1, max: 1000, step: 0.1 }, "fleet.pictures.hint");
  readonly #zones = new CheckList(say("fleet.zones"), say("fleet.zones.none"));
  readonly #swath = new NumberField("planner.swath", "alt.unit", 40, { min: 2, max: 500, step: 1 });
  readonly #begins = new ClockField("fleet.begins", "21:00");
  readonly #ends = new ClockField("fleet.ends", "23:00");
  // a date input would speak the browser's own language
  readonly #day = h("input", { type: "text", autocomplete: "off", placeholder: "2026-05-01" });

  constructor(documents: Map<string, string>, onChange: () => void) {
    this.#station = new DocumentField(STATION, documents, onChange);
    this.#wanted = new DocumentField(WANTED, documents, onChange);
    this.#payload = new DocumentField(PAYLOAD, documents, onChange);
    this.element = h(
      "div",
      { class: "fleet-fields" },
      this.#station.element,
      this.#wanted.element,
      this.#zones.element,
      this.#swath.element,
      this.#pictures.element,
      this.#payload.element,
      h(
        "div",
        { class: "fields is-window", role: "group", "aria-label": say("fleet.window") },
        this.#begins.element,
        this.#ends.element,
        h("label", { class: "field" }, h("span", {}, say("fleet.day")), this.#day),
        h("small", {}, say("fleet.day.hint")),
      ),
    );
  }

  set zones(zones: readonly ZoneFeature[]) {
    this.#zones.offer(zones.map(({ id, properties }) => ({ id, text: localName(properties.name) || id })));
  }

  /** A click on the map: whether the zone is one to tick. */
  toggleZone(zoneId: string): boolean {
    return this.#zones.toggle(zoneId);
  }

  focus(): void {
    this.#station.input.focus();
  }

  /** What is wrong with the first field that is; it gets the focus. */
  findFault(): string | null {
    for (const field of [this.#station, this.#wanted, this.#swath, this.#pictures, this.#payload, this.#begins, this.#ends]) {
      if (field.fault === null) continue;
      field.input.focus();
      return field.fault;
    }
    if (this.#day.value.trim() !== "" && !isDay(this.#day.value.trim())) {
      this.#day.focus();
      return say("fleet.day.wrong");
    }
    return this.#wanted.document === null && this.#zones.ticked.length === 0 ? say("fleet.nothing") : null;
  }

  /** The request, of fields without fault. */
  request(alt_rel_m: number, { margin_m, alt_step_m, home_alt_amsl_m, vehicle, wind }: FlightChoices): ScheduleRequest {
    const area = { name: "area", swath_m: this.#swath.value ?? 40, overlap: 0, crosshatch: false, headland: false } as const;
    return {
      station: this.#station.document ?? {},
      wanted: this.#wanted.document,
      patterns: this.#zones.ticked.map((zone_id) => ({ pattern: { ...area, zone_id } })),
      window: this.#window,
      alt_rel_m,
      alt_step_m: alt_step_m > 0 ? alt_step_m : null,
      margin_m,
      home_alt_amsl_m,
      vehicle,
      wind,
      payload: this.#payload.document,
      pictures_every_m: this.#pictures.value,
    };
  }

  get #window(): string {
    const [begins, ends] = [this.#begins.text, this.#ends.text];
    const day = this.#day.value.trim();
    if (day === "") return `${begins}-${ends}`;
    const first = new Date(`${day}T${begins}`);
    const last = new Date(`${day}T${ends}`);
    if (last <= first) last.setDate(last.getDate() + 1);
    return `${withOffset(first)}/${withOffset(last)}`;
  }
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(new Date(`${text}T00:00`).getTime());
}

/** By the page's own clock, with its offset: times of day are told in it. */
function withOffset(time: Date): string {
  const two = (part: number): string => String(Math.floor(part)).padStart(2, "0");
  const eastMin = -time.getTimezoneOffset();
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const offset = `${eastMin < 0 ? "-" : "+"}${two(Math.abs(eastMin) / 60)}:${two(Math.abs(eastMin) % 60)}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}${offset}`;
}
