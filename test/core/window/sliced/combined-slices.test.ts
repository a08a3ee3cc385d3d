import fc from "fast-check";
import { expect, test } from "vitest";
import { eventTimeMs } from "../../../../src/core/time/instant.ts";
import { combineAll, CombinedSlices } from "../../../../src/core/window/sliced/combined-slices.ts";
import { Slice } from "../../../../src/core/window/sliced/slice.ts";
import { createStates, slicedPlanOf } from "../../../../src/core/window/sliced/sliced-plan.ts";
import { storeOf } from "../window-kit.ts";

const plan = slicedPlanOf(
  storeOf([{ type: "tumbling", size: "1ms", aggregate: { a: { sum: "x" }, b: { max: "x" }, c: { topK: "x", k: 3 } } }]),
);

const slices = Array.from({ length: 60 }, (_, start) => {
  const slice = new Slice({ start, end: start + 1, generation: 0, lateness: 0 }, createStates(plan));
  for (const state of slice.states) state.add((start * 7) % 11, eventTimeMs(start), start);
  slice.note(start, start);
  return slice;
});
const slicesIn = (from: number, upTo: number) => slices.filter(({ start }) => start >= from && start < upTo);

test("slices that go forward, or anywhere, are together what they are one by one", () => {
  const move = fc.tuple(
    fc.integer({ min: -1, max: 6 }),
    fc.integer({ min: 0, max: 30 }),
    fc.integer({ min: 0, max: 3 }),
  );
  fc.assert(
    fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
      const combined = new CombinedSlices(plan);
      let from = 0;
      for (const [step, size, open] of moves) {
        from = Math.max(0, from + step);
        combined.moveTo(from, from + size, slicesIn);
        const { eventCount, states } = combined.combined(slicesIn(from + size, from + size + open));
        const all = combineAll(plan, slicesIn(from, from + size + open));
        const moment = { start: 0, end: 60, at: 0 };
        expect([eventCount, states.map((state) => state.value(moment))]).toEqual([
          all.eventCount,
          all.states.map((state) => state.value(moment)),
        ]);
      }
    }),
    { numRuns: 60 },
  );
});
