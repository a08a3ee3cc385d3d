import { describe, expect, test } from "vitest";
import { holds } from "../expr-fixture.ts";

/** One leaf on the fact `f`; a fact that is `undefined` is absent and allowed to be. */
function leaf(operator: string, fact: unknown, value: unknown): unknown {
  const fields = JSON.parse(JSON.stringify({ f: fact, v: value }));
  const document = { all: [{ fact: "f", operator, value: { fact: "v" } }] };
  return holds(document, { fields }, { allowUndefinedFacts: true });
}

describe("decorators", () => {
  test.each([
    { why: "some item", operator: "someFact:equal", fact: [1, 2], value: 2, result: true },
    { why: "no item of none", operator: "someFact:equal", fact: [], value: 2, result: false },
    { why: "no list has no items", operator: "someFact:equal", fact: 2, value: 2, result: false },
    { why: "every item of none", operator: "everyFact:equal", fact: [], value: 2, result: true },
    { why: "no list again", operator: "everyFact:equal", fact: 2, value: 2, result: false },
    {
      why: "each item is checked for itself",
      operator: "everyFact:greaterThan",
      fact: [1, "x"],
      value: 0,
      result: false,
    },
    { why: "not of a failed check", operator: "not:everyFact:equal", fact: 2, value: 2, result: true },
    { why: "some value", operator: "someValue:lessThan", fact: 5, value: [1, 9], result: true },
    { why: "every value", operator: "everyValue:lessThan", fact: 5, value: [6, 9], result: true },
    { why: "some value of no list throws", operator: "someValue:equal", fact: 5, value: 5, result: "error:operator" },
    {
      why: "every value of no list throws",
      operator: "everyValue:equal",
      fact: 5,
      value: "5",
      result: "error:operator",
    },
    { why: "swapped: 3 < 5", operator: "swap:lessThan", fact: 5, value: 3, result: true },
    { why: "swapped, the value is checked", operator: "swap:contains", fact: 2, value: [1, 2], result: true },
    { why: "not of what is no number", operator: "not:lessThan", fact: "abc", value: 5, result: true },
    { why: "not:contains is not doesNotContain", operator: "not:contains", fact: "abc", value: "b", result: true },
    {
      why: "the leftmost is outermost: not (some), against some (not)",
      operator: "not:someFact:equal",
      fact: [1, 2],
      value: 2,
      result: false,
    },
    { why: "and the other way round", operator: "someFact:not:equal", fact: [1, 2], value: 2, result: true },
    {
      why: "the first item that decides ends it, before an error",
      operator: "someFact:in",
      fact: ["b"],
      value: "abc",
      result: true,
    },
    { why: "an error in an item", operator: "someFact:in", fact: ["b"], value: 1, result: "error:operator" },
    { why: "not of an error is the error", operator: "not:in", fact: 1, value: 1, result: "error:operator" },
    { why: "case of both sides", operator: "ignoreCase:equal", fact: "ABC", value: "aBc", result: true },
    { why: "case in lists", operator: "ignoreCase:in", fact: "B", value: ["a", "b"], result: true },
    { why: "case in the fact's list", operator: "ignoreCase:contains", fact: ["A"], value: "a", result: true },
    { why: "no case in numbers", operator: "ignoreCase:equal", fact: 1, value: 1, result: true },
    {
      why: "under another decorator",
      operator: "someFact:ignoreCase:startsWith",
      fact: [1, "ABC"],
      value: "ab",
      result: true,
    },
    {
      why: "a pattern is not folded: \\D stays \\D",
      operator: "ignoreCase:matches",
      fact: "ABC",
      value: "^\\Dbc$",
      result: true,
    },
    { why: "without it case counts", operator: "matches", fact: "ABC", value: "bc", result: false },
  ])("$operator: $why", ({ operator, fact, value, result }) => {
    expect(leaf(operator, fact, value)).toBe(result);
    if (value !== undefined && typeof result === "boolean") {
      const literal = { all: [{ fact: "f", operator, value }] };
      expect(holds(literal, { fields: JSON.parse(JSON.stringify({ f: fact })) })).toBe(result);
    }
  });
});
