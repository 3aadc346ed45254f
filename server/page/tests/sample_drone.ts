import type { Drone } from "../src/contract";

/** A drone on patrol. */
export function sampleDrone(changes: Partial<Drone> = {}): Drone {
  return {
    id: "1-1",
    name: "1",
    system_id: 1,
    link: "tcp:127.0.0.1:5760",
    is_connected: true,
    age_s: 0.1,
    autopilot: "ArduPilot",
    mode: "AUTO",
    is_armed: true,
    is_flying: true,
    position: { lat_deg: 36.09, lon_deg: 103.7 },
    alt_rel_m: 50,
    alt_amsl_m: 1570,
    heading_deg: 90,
    course_deg: 90,
    ground_speed_m_s: 8,
    climb_m_s: 0,
    battery: { voltage_v: 12.4, current_a: 15, remaining_pct: 87 },
    gps: { fix: 6, satellites: 10, hdop: 1.2 },
    home: { lat_deg: 36.09, lon_deg: 103.7 },
    mission: { seq: 4, reached_seq: 3, count: 42, is_paused: false },
    plan_id: "p1",
    flight_phase: "flying",
    prearm: { ok: true, reasons: [] },
    zone_clearance_m: 31,
    alerts: [],
    guard: { is_on: true, who: "", why: "", is_overruled: false },
    control: { holder: null, request: null },
    conformance: { cross_track_m: 0.2, deviating: [] },
    fence_breached: false,
    ...changes,
  };
}
