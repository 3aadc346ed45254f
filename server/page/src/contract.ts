/** What the service says, as `docs/api.md` has it. */

export interface Place {
  lat_deg: number;
  lon_deg: number;
}

/** Latitude, longitude. */
export type LatLonPair = [number, number];

export type ZoneKind = "inclusion" | "exclusion" | "advisory";

export type ZoneSeverity = "prohibited" | "authorisation" | "conditional" | "information";

export type ZoneAction = "warn" | "hold" | "return" | "land";

/** What a vehicle is told by its guard. */
export type GuardOrder = Exclude<ZoneAction, "warn">;

export type AltitudeDatum = "agl" | "rel" | "amsl" | "ellipsoid";

export interface ZoneBand {
  floor_m: number | null;
  floor_datum: AltitudeDatum;
  ceiling_m: number | null;
  ceiling_datum: AltitudeDatum;
}

/** When the zones of limited times hold: intervals of seconds since 1970. */
export interface ZoneActivity {
  from_utc_s: number;
  to_utc_s: number;
  zones: Record<string, [number, number][]>;
}

export interface PolygonGeometry {
  type: "Polygon";
  coordinates: number[][][];
}

export interface MultiPolygonGeometry {
  type: "MultiPolygon";
  coordinates: number[][][][];
}

export interface LineGeometry {
  type: "LineString";
  coordinates: number[][];
}

export interface ZoneFeature {
  type: "Feature";
  id: string;
  properties: {
    name: string;
    kind: ZoneKind;
    severity: ZoneSeverity;
    action: ZoneAction;
    /** One for each volume of the zone. */
    bands: ZoneBand[];
    is_permanent: boolean;
    causes: string[];
    message: string;
    authorities: string[];
  };
  geometry: PolygonGeometry | MultiPolygonGeometry;
}

export interface Collection<F> {
  type: "FeatureCollection";
  features: F[];
}

export type Surface = "water" | "sand" | "green" | "building" | "road";

/** Something to draw under the zones; means nothing to a flight. */
export interface GroundFeature {
  type: "Feature";
  properties: { surface: Surface; name?: string };
  geometry: PolygonGeometry | MultiPolygonGeometry | LineGeometry;
}

export type RouteKind = "transit" | "coverage" | "perimeter" | "corridor" | "line" | "visit" | "orbit" | "search";

export interface Route {
  kind: RouteKind;
  /** One a position. */
  alts_rel_m: number[];
  length_m: number;
  positions: LatLonPair[];
}

export interface Finding {
  severity: "violation" | "advice";
  code: string;
  message: string;
  remedy: string;
  from_seq: number | null;
  item_seq: number | null;
  zone_id: string | null;
  clearance_m: number | null;
  position: Place | null;
}

export interface ReturnPolicy {
  mode: "rtl" | "smart_rtl" | "land";
  alt_rel_m: number;
  rally_points: (Place & { alt_rel_m: number })[];
}

/** What an on-board fence does not say as a zone says it. */
export interface NotCarried {
  /** Empty for the flight as a whole. */
  zone_id: string;
  loss: string;
  detail: string;
  is_stricter: boolean;
  area_m2: number | null;
}

/** The fence that a drone would hold for a plan. */
export interface Fence {
  account: NotCarried[];
}

/** A plan verified against the zones in force. */
export interface PlanCheck {
  is_legal: boolean;
  findings: Finding[];
}

export type Direction = "clockwise" | "counter_clockwise";

export interface Drift {
  set_deg: number;
  rate_m_s: number;
}

/** How something is flown; `name` tells the shapes apart. What is left out has the service's default. */
export type PatternRequest =
  | { name: "area"; zone_id: string; swath_m: number; overlap: number; crosshatch: boolean; headland: boolean }
  | { name: "perimeter"; zone_id: string; swath_m: number; inset_m: number | null; laps: number; direction: Direction }
  | { name: "corridor"; line: Place[]; width_m: number | null; swath_m: number; overlap: number }
  | { name: "lines"; lines: Place[][] }
  | { name: "points"; points: (Place & { dwell_s: number; look_at: Place | null })[] }
  | { name: "orbit"; centre: Place; radius_m: number; turns: number; direction: Direction; look_alt_rel_m: number }
  | {
      name: "spiral";
      centre: Place;
      start_radius_m: number;
      end_radius_m: number;
      turns: number;
      end_alt_rel_m: number | null;
      direction: Direction;
      look_alt_rel_m: number;
    }
  | {
      name: "expanding_square";
      datum: Place;
      track_spacing_m: number;
      legs: number;
      heading_deg: number;
      direction: Direction;
      drift: Drift | null;
    }
  | {
      name: "sector_search";
      datum: Place;
      radius_m: number;
      searches: number;
      heading_deg: number;
      direction: Direction;
      drift: Drift | null;
    };

export type Pattern = PatternRequest["name"];

/** Where what is searched for is reckoned to be, so long after take-off. */
export interface DatumFix {
  time_s: number;
  position: Place;
}

export interface Plan {
  id: string;
  name: string;
  zone_id: string;
  /** "fleet" for a flight of a schedule. */
  pattern: Pattern | "fleet" | "";
  swath_m: number | null;
  speed_m_s: number | null;
  margin_m: number | null;
  home: Place;
  items: number;
  length_m: number;
  /** What the prediction is for; it is null, with what is predicted, where nothing is. */
  vehicle: string | null;
  wind: Wind | null;
  /** From arming until the motors stop. */
  duration_s: number | null;
  energy_wh: number | null;
  /** Of what is usable in the battery, more than 1 where it does not suffice. */
  battery_share: number | null;
  keeps_reserve: boolean | null;
  is_legal: boolean;
  /** Share of what is to be seen that is, by all drones together. */
  coverage: number | null;
  datum_track: DatumFix[];
  /** Null leaves it to the vehicle's own settings. */
  returns: ReturnPolicy | null;
  routes: Route[];
  findings: Finding[];
}

