/** The service's REST interface. */

import type { CommandName, Flight, Plan, PlanRequest, Problem, ZoneActivity } from "./contract";

/** The service or the vehicle said no. */
export class Refused extends Error {
  readonly reasons: string[];

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.reasons = [...(problem.reasons ?? []), ...(problem.findings ?? []).map((finding) => finding.message)];
  }
}

/** The service could not be reached. */
export class Unreachable extends Error {}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
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

export function sendCommand(droneId: string, command: CommandName, altRelM?: number): Promise<unknown> {
  const body = altRelM === undefined ? { command } : { command, alt_rel_m: altRelM };
  return ask("POST", `api/drones/${encodeURIComponent(droneId)}/commands`, body);
}

export function startFlight(droneId: string, planId: string): Promise<{ flight: Flight }> {
  return ask("POST", `api/drones/${encodeURIComponent(droneId)}/flights`, { plan_id: planId });
}

export function createPlans(request: PlanRequest): Promise<{ plans: Plan[] }> {
  return ask("POST", "api/plans", request);
}

export function deletePlan(planId: string): Promise<void> {
  return ask("DELETE", `api/plans/${encodeURIComponent(planId)}`);
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
