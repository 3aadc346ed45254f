/** The zones that a drone breaks or is about to break, and what its guard does: the top of its card. */

import type { Drone, ZoneAlert, ZoneFeature } from "../contract";
import { h, icon, ICONS } from "../element";
import { dangerInWords, levelOf, nextInWords, remainderInWords } from "../words/alert_words";
import { say } from "../words/language";
import { type GuardState, guardWord } from "./guard_state";

/** So many are said in full; the most urgent comes first. */
const MOST_ALERTS = 2;

export class ZoneAlerts {
  readonly element = h("div", { class: "zone-alerts" });
  #shown = "";

  show(drone: Drone, guard: GuardState, zoneOf: (zoneId: string) => ZoneFeature | undefined): void {
    const rows = drone.alerts.slice(0, MOST_ALERTS).map((alert) => ({
      level: levelOf(alert),
      danger: dangerInWords(zoneOf(alert.zone_id), alert),
      rest: remainderInWords(alert),
      next: guard.is === "acted" && alert.colour === "red" ? "" : nextInWords(alert, drone),
    }));
    const more = drone.alerts.length - rows.length;
    const word = guardWord(guard);
    const note = word === null ? "" : [say(word), guard.is === "off" ? reasonOf(guard) : ""].filter(Boolean).join(say("finding.colon"));
    const key = JSON.stringify([rows, more, guard.is, note]);
    if (key === this.#shown) return;
    this.#shown = key;
    this.element.replaceChildren(
      ...rows.map(({ level, danger, rest, next }) =>
        h(
          "div",
          { class: `zone-alert is-${level}`, "data-level": level },
          icon(level === "yellow" ? ICONS.caution : ICONS.danger),
          h(
            "div",
            { class: "zone-alert-text" },
            h("strong", {}, danger),
            h("span", { class: "zone-alert-next" }, [say(`alert.level.${level}`), next].filter(Boolean).join(" · ")),
          ),
          rest !== "" && h("span", { class: "zone-alert-rest" }, rest),
        ),
      ),
      ...(more > 0 ? [h("p", { class: "zone-alert-more" }, say("alert.more", { count: more }))] : []),
      ...(note !== ""
        ? [h("p", { class: `guard-note is-${guard.is}`, "data-guard": guard.is }, icon(guard.is === "acted" ? ICONS.shield : ICONS.shieldOff), h("span", {}, note))]
        : []),
    );
  }
}

function reasonOf({ who, why }: { who: string; why: string }): string {
  return who === "" ? why : `${why} (${who})`;
}

/** The gravest level of a drone's alerts; null where there are none. */
export function gravest(alerts: readonly ZoneAlert[]): "yellow" | "red" | null {
  if (alerts.some(({ colour }) => colour === "red")) return "red";
  return alerts.length > 0 ? "yellow" : null;
}
