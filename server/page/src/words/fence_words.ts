/** What an on-board fence does not carry, and how a vehicle comes back. */

import type { NotCarried, ReturnPolicy, ZoneFeature } from "../contract";
import { zoneName } from "./alert_words";
import { isWord, say } from "./language";

/** ArduCopter's return altitude as shipped, which a plan without a policy is verified with. */
const USUAL_RETURN_ALT_M = 15;
const MOST_NAMED = 3;

export interface AccountLine {
  names: string;
  words: string;
  isStricter: boolean;
}

/** A line for each thing that is lost: which zones, and what of them; what is only watched comes first. */
export function accountLines(account: readonly NotCarried[], zones: readonly ZoneFeature[]): AccountLine[] {
  const groups = new Map<string, NotCarried[]>();
  for (const entry of account) {
    const key = `${Number(entry.is_stricter)} ${Number(isFar(entry))} ${entry.loss}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  const ordered = [...groups].sort(([a], [b]) => a.localeCompare(b));
  return ordered.flatMap(([, entries]) => {
    const [first] = entries;
    return first ? [{ names: namesOf(entries, zones), words: lossInWords(first, entries), isStricter: first.is_stricter }] : [];
  });
}

function lossInWords(first: NotCarried, entries: readonly NotCarried[]): string {
  const key = `loss.${first.loss}.${first.is_stricter ? "stricter" : "watched"}`;
  const area = Math.round(entries.reduce((sum, { area_m2 }) => sum + (area_m2 ?? 0), 0));
  return isWord(key) ? say(key, { area: `${area.toLocaleString("en")} ${say("area.unit")}` }) : first.detail;
}

function namesOf(entries: readonly NotCarried[], zones: readonly ZoneFeature[]): string {
  const ids = [...new Set(entries.map(({ zone_id }) => zone_id))];
  const names = ids
    .slice(0, MOST_NAMED)
    .map((id) => (id === "" ? say("fence.flight") : zoneName(zones.find((zone) => zone.id === id), id)))
    .join(say("list.comma"));
  return ids.length > MOST_NAMED ? say("fence.others", { names, count: ids.length }) : names;
}

/** The account in one line. */
export function accountInWords(account: readonly NotCarried[], zones: readonly ZoneFeature[]): string {
  const watched = new Set(account.filter((entry) => !entry.is_stricter && !isFar(entry)).map(({ zone_id }) => zone_id));
  const [only] = watched;
  if (watched.size === 1 && only !== undefined && only !== "") {
    return say("fence.partly.one", { zone: zoneName(zones.find(({ id }) => id === only), only) });
  }
  if (watched.size > 0) return say("fence.partly", { count: watched.size });
  const stricter = new Set(account.filter((entry) => entry.is_stricter && !isFar(entry)).map(({ zone_id }) => zone_id));
  return stricter.size > 0 ? say("fence.stricter", { count: stricter.size }) : say("fence.whole");
}

/** Far zones are many and matter least. */
function isFar({ loss }: NotCarried): boolean {
  return loss === "out_of_reach";
}

export function returnsInWords(returns: ReturnPolicy | null): string {
  if (returns === null) return say("returns.vehicle", { alt: altitude(USUAL_RETURN_ALT_M) });
  const count = returns.rally_points.length;
  if (returns.mode === "rtl" && count > 0) return say("returns.rally", { alt: altitude(returns.alt_rel_m), count });
  return say(`returns.${returns.mode}`, { alt: altitude(returns.alt_rel_m) });
}

function altitude(metres: number): string {
  return `${Math.round(metres)} ${say("alt.unit")}`;
}
