import { expect, it } from "vitest";
import type { ServiceEvent } from "../src/contract";
import { isContinued, isRepeated } from "../src/panel/event_list";

const step = (droneId: string, what: string, done: number): ServiceEvent => ({
  seq: done, time_s: done, drone_id: droneId, kind: "transfer_progressed", severity: "info", data: { what, done }, text: "",
});

it("takes the steps of one transfer for one row", () => {
  expect(isContinued(step("1-1", "mission", 2), step("1-1", "mission", 1))).toBe(true);
  expect(isContinued(step("1-1", "fence", 2), step("1-1", "mission", 1))).toBe(false);
  expect(isContinued(step("2-2", "mission", 2), step("1-1", "mission", 1))).toBe(false);
  expect(isContinued(step("1-1", "mission", 1), undefined)).toBe(false);
});

it("takes the same words said again within a minute for one row", () => {
  const said = (text: string, timeS: number): ServiceEvent => ({ ...step("1-1", "", 1), kind: "text_reported", text, time_s: timeS });
  expect(isRepeated(said("Auto mission changed", 1), said("Auto mission changed", 0))).toBe(true);
  expect(isRepeated(said("Auto mission changed", 61), said("Auto mission changed", 0))).toBe(false);
  expect(isRepeated(said("Disarming", 1), said("Auto mission changed", 0))).toBe(false);
  expect(isRepeated(said("", 1), undefined)).toBe(false);
});
