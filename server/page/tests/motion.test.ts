import { describe, expect, it } from "vitest";
import { Motion, turn } from "../src/motion";
import { sampleDrone } from "./sample_drone";

const HERE = { lat_deg: 36.09, lon_deg: 103.7 };
const THERE = { lat_deg: 36.0901, lon_deg: 103.7002 };

describe("turn", () => {
  it("goes the short way round north", () => {
    expect(turn(350, 10, 0.5)).toBeCloseTo(0);
    expect(turn(10, 350, 0.5)).toBeCloseTo(0);
    expect(turn(90, 180, 0.5)).toBeCloseTo(135);
  });
});

describe("Motion", () => {
  it("glides to the newest report within one pause between reports", () => {
    const motion = new Motion();
    motion.report(sampleDrone({ position: HERE }), 0);
    motion.report(sampleDrone({ position: THERE }), 200);
    expect(motion.poseOf("1-1", 200)?.lat_deg).toBeCloseTo(HERE.lat_deg, 9);
    expect(motion.poseOf("1-1", 300)?.lat_deg).toBeCloseTo(36.09005, 9);
    expect(motion.isMoving(300)).toBe(true);
    expect(motion.poseOf("1-1", 400)).toEqual({ ...THERE, heading_deg: 90 });
    expect(motion.isMoving(400)).toBe(false);
  });

  it("never shows a place before the one it started from", () => {
    const motion = new Motion();
    motion.report(sampleDrone({ position: HERE }), 0);
    motion.report(sampleDrone({ position: THERE }), 200);
    expect(motion.poseOf("1-1", 190)?.lat_deg).toBeCloseTo(HERE.lat_deg, 9);
  });

  it("jumps after a long silence and over a long way", () => {
    const motion = new Motion();
    motion.report(sampleDrone({ position: HERE }), 0);
    motion.report(sampleDrone({ position: THERE }), 5_000);
    expect(motion.poseOf("1-1", 5_000)).toMatchObject(THERE);
    motion.report(sampleDrone({ position: { lat_deg: 37, lon_deg: 103 } }), 5_200);
    expect(motion.poseOf("1-1", 5_200)).toMatchObject({ lat_deg: 37, lon_deg: 103 });
  });

  it("rests while nothing moves", () => {
    const motion = new Motion();
    motion.report(sampleDrone(), 0);
    motion.report(sampleDrone(), 200);
    expect(motion.isMoving(250)).toBe(false);
  });

  it("has no pose for a drone without a position", () => {
    const motion = new Motion();
    motion.report(sampleDrone({ position: null }), 0);
    expect(motion.poseOf("1-1", 0)).toBeNull();
  });
});