export interface PlanRequest {
  pattern: PatternRequest;
  alt_rel_m: number;
  home: Place;
  drones: number;
  speed_m_s: number | null;
  margin_m: number | null;
  alt_step_m: number;
  home_alt_amsl_m: number | null;
  keeps_level: boolean;
  /** Null: the one that the service assumes. */
  vehicle: string | null;
  wind: Wind;
  splits_by_battery: boolean;
}

export interface Wind {
  speed_m_s: number;
  from_deg: number;
  gusts_m_s: number;
}

/** One that flights can be predicted for. */
export interface Vehicle {
  name: string;
  is_assumed: boolean;
  speed_m_s: number;
  hover_s: number;
  usable_wh: number;
  reserve_share: number;
  max_wind_m_s: number;
}

export type FlightPhase =
  | "verifying"
  | "uploading"
  | "waiting_to_arm"
  | "arming"
  | "taking_off"
  | "flying"
  | "returning"
  | "landed"
  | "completed"
  | "aborted";

export interface Drone {
  id: string;
  name: string;
  system_id: number;
  link: string;
  is_connected: boolean;
  age_s: number | null;
  autopilot: string;
  mode: string;
  is_armed: boolean;
  is_flying: boolean | null;
  position: Place | null;
  alt_rel_m: number | null;
  alt_amsl_m: number | null;
  heading_deg: number | null;
  course_deg: number | null;
  ground_speed_m_s: number | null;
  climb_m_s: number | null;
  battery: { voltage_v: number | null; current_a: number | null; remaining_pct: number | null };
  gps: { fix: number | null; satellites: number | null; hdop: number | null };
  home: Place | null;
  mission: { seq: number | null; reached_seq: number | null; count: number | null; is_paused: boolean };
  plan_id: string | null;
  flight_phase: FlightPhase | null;
  prearm: { ok: boolean | null; reasons: string[] };
  zone_clearance_m: number | null;
  alerts: ZoneAlert[];
  guard: Guard;
  control: Control;
  conformance: { cross_track_m: number | null; deviating: RouteAspect[] };
  fence_breached: boolean | null;
}

/** A zone that a drone breaks or is about to break; the most urgent comes first. */
export interface ZoneAlert {
  zone_id: string;
  colour: "yellow" | "red";
  is_breached: boolean;
  limit: AlertLimit;
  distance_m: number | null;
  time_to_breach_s: number | null;
  action: ZoneAction;
}

export type AlertLimit = "side" | "floor" | "ceiling" | "schedule";

export type RouteAspect = "cross_track" | "altitude" | "schedule";

/** Who keeps a drone from breaking zones: the service, unless it was switched off or an operator has taken over. */
export interface Guard {
  is_on: boolean;
  who: string;
  why: string;
  is_overruled: boolean;
}

/** Who may command a drone, and who has asked the holder for it. */
export interface Control {
  holder: Actor | null;
  request: Actor | null;
}

/** The same with the seconds until it runs out, and until it passes to who has asked. */
export interface Lease extends Control {
  expires_in_s: number | null;
  passes_in_s: number | null;
}

export interface Actor {
  who: string;
  why: string;
}

/** Another aircraft, by ADS-B or remote ID; `near` names the drones that it is near to. */
export interface Aircraft {
  id: string;
  source: "adsb" | "remote_id";
  name: string;
  age_s: number;
  position: Place | null;
  alt_m: number | null;
  alt_datum: "wgs84" | "pressure" | "";
  heading_deg: number | null;
  speed_m_s: number | null;
  climb_m_s: number | null;
  is_on_ground: boolean;
  near: string[];
}

export interface Flight {
  id: string;
  drone_id: string;
  plan_id: string;
  phase: FlightPhase;
  reason: string;
  started_s: number;
  ended_s: number | null;
  items: number;
  reached: number;
}

export type EventSeverity = "info" | "notice" | "warning" | "critical";

export interface ServiceEvent {
  seq: number;
  time_s: number;
  drone_id: string;
  kind: string;
  severity: EventSeverity;
  data: Record<string, unknown>;
  text: string;
}

export type CommandName = "takeoff" | "pause" | "resume" | "rtl" | "land" | "arm" | "disarm";

export interface Snapshot {
  type: "snapshot";
  seq: number;
  time_s: number;
  is_replay: boolean;
  zones: Collection<ZoneFeature>;
  plans: Plan[];
  drones: Drone[];
  flights: Flight[];
  traffic: Aircraft[];
  tracks: Record<string, LatLonPair[]>;
  events: ServiceEvent[];
  ground?: Collection<GroundFeature> | null;
}

export interface Update {
  type: "update";
  seq: number;
  time_s: number;
  drones?: Drone[];
  gone?: string[];
  traffic?: Aircraft[];
  traffic_gone?: string[];
  events?: ServiceEvent[];
  flights?: Flight[];
  plans?: Plan[];
  zones?: Collection<ZoneFeature>;
}

export type Frame = Snapshot | Update;

/** RFC 9457. */
export interface Problem {
  title: string;
  status: number;
  detail: string;
  reasons?: string[];
  findings?: Finding[];
}
