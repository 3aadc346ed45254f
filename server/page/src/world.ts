/** All the page knows: the last snapshot with every update since applied to it. */

import type {
  Aircraft,
  Collection,
  Drone,
  Flight,
  Frame,
  GroundFeature,
  LatLonPair,
  Plan,
  ServiceEvent,
  ZoneFeature,
} from "./contract";
import { type Sighting, sightingOf } from "./traffic";

/** What an applied frame touched. */
export interface Changes {
  is_whole: boolean;
  drones: Drone[];
  gone: string[];
  events: ServiceEvent[];
  has_flights: boolean;
  has_plans: boolean;
  has_zones: boolean;
}

const BY_NUMBER = new Intl.Collator("en", { numeric: true });
/** Of what matters and of the rest, each. */
const MOST_EVENTS = 250;
const MOST_TRACK_POINTS = 20_000;
const GUARD_DEEDS: ReadonlySet<string> = new Set(["guard_acted", "guard_refused", "guard_overruled", "guard_switched"]);
/** A track gets a point only where the drone went at least this far (0.5 m). */
const SHORTEST_STEP_DEG = 0.5 / 111_320;

export class World {
  isReplay = false;
  timeS = 0;
  zones: ZoneFeature[] = [];
  plans: Plan[] = [];
  ground: GroundFeature[] = [];
  /** Newest first. */
  events: ServiceEvent[] = [];
  readonly drones = new Map<string, Drone>();
  readonly flights = new Map<string, Flight>();
  readonly aircraft = new Map<string, Aircraft>();
  readonly tracks = new Map<string, LatLonPair[]>();
  /** What the guard of each drone did last. */
  readonly guardDeeds = new Map<string, ServiceEvent>();
  /** When each drone was last heard of, by the page's own clock. */
  readonly heardMs = new Map<string, number>();
  readonly #aircraftHeardMs = new Map<string, number>();

  apply(frame: Frame, nowMs: number): Changes {
    this.timeS = frame.time_s;
    const changes: Changes = {
      is_whole: frame.type === "snapshot",
      // a fixed order gives every viewer the same cards and colours
      drones: [...(frame.drones ?? [])].sort((a, b) => BY_NUMBER.compare(a.id, b.id)),
      gone: [],
      events: [],
      has_flights: frame.flights !== undefined,
      has_plans: frame.plans !== undefined,
      has_zones: frame.zones !== undefined,
    };
    if (frame.type === "snapshot") {
      this.isReplay = frame.is_replay;
      this.ground = frame.ground?.features ?? this.ground;
      changes.gone = [...this.drones.keys()].filter((id) => !frame.drones.some((drone) => drone.id === id));
      this.flights.clear();
      this.aircraft.clear();
      this.#aircraftHeardMs.clear();
      this.tracks.clear();
      for (const [id, track] of Object.entries(frame.tracks)) this.tracks.set(id, [...track]);
      this.events = [];
      this.guardDeeds.clear();
    } else {
      changes.gone = frame.gone ?? [];
      for (const id of frame.traffic_gone ?? []) {
        this.aircraft.delete(id);
        this.#aircraftHeardMs.delete(id);
      }
    }
    for (const aircraft of frame.traffic ?? []) {
      this.aircraft.set(aircraft.id, aircraft);
      this.#aircraftHeardMs.set(aircraft.id, nowMs);
    }
    for (const id of changes.gone) this.#forget(id);
    for (const drone of changes.drones) this.#hear(drone, nowMs);
    for (const flight of frame.flights ?? []) this.flights.set(flight.id, flight);
    if (frame.plans) this.plans = frame.plans;
    if (frame.zones) this.zones = polygonsOf(frame.zones);
    changes.events = this.#remember(frame.events ?? []);
    return changes;
  }

  /** The flight the drone is on, or was on last. */
  flightOf(droneId: string): Flight | undefined {
    let latest: Flight | undefined;
    for (const flight of this.flights.values()) {
      if (flight.drone_id === droneId && (!latest || flight.started_s >= latest.started_s)) latest = flight;
    }
    return latest;
  }

  planOf(drone: Drone): Plan | undefined {
    return this.plans.find((plan) => plan.id === drone.plan_id);
  }

  zone(zoneId: string): ZoneFeature | undefined {
    return this.zones.find(({ id }) => id === zoneId);
  }

  /** How old the drone's data is by now, in seconds. */
  ageS(drone: Drone, nowMs: number): number {
    const heard = this.heardMs.get(drone.id) ?? nowMs;
    return (drone.age_s ?? 0) + Math.max(0, nowMs - heard) / 1000;
  }

  /** How the other aircraft stand to the drones by now. */
  sightings(selectedId: string | null, nowMs: number): Sighting[] {
    return [...this.aircraft.values()].map((aircraft) => {
      const heardMs = this.#aircraftHeardMs.get(aircraft.id) ?? nowMs;
      return sightingOf(aircraft, this.drones, selectedId, aircraft.age_s + Math.max(0, nowMs - heardMs) / 1000);
    });
  }

  #hear(drone: Drone, nowMs: number): void {
    this.drones.set(drone.id, drone);
    this.heardMs.set(drone.id, nowMs);
    if (!drone.position) return;
    const track = this.tracks.get(drone.id) ?? [];
    this.tracks.set(drone.id, track);
    const last = track.at(-1);
    const { lat_deg, lon_deg } = drone.position;
    const isFar =
      !last || Math.abs(last[0] - lat_deg) > SHORTEST_STEP_DEG || Math.abs(last[1] - lon_deg) > SHORTEST_STEP_DEG;
    if (!isFar) return;
    track.push([lat_deg, lon_deg]);
    if (track.length > MOST_TRACK_POINTS) track.splice(0, MOST_TRACK_POINTS / 10);
  }

  #forget(id: string): void {
    this.drones.delete(id);
    this.tracks.delete(id);
    this.heardMs.delete(id);
    this.guardDeeds.delete(id);
  }

  /** Keep what is new, newest first; hand it back oldest first. */
  #remember(events: ServiceEvent[]): ServiceEvent[] {
    const newest = this.events[0]?.seq ?? -Infinity;
    const fresh = events.filter((event) => event.seq > newest).sort((a, b) => a.seq - b.seq);
    for (const event of fresh) if (GUARD_DEEDS.has(event.kind)) this.guardDeeds.set(event.drone_id, event);
    let slight = 0;
    let grave = 0;
    this.events = [...[...fresh].reverse(), ...this.events].filter(
      ({ severity }) => (severity === "info" ? slight++ : grave++) < MOST_EVENTS,
    );
    return fresh;
  }
}

function polygonsOf(collection: Collection<ZoneFeature>): ZoneFeature[] {
  return collection.features.filter(({ geometry }) => geometry.type === "Polygon" || geometry.type === "MultiPolygon");
}
