/** All zones as text: what the map shows, for keyboard and screen reader, and the way to a zone by its name. */

import type { ZoneFeature } from "../contract";
import { h, setText } from "../element";
import { lookOf } from "../map/zone_style";
import { localName, say } from "../words/language";
import { bandsInWords, causesInWords, meaningInWords, momentInWords, timesInWords } from "../words/zone_words";
import type { ZoneTimes } from "../zone_times";
import { Dialog } from "./dialog";

const MOST_ROWS = 200;
const RANK = { exclusion: 0, advisory: 1, inclusion: 2 } as const;

/** Open the list; `onChoose` is told which zone to show on the map. */
export function openZoneList(
  zones: readonly ZoneFeature[],
  times: ZoneTimes,
  nowS: number,
  onChoose: (zoneId: string) => void,
): void {
  const timeS = times.shownS(nowS);
  const close = h("button", { type: "button", class: "button is-primary" }, say("help.close"));
  const search = h("input", { type: "search", id: "zone-search", autocomplete: "off" });
  const count = h("p", { class: "facts", role: "status" });
  const rows = h("ul", { class: "zone-rows" });
  const ordered = [...zones].sort(
    (a, b) =>
      RANK[a.properties.kind] - RANK[b.properties.kind] ||
      Number(times.isActive(b, timeS)) - Number(times.isActive(a, timeS)) ||
      nameOf(a).localeCompare(nameOf(b)),
  );
  const show = (): void => {
    const wanted = search.value.trim().toLocaleLowerCase();
    const found = ordered.filter((zone) => `${zone.id} ${zone.properties.name}`.toLocaleLowerCase().includes(wanted));
    rows.replaceChildren(...found.slice(0, MOST_ROWS).map((zone) => zoneRow(zone, times, timeS, choose)));
    const active = found.filter((zone) => times.isActive(zone, timeS)).length;
    const words = { count: found.length, active, time: times.chosenS.value === null ? say("zone_time.now") : momentInWords(timeS, nowS) };
    setText(count, say(found.length > MOST_ROWS ? "zones.count.cut" : "zones.count", { ...words, shown: MOST_ROWS }));
  };
  const dialog = new Dialog(
    "zone-list",
    say("zones"),
    h("label", { class: "field", for: "zone-search" }, h("span", {}, say("zones.search")), search),
    count,
    rows,
    h("div", { class: "dialog-buttons" }, close),
  );
  const choose = (zoneId: string): void => {
    dialog.close();
    onChoose(zoneId);
  };
  search.addEventListener("input", show);
  close.addEventListener("click", () => dialog.close());
  show();
  dialog.open(search);
}

function nameOf(zone: ZoneFeature): string {
  return localName(zone.properties.name) || zone.id;
}

function zoneRow(
  zone: ZoneFeature,
  times: ZoneTimes,
  timeS: number,
  onChoose: (zoneId: string) => void,
): HTMLElement {
  const { properties } = zone;
  const isActive = times.isActive(zone, timeS);
  const facts = [
    meaningInWords(zone),
    bandsInWords(properties.bands, true) || say("zone.all_altitudes"),
    timesInWords(zone, times, timeS) || say("zone.always"),
    properties.kind === "advisory" ? "" : say(`zone_action.${properties.action}`),
    causesInWords(zone),
    properties.authorities.join(say("list.comma")),
  ].filter(Boolean);
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: `zone-row is-${lookOf(zone)}${isActive ? "" : " is-inactive"}`, onclick: () => onChoose(zone.id) },
      h("strong", {}, nameOf(zone)),
      h("span", { class: "zone-facts" }, facts.join(" · ")),
      properties.message !== "" && h("span", { class: "zone-message" }, properties.message),
    ),
  );
}
