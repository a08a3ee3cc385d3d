import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { didYouMean, nearestOf, textDistance } from "../../../src/core/base/text-distance.ts";

test.each([
  { why: "equal texts", left: "abc", right: "abc", distance: 0 },
  { why: "one insertion", left: "totl", right: "total", distance: 1 },
  { why: "one deletion", left: "totall", right: "total", distance: 1 },
  { why: "one replacement", left: "tital", right: "total", distance: 1 },
  { why: "neighbours swapped are one edit, not two", left: "toatl", right: "total", distance: 1 },
  { why: "nothing against something", left: "", right: "abc", distance: 3 },
  {
    why: "no part is edited twice: optimal string alignment, not the unrestricted distance",
    left: "ca",
    right: "abc",
    distance: 3,
  },
])("$why", ({ left, right, distance }) => {
  expect(textDistance(left, right)).toBe(distance);
});

test("distance is symmetric, zero only of equals, and at most the longer length", () => {
  const word = fc.string({ maxLength: 8, unit: fc.constantFrom("a", "b", "c") });
  fc.assert(
    fc.property(word, word, (left, right) => {
      const distance = textDistance(left, right);
      expect(textDistance(right, left)).toBe(distance);
      expect(distance === 0).toBe(left === right);
      expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
      expect(distance).toBeGreaterThanOrEqual(Math.abs(left.length - right.length));
    }),
  );
});

describe("the nearest name", () => {
  test.each([
    { why: "a letter is missing", name: "totl", candidates: ["count", "total"], nearest: "total" },
    { why: "only the case differs", name: "GREATERTHAN", candidates: ["greaterThan"], nearest: "greaterThan" },
    { why: "nothing is near", name: "zebra", candidates: ["total", "count"], nearest: undefined },
    { why: "short names allow one edit", name: "eg", candidates: ["eq"], nearest: "eq" },
    { why: "the nearer of two", name: "lessThann", candidates: ["lessThanInclusive", "lessThan"], nearest: "lessThan" },
    { why: "the first of equals", name: "ab", candidates: ["aa", "bb"], nearest: "aa" },
    { why: "no candidates", name: "a", candidates: [], nearest: undefined },
    { why: "very long names are not compared", name: "a".repeat(65), candidates: ["a".repeat(64)], nearest: undefined },
  ])("$why", ({ name, candidates, nearest }) => {
    expect(nearestOf(name, candidates)).toBe(nearest);
  });

  test("ends a message, or adds nothing", () => {
    expect(didYouMean("totl", ["total"])).toBe('; did you mean "total"?');
    expect(didYouMean("zebra", ["total"])).toBe("");
  });
});
