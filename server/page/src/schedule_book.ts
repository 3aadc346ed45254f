/** The schedules that are kept, and the one that is looked at. */

import type { Plan } from "./contract";
import { COLOURS, droneColour } from "./palette";
import type { PlannedSchedule, Schedule } from "./schedule_contract";
import { Signal } from "./signal";

export interface ColouredPlan {
  plan: Plan;
  colour: string;
  isDim: boolean;
}

/** The colour of a drone of a schedule, whatever flies for it. */
export function fleetColour(droneId: string): string {
  return droneColour(`schedule ${droneId}`);
}

export class ScheduleBook {
  readonly kept = new Signal<readonly Schedule[]>([]);
  readonly shown = new Signal<Schedule | null>(null);
  /** Name of a flight of the shown schedule that is looked at. */
  readonly chosenFlight = new Signal<string | null>(null);
  /** What was written or chosen as a document, by field. */
  readonly documents = new Map<string, string>();
  /** Whether the planner was last used for a fleet. */
  isFleetChosen = false;
  readonly #ask: () => Promise<{ schedules: Schedule[] }>;
  #previewed: readonly Plan[] = [];

  constructor(ask: () => Promise<{ schedules: Schedule[] }>) {
    this.#ask = ask;
  }

  /** Ask for all; one that is gone is no longer shown. */
  async refresh(): Promise<void> {
    let schedules: readonly Schedule[];
    try {
      ({ schedules } = await this.#ask());
    } catch {
      return; // what is known stays until somebody answers
    }
    const key = (each: readonly Schedule[]): string => each.map(({ id }) => id).join();
    if (key(schedules) !== key(this.kept.value)) this.kept.set(schedules);
    const shown = this.shown.value;
    if (shown && shown.id !== "" && !schedules.some(({ id }) => id === shown.id)) this.show(null);
  }

  show(planned: PlannedSchedule | Schedule | null): void {
    const isPlanned = planned !== null && "plans" in planned;
    this.#previewed = isPlanned ? planned.plans : [];
    this.chosenFlight.set(null);
    this.shown.set(isPlanned ? planned.schedule : planned);
  }

  /** A preview is no more what is asked for. */
  forgetPreview(): void {
    if (this.shown.value?.id === "") this.show(null);
  }

  plansOfShown(kept: readonly Plan[]): Plan[] {
    return this.routes(kept).map(({ plan }) => plan);
  }

  /** The plans of what is shown, in their drones' colours. */
  routes(kept: readonly Plan[]): ColouredPlan[] {
    const schedule = this.shown.value;
    if (!schedule) return [];
    const chosen = this.chosenFlight.value;
    return schedule.drones.flatMap((drone) =>
      drone.flights.flatMap((flight) => {
        const plan =
          this.#previewed.find(({ name }) => name === flight.name) ?? kept.find(({ id }) => id !== "" && id === flight.plan_id);
        const colour = flight.is_legal ? fleetColour(drone.id) : COLOURS.dangerLine;
        return plan ? [{ plan, colour, isDim: chosen !== null && chosen !== flight.name }] : [];
      }),
    );
  }
}
