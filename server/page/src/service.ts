/** The service's REST interface. */

import type { Actor, CommandName, Drone, Fence, Finding, Flight, Guard, Lease, Plan, PlanCheck, PlanRequest, Problem, Vehicle, ZoneActivity } from "./contract";
import type { PlannedSchedule, ReplanRequest, Schedule, ScheduleRequest } from "./schedule_contract";

/** The service or the vehicle said no. */
export class Refused extends Error {
  readonly status: number;
  readonly reasons: readonly string[];
  readonly findings: readonly Finding[];

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.reasons = problem.reasons ?? [];
    this.findings = problem.findings ?? [];
  }
}

/** The service could not be reached. */
export class Unreachable extends Error {}

export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(new URL(path, document.baseURI), {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  let problem: Problem = { title: answer.statusText, status: answer.status, detail: "" };
  try {
    problem = { ...problem, ...((await answer.json()) as Partial<Problem>) };
  } catch {
    // an answer without a problem document keeps its status line
  }
  throw new Refused(problem);
}

export function sendCommand(droneId: string, command: CommandName, who: string, altRelM?: number): Promise<unknown> {
  const body = altRelM === undefined ? { command, who } : { command, who, alt_rel_m: altRelM };
  return ask("POST", `api/drones/${encodeURIComponent(droneId)}/commands`, body);
}

export function startFlight(droneId: string, planId: string, who: string): Promise<{ flight: Flight }> {
  return ask("POST", `api/drones/${encodeURIComponent(droneId)}/flights`, { plan_id: planId, who });
}

/** Take the control of a drone, keep it for longer, or object to who asks for it. */
export function takeControl(droneId: string, body: Actor & { action: "take" | "renew" | "object" }): Promise<Lease> {
  return ask("POST", `api/drones/${encodeURIComponent(droneId)}/control`, body);
}

/** Who has the control of a drone, and for how long. */
export function getControl(droneId: string): Promise<Lease> {
  return ask("GET", `api/drones/${encodeURIComponent(droneId)}/control`);
}

export function releaseControl(droneId: string, who: string): Promise<Lease> {
  return ask("DELETE", `api/drones/${encodeURIComponent(droneId)}/control?who=${encodeURIComponent(who)}`);
}

/** The vehicles that flights can be predicted for. */
export function getVehicles(): Promise<{ vehicles: Vehicle[] }> {
  return ask("GET", "api/vehicles");
}

export function createPlans(request: PlanRequest): Promise<{ plans: Plan[] }> {
  return ask("POST", "api/plans", request);
}

/** The same plans, not kept, legal or not. */
export function previewPlans(request: PlanRequest): Promise<{ plans: Plan[] }> {
  return ask("POST", "api/plans/preview", request);
}

export function deletePlan(planId: string): Promise<void> {
  return ask("DELETE", `api/plans/${encodeURIComponent(planId)}`);
}

export function getSchedules(): Promise<{ schedules: Schedule[] }> {
  return ask("GET", "api/schedules");
}

export function createSchedule(request: ScheduleRequest): Promise<PlannedSchedule> {
  return ask("POST", "api/schedules", request);
}

/** The same schedule, not kept, legal or not. */
export function previewSchedule(request: ScheduleRequest): Promise<PlannedSchedule> {
  return ask("POST", "api/schedules/preview", request);
}

/** A new schedule from now on; the former stays. */
export function replanSchedule(scheduleId: string, request: ReplanRequest): Promise<PlannedSchedule> {
  return ask("POST", `api/schedules/${encodeURIComponent(scheduleId)}/replan`, request);
}

export function deleteSchedule(scheduleId: string): Promise<void> {
  return ask("DELETE", `api/schedules/${encodeURIComponent(scheduleId)}`);
}

/** Verify a plan for a departure between two times, in seconds since 1970. */
export function checkPlan(planId: string, departure_utc_s: [number, number]): Promise<PlanCheck> {
  return ask("POST", `api/plans/${encodeURIComponent(planId)}/check`, { departure_utc_s });
}

/** The fence that a drone would hold for it then. */
export function fenceOfPlan(planId: string, departureS: [number, number]): Promise<Fence> {
  const times = departureS.map((timeS) => `departure_utc_s=${timeS.toFixed(0)}`).join("&");
  return ask("GET", `api/plans/${encodeURIComponent(planId)}/fence?${times}`);
}

export function switchGuard(droneId: string, guard: Omit<Guard, "is_overruled">): Promise<Drone> {
  return ask("PUT", `api/drones/${encodeURIComponent(droneId)}/guard`, guard);
}

export function zoneActivity(fromS: number, hours: number): Promise<ZoneActivity> {
  return ask("GET", `api/zone-activity?from_utc_s=${fromS.toFixed(0)}&hours=${hours.toFixed(3)}`);
}

/** A session that has ended shows as 401: the reloaded page leads to the sign-in. */
export async function reloadIfSignedOut(): Promise<void> {
  try {
    const answer = await fetch(new URL("api/links", document.baseURI));
    if (answer.status === 401) location.reload();
  } catch {
    // nobody answers: the live link goes on trying
  }
}
