import { describe, expect, test } from "vitest";
import { createAssigner, floorTo } from "../../../../src/core/window/sliced/aligned-assigner.ts";
import type { WindowDocument } from "../../../../src/spec/window.ts";
import { storeOf } from "../window-kit.ts";

const assignerOf = (document: WindowDocument) => {
  const assigner = createAssigner(
    storeOf([document]).members[0]?.program.shape ?? { kind: "count", size: 1, every: 1 },
  );
  if (assigner === undefined) throw new Error("a window that ends");
  return assigner;
};

describe("the floor of a time", () => {
  test.each([
    { time: 9, step: 10, offset: 0, floor: 0, why: "the last millisecond" },
    { time: 10, step: 10, offset: 0, floor: 10, why: "a multiple is its own" },
    { time: -1, step: 10, offset: 0, floor: -10, why: "before the epoch" },
    { time: -10, step: 10, offset: 0, floor: -10, why: "a multiple before the epoch" },
    { time: 12, step: 10, offset: 3, floor: 3, why: "just before an offset one" },
    { time: 0, step: 10, offset: 25, floor: -5, why: "an offset beyond the step" },
  ])("$time by $step + $offset is $floor: $why", ({ time, step, offset, floor }) => {
    expect(floorTo(time, step, offset)).toBe(floor);
  });
});

describe("an assigner", () => {
  test.each<{ why: string; document: WindowDocument; time: number; told: readonly number[] }>([
    { why: "tumbling", document: { type: "tumbling", size: "10ms" }, time: -1, told: [-10, 0, 0, -10, 0] },
    {
      why: "hopping: ends are bounds, too",
      document: { type: "hopping", size: "7ms", every: "5ms" },
      time: 8,
      told: [7, 10, 12, 5, 12],
    },
    {
      why: "hopping with gaps: the time is in no window",
      document: { type: "hopping", size: "3ms", every: "10ms", offset: "1ms" },
      time: 5,
      told: [4, 11, 14, 11, 4],
    },
    {
      why: "cumulative: its first step",
      document: { type: "cumulative", size: "30ms", step: "10ms" },
      time: 35,
      told: [30, 40, 40, 30, 60],
    },
    {
      why: "calendar",
      document: { type: "calendar", unit: "hour" },
      time: 3_600_001,
      told: [3_600_000, 7_200_000, 7_200_000, 3_600_000, 7_200_000],
    },
  ])("$why", ({ document, time, told }) => {
    const { boundaryAt, boundaryAfter, firstEndAfter, startOf, lastEndAt } = assignerOf(document);
    const end = firstEndAfter(time);
    expect([boundaryAt(time), boundaryAfter(time), end, startOf(end), lastEndAt(time)]).toEqual(told);
  });
});
