import { describe, expect, it, vi } from "vitest";
import type { Actor, Drone, Lease } from "../src/contract";
import { ControlKeeper } from "../src/control_keeper";
import { sampleDrone } from "./sample_drone";

const LI: Actor = { who: "Li", why: "patrol" };
const WANG: Actor = { who: "Wang", why: "fire" };

function keeper(name = "Li") {
  const lease: Lease = { holder: LI, request: null, expires_in_s: 60, passes_in_s: null };
  const renew = vi.fn(() => Promise.resolve(lease));
  const ask = vi.fn(() => Promise.resolve({ ...lease, request: WANG, passes_in_s: 10 }));
  const made = new ControlKeeper({ renew, ask }, (who) => who === (name || "operator"), () => name !== "", 0);
  return { made, renew, ask };
}

function held(holder: Actor | null, request: Actor | null = null): Drone[] {
  return [{ ...sampleDrone(), control: { holder, request } }];
}

describe("the control that a page has", () => {
  it("is renewed while the page is in use, and no more when it is not", async () => {
    const { made, renew, ask } = keeper();
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 500) made.tick(held(LI), nowMs, true);
    expect(renew).toHaveBeenCalledTimes(4);
    made.tick(held(LI), 80_000, false);
    expect(renew).toHaveBeenCalledTimes(4);
    expect(ask).toHaveBeenCalledTimes(1);
    await Promise.resolve();
    const [drone] = held(LI);
    expect(made.stateOf(drone!, 110_000, false)).toEqual({ isKept: false, leftS: 30, passesInS: 0 });
    made.tick(held(LI), 200_000, true);
    expect(renew).toHaveBeenCalledTimes(4);
    made.use(201_000);
    made.tick(held(LI), 220_000, true);
    expect(renew).toHaveBeenCalledTimes(5);
  });

  it("is only that of the operator, and of a nameless one only what was taken here", () => {
    const { made, renew } = keeper();
    made.tick(held(WANG), 0, true);
    made.tick(held(null), 0, true);
    expect(renew).not.toHaveBeenCalled();
    const nameless = keeper("");
    const holder = { who: "operator", why: "" };
    nameless.made.tick(held(holder), 0, true);
    expect(nameless.renew).not.toHaveBeenCalled();
    nameless.made.took(held(holder)[0]!.id);
    nameless.made.tick(held(null), 100, true);
    nameless.made.tick(held(holder), 200, true);
    expect(nameless.renew).toHaveBeenCalledTimes(1);
  });

  it("is asked about at once when somebody wants it, and its loss is told once", async () => {
    const { made, renew } = keeper();
    const lost = vi.fn();
    made.onLost = (_, { who }) => lost(who);
    made.tick(held(LI), 0, true);
    made.tick(held(LI, WANG), 500, true);
    expect(renew).toHaveBeenCalledTimes(2);
    made.tick(held(WANG), 11_000, true);
    made.tick(held(WANG), 11_500, true);
    expect(lost.mock.calls).toEqual([["Wang"]]);
  });

  it("is not lost where it was given up", () => {
    const { made, renew } = keeper();
    const lost = vi.fn();
    made.onLost = lost;
    made.tick(held(LI, WANG), 0, true);
    made.gaveUp(held(LI)[0]!.id);
    made.tick(held(LI, WANG), 100, true);
    made.tick(held(WANG), 200, true);
    expect(lost).not.toHaveBeenCalled();
    expect(renew).toHaveBeenCalledTimes(1);
  });
});
