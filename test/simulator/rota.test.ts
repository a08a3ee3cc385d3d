import { describe, expect, test } from "vitest";
import { laneCount, Rota } from "../../src/simulator/rota.ts";

const settings = { size: 160, stride: 37 };

describe("a rota", () => {
  test("takes every member once a round", () => {
    const rota = new Rota(settings);
    const round = Array.from({ length: 160 }, () => rota.next());
    expect(round.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 160 }, (_, number) => number));
    expect(rota.next()).toBe(round[0]);
  });

  test("gives members away that it takes in about half a round, and took half a round ago", () => {
    const rota = new Rota(settings);
    const taken = Array.from({ length: 480 }, () => rota.next());
    for (let lane = 0; lane < laneCount; lane += 1) {
      const resting = new Rota(settings);
      for (let at = 0; at < 160; at += 1) {
        const member = resting.away(lane);
        const places = taken.flatMap((number, place) => (number === member ? [place - at] : []));
        // Relative to the moment: the nearest visits before, in the round before, and after.
        expect(Math.min(...places.map((place) => Math.abs(place)))).toBeGreaterThanOrEqual(80 - 2 * laneCount);
        resting.next();
      }
    }
  });

  test("never gives one member to two lanes, nor twice to one plot", () => {
    const rota = new Rota(settings);
    const lanes = new Map<number, Set<number>>();
    for (let at = 0; at < 160; at += 1) {
      for (let lane = 0; lane < laneCount; lane += 1) {
        const members = [0, 1, 2, 3].map((index) => rota.away(lane, index));
        expect(new Set(members).size).toBe(4);
        const known = lanes.get(lane) ?? new Set();
        for (const member of members) known.add(member);
        lanes.set(lane, known);
      }
      rota.next();
    }
    const all = [...lanes.values()].flatMap((members) => [...members]);
    expect(new Set(all).size).toBe(all.length);
  });

  test.each([
    { why: "a stride that shares a divisor", size: 160, stride: 30 },
    { why: "half a round that is no whole number of lanes", size: 100, stride: 7 },
  ])("refuses $why", ({ size, stride }) => {
    expect(() => new Rota({ size, stride })).toThrow("every member");
  });
});
