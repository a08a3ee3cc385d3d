import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  intersectNumbers,
  numbersExcept,
  numbersOf,
  numbersThatAre,
  uniteNumbers,
  type Intervals,
} from "../../../../src/core/expr/check/interval.ts";

const bound = fc.integer({ min: -3, max: 3 });
const set: fc.Arbitrary<Intervals> = fc.letrec<{ set: Intervals }>((tie) => ({
  set: fc.oneof(
    { depthSize: "small" },
    fc.tuple(fc.constantFrom("<", "<=", ">", ">="), bound).map(([relation, at]) => numbersThatAre(relation, at)),
    fc.array(bound, { maxLength: 3 }).map(numbersOf),
    fc.array(bound, { maxLength: 3 }).map(numbersExcept),
    fc.tuple(tie("set"), tie("set")).map(([a, b]) => intersectNumbers(a, b)),
    fc.tuple(tie("set"), tie("set")).map(([a, b]) => uniteNumbers(a, b)),
  ),
})).set;

function contains(numbers: Intervals, value: number): boolean {
  return numbers.some(
    ({ low, high, isLowOpen, isHighOpen }) =>
      (value > low || (value === low && !isLowOpen)) && (value < high || (value === high && !isHighOpen)),
  );
}

const probes = [
  Number.NEGATIVE_INFINITY,
  ...Array.from({ length: 17 }, (_, index) => index / 2 - 4),
  Number.POSITIVE_INFINITY,
];

describe("sets of numbers", () => {
  test("have in common what both have, and together what either has; and stay in order", () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const common = intersectNumbers(a, b);
        const united = uniteNumbers(a, b);
        for (const value of probes) {
          expect(contains(common, value)).toBe(contains(a, value) && contains(b, value));
          expect(contains(united, value)).toBe(contains(a, value) || contains(b, value));
        }
        for (const numbers of [common, united])
          for (const [index, { low }] of numbers.entries())
            expect(low >= (numbers[index - 1]?.high ?? -Infinity)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("are empty where nothing is left", () => {
    expect(intersectNumbers(numbersThatAre(">", 5), numbersThatAre("<=", 5))).toEqual([]);
    expect(numbersThatAre("<", Number.NaN)).toEqual([]);
    expect(numbersOf([Number.NaN])).toEqual([]);
  });
});
