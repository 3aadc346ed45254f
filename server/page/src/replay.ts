/** The replay as `docs/api.md` has it. */

import { ask } from "./service";

export { Refused } from "./service";

export interface ReplayState {
  name: string;
  first_s: number;
  last_s: number;
  time_s: number;
  fraction: number;
  /** 0 is as fast as possible. */
  speed: number;
  is_paused: boolean;
  is_ended: boolean;
  problem: string;
}

export interface ReplayOrder {
  time_s?: number;
  fraction?: number;
  speed?: number;
  is_paused?: boolean;
}

export function replayState(): Promise<ReplayState> {
  return ask("GET", "api/replay");
}

export function steerReplay(order: ReplayOrder): Promise<ReplayState> {
  return ask("POST", "api/replay", order);
}
