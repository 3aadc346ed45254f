import { expect, it } from "vitest";
import type { Plan } from "../src/contract";
import { PlanChecks } from "../src/plan_checks";
import { Refused } from "../src/service";

const plan = { id: "p1" } as Plan;
const legal = { is_legal: true, findings: [] };

function counting(): { asked: string[]; checks: PlanChecks } {
  const asked: string[] = [];
  const checks = new PlanChecks({
    check: (id, [from, to]) => (asked.push(`${id} ${from}-${to}`), Promise.resolve(legal)),
    fence: () => Promise.resolve({ account: [] }),
  });
  return { asked, checks };
}

it("asks once for a departure within ten minutes, and anew later", async () => {
  const { asked, checks } = counting();
  await checks.of(plan, 1000);
  await checks.of(plan, 1060);
  expect(asked).toEqual(["p1 1000-1600"]);
  await checks.of(plan, 1200);
  checks.forget();
  await checks.of(plan, 1201);
  expect(asked).toHaveLength(3);
});

it("tells a route that fits into no fence from a service that fails", async () => {
  const problem = (status: number) => new Refused({ title: "", status, detail: "too tight" });
  const refusing = (status: number) => new PlanChecks({ check: () => Promise.resolve(legal), fence: () => Promise.reject(problem(status)) });
  expect(await refusing(422).of(plan, 0)).toEqual({ check: legal, fence: null, fenceRefusal: "too tight" });
  await expect(refusing(500).of(plan, 0)).rejects.toThrow("too tight");
});

it("asks for no fence for a plan that may not be flown", async () => {
  const illegal = { is_legal: false, findings: [] };
  const checks = new PlanChecks({ check: () => Promise.resolve(illegal), fence: () => Promise.reject(new Error("asked")) });
  expect((await checks.of(plan, 0)).fence).toBeNull();
});

it("asks nothing about a plan that was deleted while it waited", async () => {
  const kept = new Set(["p1"]);
  const asked: string[] = [];
  const checks = new PlanChecks(
    { check: (id) => (asked.push(id), Promise.resolve(legal)), fence: () => Promise.resolve({ account: [] }) },
    (id) => kept.has(id),
  );
  await checks.of({ ...plan, id: "p1" }, 0);
  kept.clear();
  await expect(checks.of({ ...plan, id: "p2" }, 0)).rejects.toThrow("p2");
  expect(asked).toEqual(["p1"]);
});

it("keeps no failure", async () => {
  let isUp = false;
  const checks = new PlanChecks({
    check: () => (isUp ? Promise.resolve(legal) : Promise.reject(new Error("down"))),
    fence: () => Promise.resolve({ account: [] }),
  });
  await expect(checks.of(plan, 0)).rejects.toThrow("down");
  isUp = true;
  expect((await checks.of(plan, 1)).check.is_legal).toBe(true);
});
