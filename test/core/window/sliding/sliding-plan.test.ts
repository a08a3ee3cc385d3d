import { describe, expect, test } from "vitest";
import { slidingPlanOf } from "../../../../src/core/window/sliding/sliding-plan.ts";
import { storeOf } from "../window-kit.ts";
import { storeWith } from "./sliding-kit.ts";

describe("the plan of a store", () => {
  test("puts windows that allow equal lateness in one lane, which keeps events as long as the longest needs them", () => {
    const plan = slidingPlanOf(
      storeWith([
        { size: 10, ago: 0, lateness: 0 },
        { size: 5, ago: 0, lateness: 7 },
        { size: 3, ago: 9, lateness: 0 },
      ]),
    );
    expect(plan.lanes).toEqual([
      {
        allowedLatenessMs: 0,
        members: [
          { index: 0, tag: 0, sizeMs: 10, agoMs: 0 },
          { index: 2, tag: 2, sizeMs: 3, agoMs: 9 },
        ],
        keptMs: 12,
      },
      { allowedLatenessMs: 7, members: [{ index: 1, tag: 1, sizeMs: 5, agoMs: 0 }], keptMs: 5 },
    ]);
    expect(plan.places).toEqual([
      { lane: 0, inLane: 0 },
      { lane: 1, inLane: 0 },
      { lane: 0, inLane: 1 },
    ]);
    expect(plan.outcomes.late).toEqual([{ kind: "late" }, { kind: "late" }, { kind: "late" }]);
  });

  test("has a column for each aggregate that the number of events does not tell", () => {
    const aggregate = {
      a: "count",
      b: { count: true, where: "flag" },
      c: { rate: "1s" },
      d: { rate: "1s", where: "flag" },
      e: { sum: "x" },
    } as const;
    const plan = slidingPlanOf(storeOf([{ type: "sliding", size: "1s", where: "w", aggregate }]));
    expect(plan.aggregates.map(({ column }) => column)).toEqual([undefined, 0, undefined, 1, 2]);
    expect([plan.columnCount, plan.aggregateNames, plan.where?.reads]).toEqual([3, ["a", "b", "c", "d", "e"], ["w"]]);
  });

  test("is made once", () => {
    const store = storeWith([{ size: 1, ago: 0, lateness: 0 }]);
    expect(slidingPlanOf(store)).toBe(slidingPlanOf(store));
  });

  test("is of sliding windows", () => {
    expect(() => slidingPlanOf(storeOf([{ type: "tumbling", size: "1s" }]))).toThrow("a sliding window");
  });
});
