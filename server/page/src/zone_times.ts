/** When zones hold, and the time the map shows them at. */

import type { ZoneActivity, ZoneFeature } from "./contract";
import { Signal } from "./signal";

/** How far ahead the map can show. */
export const HOURS_AHEAD = 48;
const BEHIND_S = 600;
const ANEW_S = 900;

export class ZoneTimes {
  /** The moment the map shows, in seconds since 1970; null is now. */
  readonly chosenS = new Signal<number | null>(null);
  readonly #ask: (fromS: number, hours: number) => Promise<ZoneActivity>;
  #activity: ZoneActivity | null = null;
  #askedS = -Infinity;

  constructor(ask: (fromS: number, hours: number) => Promise<ZoneActivity>) {
    this.#ask = ask;
  }

  /** The moment zones are shown at. */
  shownS(nowS: number): number {
    return this.chosenS.value ?? nowS;
  }

  /** Forget what is known: the zones have changed. */
  forget(): void {
    this.#activity = null;
    this.#askedS = -Infinity;
  }

  /** Ask anew where what is known runs out; tells whether anything came. */
  async refresh(nowS: number): Promise<boolean> {
    if (Math.abs(nowS - this.#askedS) < ANEW_S) return false;
    const askedS = (this.#askedS = nowS);
    try {
      const activity = await this.#ask(nowS - BEHIND_S, HOURS_AHEAD + 2 * (BEHIND_S / 3600));
      if (askedS !== this.#askedS) return false;
      this.#activity = activity;
      return true;
    } catch {
      // what is shown meanwhile errs on the strict side; the next attempt comes soon
      if (askedS === this.#askedS) this.#askedS = nowS - ANEW_S + 10;
      return false;
    }
  }

  /** Whether a zone holds; where nobody can say, the stricter answer. */
  isActive(zone: ZoneFeature, timeS: number): boolean {
    if (zone.properties.is_permanent) return true;
    const intervals = this.#activity?.zones[zone.id];
    if (!intervals) return zone.properties.kind !== "inclusion";
    return intervals.some(([startS, endS]) => startS <= timeS && timeS <= endS);
  }

  /** When that changes next; null where it does not, as far as can be seen. */
  nextChangeS(zone: ZoneFeature, timeS: number): number | null {
    const endS = this.#activity?.to_utc_s ?? -Infinity;
    for (const [startS, stopS] of this.#activity?.zones[zone.id] ?? []) {
      if (timeS < startS) return startS;
      if (timeS <= stopS) return stopS < endS ? stopS : null;
    }
    return null;
  }
}
