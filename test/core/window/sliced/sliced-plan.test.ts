import { expect, test } from "vitest";
import { slicedPlanOf, sliceEndAt, sliceStartAt } from "../../../../src/core/window/sliced/sliced-plan.ts";
import { storeOf } from "../window-kit.ts";

test("slices are cut at the bounds of all members, and a count of all needs no state", () => {
  const aggregate = { n: "count", flagged: { count: true, where: "flag" }, a: { max: "x" } } as const;
  const store = storeOf([
    { type: "tumbling", size: "10ms", aggregate },
    { type: "hopping", size: "7ms", every: "20ms", aggregate },
    { type: "sliding", size: "12ms", resolution: "6ms", aggregate },
  ]);
  const plan = slicedPlanOf(store);
  const bounds = [-1, 0, 5, 6, 7, 11, 13, 19].map((time) => [sliceStartAt(plan, time), sliceEndAt(plan, time)]);
  expect(bounds).toEqual([
    [-6, 0],
    [0, 6],
    [0, 6],
    [6, 7],
    [7, 10],
    [10, 12],
    [12, 18],
    [18, 20],
  ]);
  expect([plan.kept.map(({ name }) => name), plan.modes, plan.places]).toEqual([
    ["a", "flagged"],
    ["stacks", "subtract"],
    [0, 1, -1],
  ]);
  expect([plan.isGapless, plan.hasSliding, slicedPlanOf(store) === plan]).toEqual([false, true, true]);
});
