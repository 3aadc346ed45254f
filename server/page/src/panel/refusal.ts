/** Why the service or the vehicle said no, in the page's language where it can be. */

import type { ZoneFeature } from "../contract";
import { Refused } from "../service";
import { findingTexts } from "../words/finding_text";

const MOST_FINDINGS = 6;

/** Sentences, each once; null where nobody answered at all. */
export function refusalInWords(error: unknown, zones: readonly ZoneFeature[]): string[] | null {
  if (!(error instanceof Refused)) return null;
  const violations = error.findings.filter(({ severity }) => severity === "violation");
  // findings say what the service's own sentence says, and in the page's language
  const texts = findingTexts(violations.length > 0 ? violations : error.findings, zones)
    .slice(0, MOST_FINDINGS)
    .map(({ message, remedy }) => [message, remedy].filter(Boolean).join(" – "));
  const said = texts.length > 0 ? [...texts, ...error.reasons] : [error.message, ...error.reasons];
  return [...new Set(said)].filter(Boolean);
}
