/** The page's language, and the words in it. */

import type { Plan, ZoneFeature } from "../contract";
import { Signal } from "../signal";
import { en, type WordKey } from "./en";
import { zh } from "./zh";

export type Language = "en" | "zh";
export type { WordKey };

const TABLES: Record<Language, Record<WordKey, string>> = { en, zh };
const REMEMBERED_AS = "feiying.language";

export function preferredLanguage(remembered: string | null, browser: readonly string[]): Language {
  if (remembered === "en" || remembered === "zh") return remembered;
  return browser[0]?.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function recall(): string | null {
  try {
    return localStorage.getItem(REMEMBERED_AS);
  } catch {
    return null;
  }
}

export const language = new Signal<Language>("en");

export function startLanguage(): void {
  language.set(preferredLanguage(recall(), navigator.languages));
  language.watch((chosen) => {
    document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
    document.title = say("title");
  });
}

export function switchLanguage(): void {
  language.set(language.value === "zh" ? "en" : "zh");
  try {
    localStorage.setItem(REMEMBERED_AS, language.value);
  } catch {
    // a browser that keeps nothing still switches
  }
}

/** The word for `key`, with `{names}` filled in. */
export function say(key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
  return TABLES[language.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function isWord(key: string): key is WordKey {
  return Object.hasOwn(en, key);
}

/** The part of a two-language name ("雁鸣洲 Yanming Island") that fits the page's language. */
export function localName(name: string): string {
  const parts = /^([^A-Za-z]*[\u3400-\u9fff][^A-Za-z]*?)\s+([A-Za-z][^\u3400-\u9fff]*)$/.exec(name);
  if (!parts) return name;
  return (language.value === "zh" ? parts[1] : parts[2])?.trim() ?? name;
}

/** A plan by its zone and pattern in the page's language; "2/3" tells drones apart, "flight 1/2" their batteries. */
export function planName(plan: Plan, zones: readonly ZoneFeature[]): string {
  if (plan.pattern === "fleet") return flightName(plan.name);
  const zone = zones.find(({ id }) => id === plan.zone_id);
  if ((!zone && plan.zone_id !== "") || plan.pattern === "") return localName(plan.name);
  const [, part, flight] = /(?:\s(\d+\/\d+))?(?:\sflight (\d+\/\d+))?$/.exec(plan.name) ?? [];
  const where = zone && (localName(zone.properties.name) || zone.id);
  return [where, say(`planner.${plan.pattern}`), part, flight && say("planner.flight", { flight })].filter(Boolean).join(" ");
}

/** A flight of a schedule by its drone there and its number: "red flight 2". */
export function flightName(name: string): string {
  const [, drone, flight] = /^(.*) flight (\d+)$/.exec(name) ?? [];
  return drone !== undefined && flight !== undefined ? say("fleet.flight", { drone, flight }) : name;
}

/** "Drone 1" for a bare number, the name itself otherwise. */
export function droneName(name: string): string {
  return /^\d+$/.test(name) ? say("drone", { name }) : name;
}
