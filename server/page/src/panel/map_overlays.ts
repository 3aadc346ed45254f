/** What lies on the map: buttons and the legend. */

import { h, icon, ICONS } from "../element";
import type { CommandMap } from "../map/command_map";
import { say } from "../words/language";

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

export function legend(hasZones: boolean): HTMLElement {
  const signs = ["inclusion", "exclusion", "advisory", "planned", "transit", "flown", "pad"] as const;
  return h(
    "section",
    { class: "legend", "aria-label": say("legend") },
    ...signs.map((sign) =>
      h(
        "span",
        { class: "sign" },
        h("span", { class: `sign-mark sign-${sign}`, "aria-hidden": "true" }, sign === "pad" ? "H" : ""),
        say(`legend.${sign}`),
      ),
    ),
    hasZones ? null : h("span", { class: "legend-note" }, say("map.no_zones")),
  );
}
