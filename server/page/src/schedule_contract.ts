/** What the service says of schedules of a fleet, as `docs/api.md` has it. */

import type { Finding, PatternRequest, Plan, Wind } from "./contract";

/** GeoJSON, or a station's pads and drones, as it was written; the service reads it. */
export type WrittenDocument = Record<string, unknown>;

export interface ScheduleRequest {
  station: WrittenDocument;
  wanted: WrittenDocument | null;
  patterns: { pattern: PatternRequest }[];
  window: string | null;
  alt_rel_m: number;
  alt_step_m: number | null;
  margin_m: number | null;
  home_alt_amsl_m: number | null;
  vehicle: string | null;
  wind: Wind;
  payload: WrittenDocument | null;
  pictures_every_m: number | null;
}

/** What is other than it was planned, `time_s` after the window's beginning. */
export interface ReplanRequest {
  time_s: number;
  lost: string[];
  withdraw: string[];
  add: WrittenDocument | null;
  wind: Wind | null;
}

export interface ScheduledFlight {
  name: string;
  plan_id: string;
  departure_s: number;
  landing_s: number;
  alt_rel_m: number;
  length_m: number;
  energy_wh: number;
  limit_wh: number;
  is_airborne: boolean;
  is_legal: boolean;
  tasks: { name: string; start_s: number; end_s: number }[];
}

export interface ScheduledDrone {
  id: string;
  pad: string;
  vehicle: string;
  flights: ScheduledFlight[];
  swaps: { start_s: number; end_s: number }[];
}

/** What moved when it was planned anew. */
export interface ScheduleChanges {
  moves: { task: string; from: string | null; to: string | null }[];
  reordered: string[];
  notes: { subject: string; text: string }[];
  conflicts: { drones: string[]; time_s: number; distance_m: number }[];
}

export interface Schedule {
  /** Empty for one that is not kept. */
  id: string;
  replaces: string | null;
  changes: ScheduleChanges | null;
  window: { begins: string; begins_clock_s: number; begins_utc_s: number | null; length_s: number };
  home_s: number;
  home: string;
  is_legal: boolean;
  drones: ScheduledDrone[];
  unserved: { name: string; reason: string; remedy: string }[];
  areas: { name: string; zone_id: string; swath_m: number; coverage: number }[];
  findings: Finding[];
}

export interface PlannedSchedule {
  schedule: Schedule;
  plans: Plan[];
}
