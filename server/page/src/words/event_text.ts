import type { ServiceEvent } from "../contract";
import { isWord, language, say } from "./language";
import { modeInFull } from "./modes";

const OWN_WORDS = new Set(["text_reported"]);

/** An event in the page's language; what a vehicle says of itself stays in its own words. */
export function eventText(event: ServiceEvent, zoneName: (zoneId: string) => string = (id) => id): string {
  const { data } = event;
  if (OWN_WORDS.has(event.kind)) return String(data["text"] ?? event.text);
  const key = keyOf(event);
  if (!isWord(key)) return event.text;
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(data)) {
    values[name] = typeof value === "number" ? Math.round(Math.abs(value) * 10) / 10 : String(value ?? "");
  }
  if (event.kind === "mode_changed") {
    values["mode"] = modeInFull(String(data["mode"] ?? ""), language.value);
  }
  if (event.kind === "command_answered") values["command"] = commandInWords(String(data["command"] ?? ""));
  if (data["zone_id"] !== undefined) values["zone"] = zoneName(String(data["zone_id"]));
  const action = `guard.${String(data["action"])}`;
  if (isWord(action)) values["action"] = say(action);
  if (event.kind === "transfer_progressed") {
    const what = `transfer.${String(data["what"])}`;
    if (isWord(what)) values["what"] = say(what);
  }
  return say(key, values).replace(/[:：]\s*$/, "");
}

/** MAVLink's commands as operators call them; others keep their name. */
function commandInWords(command: string): string {
  const key = `command.${command}`;
  return isWord(key) ? say(key) : command;
}

function keyOf(event: ServiceEvent): string {
  if (event.kind === "command_answered") {
    return event.data["accepted"] === true ? "event.command_accepted" : "event.command_refused";
  }
  if (event.kind === "flight_ended") {
    return event.data["completed"] === true ? "event.flight_completed" : "event.flight_aborted";
  }
  if (event.kind === "zone_violated") {
    return typeof event.data["clearance_m"] === "number" ? "event.zone_violated" : "event.zone_entered";
  }
  if (event.kind === "breach_predicted") {
    return event.data["colour"] === "red" ? "event.breach_certain" : "event.breach_predicted";
  }
  if (event.kind === "guard_switched") return event.data["is_on"] === true ? "event.guard_on" : "event.guard_off";
  if (event.kind === "route_deviated") {
    return event.data["is_deviating"] === true ? `event.off_route.${String(event.data["aspect"])}` : "event.on_route";
  }
  if (event.kind === "link_lost" && event.drone_id !== "") return "event.vehicle_lost";
  return `event.${event.kind}`;
}
