import type { AlertLimit, ServiceEvent, ZoneFeature } from "../contract";
import { dangerInWords, zoneName } from "./alert_words";
import { isWord, language, say } from "./language";
import { modeInFull } from "./modes";

const OWN_WORDS = new Set(["text_reported"]);

type Values = Record<string, string | number>;
type Zones = (zoneId: string) => ZoneFeature | undefined;

/** An event in the page's language; what a vehicle says of itself stays in its own words. */
export function eventText(event: ServiceEvent, zoneOf: Zones = () => undefined): string {
  const { data } = event;
  if (OWN_WORDS.has(event.kind)) return String(data["text"] ?? event.text);
  const key = keyOf(event);
  if (!isWord(key)) return event.text;
  const values: Values = {};
  for (const [name, value] of Object.entries(data)) {
    values[name] = typeof value === "number" ? Math.round(Math.abs(value) * 10) / 10 : String(value ?? "");
  }
  if (typeof data["zone_id"] === "string") values["zone"] = zoneName(zoneOf(data["zone_id"]), data["zone_id"]);
  return say(key, { ...values, ...ownValues(event, zoneOf) }).replace(/[:：]\s*$/, "");
}

/** What the words of some kinds want besides the event's own data. */
function ownValues({ kind, data }: ServiceEvent, zoneOf: Zones): Values {
  switch (kind) {
    case "mode_changed":
      return { mode: modeInFull(String(data["mode"] ?? ""), language.value) };
    case "command_answered":
    case "command_progressed":
    case "emergency_commanded":
      return { command: wordOr("command", String(data["command"] ?? "")) };
    case "transfer_progressed":
      return { what: wordOr("transfer", String(data["what"])) };
    case "parameters_changed":
      return { purpose: purposeInWords(String(data["purpose"])), changes: changesInWords(data["changes"]) };
    case "breach_predicted": {
      const seconds = data["time_to_breach_s"];
      const alert = { zone_id: String(data["zone_id"]), limit: data["limit"] as AlertLimit, is_breached: false };
      return {
        danger: dangerInWords(zoneOf(alert.zone_id), alert),
        when: typeof seconds === "number" ? say("event.breach_predicted.in", { seconds: Math.floor(seconds) }) : "",
      };
    }
    case "guard_switched": {
      const who = String(data["who"] ?? "");
      return { by: who === "" ? "" : say("event.guard_switched.by", { who }) };
    }
    case "traffic_near":
      return { distance_m: Math.round(Number(data["distance_m"])) };
    case "recordings_deleted":
      return { count: Array.isArray(data["paths"]) ? data["paths"].length : 0 };
    default:
      return {};
  }
}

/** MAVLink's names and the service's own as operators call them; others keep their name. */
function wordOr(family: string, name: string): string {
  const key = `${family}.${name}`;
  return isWord(key) ? say(key) : name;
}

function purposeInWords(purpose: string): string {
  const key = `purpose.${purpose.replaceAll(" ", "_")}`;
  return isWord(key) ? say(key) : purpose;
}

function changesInWords(changes: unknown): string {
  const pairs = Object.entries((changes ?? {}) as Record<string, [number, number]>);
  return pairs.map(([name, [before, after]]) => `${name} ${before} → ${after}`).join(say("list.comma"));
}

function keyOf({ kind, drone_id, data }: ServiceEvent): string {
  const key = `event.${kind}`;
  switch (kind) {
    case "command_answered":
      return `${key}.${data["accepted"] === true ? "accepted" : "refused"}`;
    case "flight_found":
      return data["plan_name"] === "" ? `${key}.unknown` : key;
    case "flight_ended":
    case "operation_ended":
      return `${key}.${data["completed"] === true ? "completed" : "aborted"}`;
    case "zone_violated":
      return typeof data["clearance_m"] === "number" ? key : `${key}.unmeasured`;
    case "breach_predicted":
      return `${key}.${String(data["colour"])}`;
    case "guard_acted":
    case "guard_refused":
      return `${key}.${String(data["action"])}`;
    case "guard_switched":
      return `${key}.${data["is_on"] === true ? "on" : "off"}`;
    case "recordings_deleted":
      return `${key}.${String(data["reason"])}`;
    case "flight_logged":
      return data["is_complete"] === true ? key : `${key}.cut_off`;
    case "route_deviated":
      return `${key}.${deviationOf(data)}`;
    case "system_id_duplicated":
      return data["is_ignored"] === false ? `${key}.mixed` : key;
    case "link_crowded":
      return `${key}.${String(data["senders"])}`;
    case "signing_mismatched":
      return `${key}.${String(data["cause"])}`;
    case "link_lost":
      return drone_id === "" ? key : `${key}.vehicle`;
    default:
      return key;
  }
}

function deviationOf(data: ServiceEvent["data"]): string {
  if (data["is_deviating"] !== true) return "back";
  const isPositive = Number(data["deviation"]) > 0;
  switch (data["aspect"]) {
    case "altitude":
      return isPositive ? "altitude_high" : "altitude_low";
    case "schedule":
      return isPositive ? "schedule_late" : "schedule_early";
    default:
      return String(data["aspect"]);
  }
}
