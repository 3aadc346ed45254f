import type { ServiceEvent } from "../contract";
import { isWord, language, say } from "./language";
import { modeInWords } from "./modes";

const OWN_WORDS = new Set(["text_reported"]);

/** An event in the page's language; what a vehicle says of itself stays in its own words. */
export function eventText(event: ServiceEvent): string {
  const { data } = event;
  if (OWN_WORDS.has(event.kind)) return String(data["text"] ?? event.text);
  const key = keyOf(event);
  if (!isWord(key)) return event.text;
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(data)) {
    values[name] = typeof value === "number" ? Math.round(value * 10) / 10 : String(value ?? "");
  }
  if (event.kind === "mode_changed") {
    const mode = String(data["mode"] ?? "");
    const words = modeInWords(mode, language.value);
    values["mode"] = words === mode ? mode : `${words} ${mode}`;
  }
  if (event.kind === "transfer_progressed") {
    const what = `transfer.${String(data["what"])}`;
    if (isWord(what)) values["what"] = say(what);
  }
  return say(key, values).replace(/[:：]\s*$/, "");
}

function keyOf(event: ServiceEvent): string {
  if (event.kind === "command_answered") {
    return event.data["accepted"] === true ? "event.command_accepted" : "event.command_refused";
  }
  if (event.kind === "flight_ended") {
    return event.data["completed"] === true ? "event.flight_completed" : "event.flight_aborted";
  }
  return `event.${event.kind}`;
}
