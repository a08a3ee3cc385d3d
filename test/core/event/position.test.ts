import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comparePositions, type Position } from "../../../src/core/event/position.ts";

const at = (source: string, sequence: number, index: number): Position => ({ source, sequence, index });

describe("the order of positions", () => {
  test.each([
    { why: "equal", a: at("a", 1, 2), b: at("a", 1, 2), order: 0 },
    { why: "by place in the batch", a: at("a", 1, 2), b: at("a", 1, 10), order: -1 },
    { why: "by number, not by text", a: at("a", 9, 0), b: at("a", 10, 0), order: -1 },
    { why: "the message before the place in it", a: at("a", 2, 0), b: at("a", 1, 99), order: 1 },
    { why: "the source before the message", a: at("b", 1, 0), b: at("a", 99, 0), order: 1 },
    { why: "sources by code unit, in no locale's order", a: at("Z", 0, 0), b: at("a", 0, 0), order: -1 },
  ])("$why", ({ a, b, order }) => {
    expect(Math.sign(comparePositions(a, b))).toBe(order);
    expect(Math.sign(comparePositions(b, a)) + order).toBe(0);
  });

  test("is total: sorting gives one result, whatever the order before", () => {
    const position = fc.tuple(fc.constantFrom("a", "b", "B"), fc.nat(3), fc.nat(3)).map((parts) => at(...parts));
    const shuffled = fc
      .uniqueArray(position, { selector: (one) => JSON.stringify(one) })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        const sorted = all.toSorted(comparePositions);
        expect(other.toSorted(comparePositions)).toEqual(sorted);
        for (const [index, later] of sorted.entries())
          for (const earlier of sorted.slice(0, index)) expect(comparePositions(earlier, later)).toBeLessThan(0);
      }),
    );
  });
});
