/** What would be put on board for a plan, and what a take-off now would meet: asked of the service, one plan at a time. */

import type { Fence, Plan, PlanCheck } from "./contract";
import { Refused } from "./service";

/** From the check to the take-off: the service allows as long. */
const DEPARTURE_S = 600;
/** An answer this old is asked for anew: zones open and close. */
const KEPT_S = 120;

export interface CheckedPlan {
  check: PlanCheck;
  /** Null where the plan is not legal, or fits into no fence; `fenceRefusal` tells why then. */
  fence: Fence | null;
  fenceRefusal: string;
}

export interface PlanAsker {
  check: (planId: string, departureS: [number, number]) => Promise<PlanCheck>;
  fence: (planId: string, departureS: [number, number]) => Promise<Fence>;
}

/** The plan was deleted while its check waited for its turn. */
export class PlanGone extends Error {}

export class PlanChecks {
  readonly #ask: PlanAsker;
  readonly #isKept: (planId: string) => boolean;
  readonly #answers = new Map<string, { askedS: number; answer: Promise<CheckedPlan> }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(ask: PlanAsker, isKept: (planId: string) => boolean = () => true) {
    this.#ask = ask;
    this.#isKept = isKept;
  }

  /** Forget all answers: the zones have changed. */
  forget(): void {
    this.#answers.clear();
  }

  /** The newest answer for a plan; rejects as the service refuses or cannot be reached. */
  of(plan: Plan, nowS: number): Promise<CheckedPlan> {
    const known = this.#answers.get(plan.id);
    if (known && nowS - known.askedS < KEPT_S) return known.answer;
    const answer = this.#last.then(() => this.#askFor(plan.id, [nowS, nowS + DEPARTURE_S]));
    const kept = { askedS: nowS, answer };
    this.#answers.set(plan.id, kept);
    this.#last = answer.catch(() => this.#answers.get(plan.id) === kept && this.#answers.delete(plan.id));
    return answer;
  }

  async #askFor(planId: string, departureS: [number, number]): Promise<CheckedPlan> {
    this.#demandKept(planId);
    const check = await this.#ask.check(planId, departureS);
    if (!check.is_legal) return { check, fence: null, fenceRefusal: "" };
    this.#demandKept(planId);
    try {
      return { check, fence: await this.#ask.fence(planId, departureS), fenceRefusal: "" };
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 422) throw error;
      return { check, fence: null, fenceRefusal: error.message };
    }
  }

  #demandKept(planId: string): void {
    if (!this.#isKept(planId)) throw new PlanGone(planId);
  }
}
