/** Keeps the control of drones that the operator of this page has, as long as the page is in use. */

import type { Actor, Drone, Lease } from "./contract";

/** Control runs out a minute after it was last renewed. */
const RENEW_EVERY_MS = 20_000;
/** So long after the last key or movement a page is still in use. */
const USED_WITHIN_MS = 180_000;

export interface ControlService {
  renew: (droneId: string, holder: Actor) => Promise<Lease>;
  ask: (droneId: string) => Promise<Lease>;
}

/** What the page knows of a lease of its own. */
export interface OwnControl {
  /** Renewed as long as the page is in use; null where nothing is known. */
  isKept: boolean;
  leftS: number | null;
  /** Until it passes to who has asked. */
  passesInS: number | null;
}

interface Known {
  request: string;
  askedMs: number;
  expiresMs: number | null;
  passesMs: number | null;
}

export class ControlKeeper {
  /** Somebody else has the control that this page had. */
  onLost: (drone: Drone, holder: Actor) => void = () => undefined;
  readonly #service: ControlService;
  readonly #isOwn: (who: string) => boolean;
  /** Whether the operator is known by a name, so that what is held under it is held by this operator. */
  readonly #isNamed: () => boolean;
  readonly #known = new Map<string, Known>();
  readonly #taken = new Set<string>();
  /** Given up by this page; the stream may still say that it has them. */
  readonly #given = new Set<string>();
  #usedMs: number;

  constructor(service: ControlService, isOwn: (who: string) => boolean, isNamed: () => boolean, nowMs: number) {
    this.#service = service;
    this.#isOwn = isOwn;
    this.#isNamed = isNamed;
    this.#usedMs = nowMs;
  }

  /** A key, a click, a movement. */
  use(nowMs: number): void {
    this.#usedMs = nowMs;
  }

  isUsed(nowMs: number, isVisible: boolean): boolean {
    return isVisible && nowMs - this.#usedMs < USED_WITHIN_MS;
  }

  /** This page has commanded the drone, or taken it. */
  took(droneId: string): void {
    this.#taken.add(droneId);
    this.#given.delete(droneId);
  }

  /** This page has given it up. */
  gaveUp(droneId: string): void {
    this.#given.add(droneId);
    this.#forget(droneId);
  }

  /** Bring it up to date: renew what is due. */
  tick(drones: Iterable<Drone>, nowMs: number, isVisible: boolean): void {
    const isUsed = this.isUsed(nowMs, isVisible);
    const seen = new Set<string>();
    for (const drone of drones) {
      const { holder, request } = drone.control;
      const known = this.#known.get(drone.id);
      if (!holder || !this.#isMine(drone.id, holder)) {
        if (known && holder) this.onLost(drone, holder);
        if (!holder || !this.#isOwn(holder.who)) this.#given.delete(drone.id);
        this.#forget(drone.id);
        continue;
      }
      seen.add(drone.id);
      const isRequestNew = (request?.who ?? "") !== (known?.request ?? "");
      if (known && !isRequestNew && nowMs - known.askedMs < RENEW_EVERY_MS) continue;
      const next: Known = { request: request?.who ?? "", askedMs: nowMs, expiresMs: known?.expiresMs ?? null, passesMs: null };
      this.#known.set(drone.id, next);
      const asked = isUsed && drone.is_connected ? this.#service.renew(drone.id, holder) : this.#service.ask(drone.id);
      asked.then(
        (lease) => {
          next.expiresMs = lease.expires_in_s === null ? null : nowMs + 1000 * lease.expires_in_s;
          next.passesMs = lease.passes_in_s === null ? null : nowMs + 1000 * lease.passes_in_s;
        },
        () => undefined, // the stream says soon who has it
      );
    }
    for (const id of this.#known.keys()) if (!seen.has(id)) this.#known.delete(id);
  }

  /** What is known of the control of a drone, where this page has it. */
  stateOf(drone: Drone, nowMs: number, isVisible: boolean): OwnControl | null {
    const known = this.#known.get(drone.id);
    if (!known) return null;
    const leftOf = (untilMs: number | null): number | null => (untilMs === null ? null : Math.max(0, Math.ceil((untilMs - nowMs) / 1000)));
    return { isKept: this.isUsed(nowMs, isVisible), leftS: leftOf(known.expiresMs), passesInS: leftOf(known.passesMs) };
  }

  #isMine(droneId: string, holder: Actor): boolean {
    return this.#isOwn(holder.who) && !this.#given.has(droneId) && (this.#isNamed() || this.#taken.has(droneId));
  }

  #forget(droneId: string): void {
    // what was just asked for is not had yet
    if (this.#known.delete(droneId)) this.#taken.delete(droneId);
  }
}
