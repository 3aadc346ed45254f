/** What a verification found, worded from its code and data. */

import type { Finding, ZoneFeature } from "../contract";
import { zoneName } from "./alert_words";
import { lengthInWords, tenthFigure } from "./figures";
import { isWord, language, say } from "./language";
import { bandsInWords } from "./zone_words";

export interface FindingText {
  message: string;
  remedy: string;
}

/** Word a finding; one with a code that the page does not know keeps the service's sentence. */
export function findingText(finding: Finding, zones: readonly ZoneFeature[]): FindingText {
  const zone = zones.find(({ id }) => id === finding.zone_id);
  const key = keyOf(finding, zone);
  if (!isWord(key)) return { message: finding.message, remedy: finding.remedy };
  const metres = finding.clearance_m === null ? null : distanceInWords(Math.abs(finding.clearance_m));
  const band = zone ? bandsInWords(zone.properties.bands, true) : "";
  const values = {
    zone: finding.zone_id === null ? say("finding.zone.unknown") : zoneName(zone, finding.zone_id),
    metres: metres ?? "",
    // where nothing was measured, or next to nothing, no figure is better
    by: metres !== null && finding.clearance_m !== 0 ? say("finding.by", { metres }) : "",
    band: band && say("finding.band", { band }),
    escape: escapeInWords(zone, band),
  };
  const part = partInWords(finding);
  const message = say(key, values);
  const remedyKey = `finding.${key === "finding.margin.lowered" ? "margin.lowered" : finding.code}.remedy`;
  // the service's own remedy is the more exact one, but it speaks English
  const remedy = language.value === "en" && finding.remedy !== "" ? finding.remedy : isWord(remedyKey) ? say(remedyKey, values) : "";
  return { message: part === "" ? sentence(message) : `${part}${say("finding.colon")}${message}`, remedy };
}

function keyOf({ code, zone_id, clearance_m }: Finding, zone: ZoneFeature | undefined): string {
  const key = `finding.${code}`;
  switch (code) {
    case "margin":
      return clearance_m === null ? `${key}.lowered` : key;
    case "terrain":
      return clearance_m !== null && clearance_m <= 0 ? `${key}.below` : key;
    case "corner":
    case "circle":
    case "tracking":
      return zone?.properties.kind === "inclusion" ? `${key}.inclusion` : key;
    case "return_above":
      return zone_id === null ? `${key}.limit` : key;
    default:
      return key;
  }
}

/** "Items 3–4"; empty for a finding about the whole plan. */
function partInWords({ from_seq: from, item_seq: to }: Finding): string {
  if (to === null) return "";
  if (from === null || from === to) return to === 0 ? say("finding.item.home") : say("finding.item", { item: to });
  return from === 0 ? say("finding.leg.home", { to }) : say("finding.leg", { from, to });
}

function escapeInWords(zone: ZoneFeature | undefined, band: string): string {
  if (!zone || zone.properties.kind === "inclusion") return "";
  const ways = [];
  if (band !== "") ways.push(say("finding.escape.band", { band }));
  if (!zone.properties.is_permanent) ways.push(say("finding.escape.hours"));
  return ways.join("");
}

function distanceInWords(metres: number): string {
  return metres < 10 ? `${tenthFigure(metres)} ${say("alt.unit")}` : lengthInWords(metres);
}

function sentence(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** The same thing found at many places is said once, where it is worst, with the number of the others. */
export function findingTexts(findings: readonly Finding[], zones: readonly ZoneFeature[]): (FindingText & { isViolation: boolean; others: number })[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.code} ${finding.zone_id ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()]
    .map((group) => {
      const worst = group.reduce((a, b) => ((b.clearance_m ?? 0) < (a.clearance_m ?? 0) ? b : a));
      return { ...findingText(worst, zones), isViolation: worst.severity === "violation", others: group.length - 1 };
    })
    .sort((a, b) => Number(b.isViolation) - Number(a.isViolation));
}
