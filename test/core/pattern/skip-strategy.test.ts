import fc from "fast-check";
import { expect, test } from "vitest";
import { compareSequences, compareTaken } from "../../../src/core/pattern/match-order.ts";
import { newPatternState, PartialMatch, Taken } from "../../../src/core/pattern/partial-match.ts";
import { holdBack, LivePartialMatches } from "../../../src/core/pattern/skip-strategy.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { eventOf } from "./scenario.ts";

const at = (ordinal: number, previous?: Taken): Taken =>
  new Taken(0, eventOf(`a${ordinal}`, ordinal, ordinal), ordinal, previous);

test("sequences are ordered lexicographically, the longer before its own prefix", () => {
  const order = (a: readonly number[], b: readonly number[]): number =>
    Math.sign(compareSequences(a, b, (left, right) => left - right));
  expect([
    order([1, 2], [1, 3]),
    order([1, 2], [1]),
    order([1], [1, 2]),
    order([2], [1, 9]),
    order([1, 2], [1, 2]),
  ]).toEqual([-1, -1, 1, 1, 0]);
});

test("completed matches are held in their order, whatever the order they came in", () => {
  const one = at(1);
  const sequences = [at(3, one), at(4, at(3, one)), one, at(2, one), at(2), at(9, at(2))];
  fc.assert(
    fc.property(fc.shuffledSubarray(sequences, { minLength: sequences.length }), (shuffled) => {
      const state = newPatternState();
      for (const taken of shuffled) holdBack(state, { taken, time: eventTimeMs(9), deadline: undefined });
      expect(state.completed.map(({ taken }) => taken)).toEqual([...sequences].sort(compareTaken));
    }),
  );
});

test("what is pruned is taken from the front", () => {
  const live = new LivePartialMatches([
    undefined,
    new PartialMatch(at(1), [0], true),
    new PartialMatch(at(2), [0], true),
    undefined,
    new PartialMatch(at(4), [0], true),
  ]);
  expect(live.firstStart()).toBe(1);
  live.prune(2);
  expect(live.firstStart()).toBe(2);
  live.dropFirst();
  expect(live.rest().map(({ taken }) => taken.ordinal)).toEqual([4]);
  live.prune(99);
  expect(live.firstStart()).toBeUndefined();
});
