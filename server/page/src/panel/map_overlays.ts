/** What lies on the map: buttons and the legend. */

import type { ZoneFeature } from "../contract";
import { h, icon, ICONS } from "../element";
import type { CommandMap } from "../map/command_map";
import { lookOf, type ZoneLook } from "../map/zone_style";
import { say } from "../words/language";

const LOOKS: readonly ZoneLook[] = ["inclusion", "prohibited", "authorisation", "conditional", "information", "advisory"];

type LegendSign = ZoneLook | "inactive" | "planned" | "transit" | "flown" | "pad" | "aircraft";

/** What the legend tells besides the zones. */
interface LegendFacts {
  lacksZones: boolean;
  hasAircraft: boolean;
}

function mapButton(label: string, path: string, onclick: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "map-button", "aria-label": label, title: label, onclick }, icon(path));
}

export function mapButtons(map: CommandMap): HTMLElement {
  const follow = mapButton(say("map.follow"), ICONS.follow, () => map.isFollowing.set(!map.isFollowing.value));
  map.isFollowing.watch((isOn) => follow.setAttribute("aria-pressed", String(isOn)));
  map.selectedId.watch((id) => (follow.disabled = id === null));
  return h(
    "div",
    { class: "map-buttons", role: "group", "aria-label": say("map") },
    mapButton(say("map.zoom_in"), ICONS.plus, () => map.leaflet.zoomIn()),
    mapButton(say("map.zoom_out"), ICONS.minus, () => map.leaflet.zoomOut()),
    mapButton(say("map.fit"), ICONS.fit, () => map.fitAll()),
    follow,
  );
}

function aircraftIcon(): SVGSVGElement {
  const mark = icon(ICONS.aircraft);
  mark.setAttribute("class", "icon is-filled");
  return mark;
}

/** The signs that are on the map. */
export function legend(zones: readonly ZoneFeature[], isActive: (zone: ZoneFeature) => boolean, facts: LegendFacts): HTMLElement {
  const looks = new Set(zones.map(lookOf));
  const signs: LegendSign[] = LOOKS.filter((look) => looks.has(look));
  if (zones.some((zone) => !isActive(zone))) signs.push("inactive");
  signs.push("planned", "transit", "flown", "pad");
  if (facts.hasAircraft) signs.push("aircraft");
  return h(
    "section",
    { class: "legend", "aria-label": say("legend") },
    ...signs.map((sign) =>
      h(
        "span",
        { class: "sign" },
        h("span", { class: `sign-mark sign-${sign}`, "aria-hidden": "true" }, sign === "pad" ? "H" : sign === "aircraft" ? aircraftIcon() : ""),
        say(`legend.${sign}`),
      ),
    ),
    facts.lacksZones ? h("span", { class: "legend-note" }, say("map.no_zones")) : null,
  );
}
