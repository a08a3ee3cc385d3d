import { describe, expect, test } from "vitest";
import { literalRefusal, parseOperatorName } from "../../../../src/core/expr/json/operator-name.ts";
import { holds } from "../expr-fixture.ts";

/** One leaf on the fact `f`; a fact that is `undefined` is absent and allowed to be. */
function leaf(operator: string, fact: unknown, value: unknown): unknown {
  const fields = JSON.parse(JSON.stringify({ f: fact, v: value }));
  const document = { all: [{ fact: "f", operator, value: { fact: "v" } }] };
  return holds(document, { fields }, { allowUndefinedFacts: true });
}

describe("json-rules-engine's operators", () => {
  test.each([
    { why: "no coercion", operator: "equal", fact: 1, value: "1", result: false },
    { why: "no deep equality", operator: "equal", fact: [1], value: [1], result: false },
    { why: "absent equals absent", operator: "equal", fact: undefined, value: undefined, result: true },
    { why: "absent differs from 1", operator: "notEqual", fact: undefined, value: 1, result: true },
    { why: "lists always differ", operator: "notEqual", fact: [], value: [], result: true },
    { why: "in a list", operator: "in", fact: 2, value: [1, 2], result: true },
    { why: "in a text", operator: "in", fact: "b", value: "abc", result: true },
    { why: "in a text, coerced", operator: "in", fact: 1, value: "a1b", result: true },
    { why: "in a number throws", operator: "in", fact: 1, value: 5, result: "error:operator" },
    { why: "in null throws", operator: "in", fact: 1, value: null, result: "error:operator" },
    { why: "in an absent value throws", operator: "in", fact: 1, value: undefined, result: "error:operator" },
    { why: "not in a list", operator: "notIn", fact: undefined, value: [1], result: true },
    { why: "not in an object throws", operator: "notIn", fact: 1, value: {}, result: "error:operator" },
    { why: "a list contains", operator: "contains", fact: [1, 2], value: 2, result: true },
    { why: "a text contains nothing", operator: "contains", fact: "abc", value: "b", result: false },
    { why: "and does not not contain it", operator: "doesNotContain", fact: "abc", value: "x", result: false },
    { why: "a list does not contain", operator: "doesNotContain", fact: [1], value: 2, result: true },
    { why: "absent is less than nothing", operator: "lessThan", fact: undefined, value: 1, result: false },
    { why: "null too", operator: "lessThanInclusive", fact: null, value: 1, result: false },
    { why: "true too", operator: "greaterThan", fact: true, value: 0, result: false },
    {
      why: "'12abc' begins like a number, and compares as none",
      operator: "lessThan",
      fact: "12abc",
      value: 99,
      result: false,
    },
    { why: "a list of one number is that number", operator: "lessThan", fact: [5], value: 6, result: true },
    { why: "two texts compare as texts", operator: "lessThan", fact: "10", value: "9", result: true },
    { why: "a text and a number as numbers", operator: "greaterThan", fact: "10", value: 9, result: true },
    { why: "5 >= null", operator: "greaterThanInclusive", fact: 5, value: null, result: true },
    { why: "5 > null", operator: "greaterThan", fact: 5, value: null, result: true },
    { why: "5 < null", operator: "lessThan", fact: 5, value: null, result: false },
    { why: "anything against an absent value", operator: "greaterThan", fact: 5, value: undefined, result: false },
    { why: "hexadecimal text", operator: "greaterThan", fact: "0x10", value: 5, result: true },
    { why: "text with spaces", operator: "greaterThan", fact: " 5 ", value: 3, result: true },
    { why: "ISO dates compare as texts", operator: "lessThan", fact: "2024-01-02", value: "2024-01-10", result: true },
    {
      why: "an own toString that is none throws",
      operator: "lessThan",
      fact: { toString: 1 },
      value: 1,
      result: "error:operator",
    },
  ])("$operator: $why", ({ operator, fact, value, result }) => {
    expect(leaf(operator, fact, value)).toBe(result);
  });
});

describe("the extra operators", () => {
  test.each([
    { why: "any part of the text", operator: "matches", fact: "xaby", value: "a.?y", result: true },
    { why: "no text matches nothing", operator: "matches", fact: 5, value: "5", result: false },
    { why: "a bad pattern out of the event", operator: "matches", fact: "a", value: "(", result: "error:argument" },
    { why: "a pattern that is no text", operator: "matches", fact: "a", value: 1, result: "error:operator" },
    { why: "a prefix", operator: "startsWith", fact: "abc", value: "ab", result: true },
    { why: "no text", operator: "startsWith", fact: 12, value: "1", result: false },
    { why: "a value that is no text", operator: "startsWith", fact: "1", value: 1, result: "error:operator" },
    { why: "a suffix", operator: "endsWith", fact: "abc", value: "bc", result: true },
    { why: "a part", operator: "containsText", fact: "abc", value: "b", result: true },
    { why: "an absent fact holds no text", operator: "containsText", fact: undefined, value: "b", result: false },
    { why: "the low end is inside", operator: "between", fact: 1, value: [1, 3], result: true },
    { why: "the high end is inside", operator: "between", fact: 3, value: [1, 3], result: true },
    { why: "outside", operator: "between", fact: 3.1, value: [1, 3], result: false },
    { why: "an absent fact is between nothing", operator: "between", fact: undefined, value: [1, 3], result: false },
    {
      why: "dates as texts",
      operator: "between",
      fact: "2024-02-01",
      value: ["2024-01-01", "2024-03-01"],
      result: true,
    },
    { why: "no bounds", operator: "between", fact: 1, value: 1, result: "error:operator" },
    { why: "there", operator: "exists", fact: 0, value: true, result: true },
    { why: "not there", operator: "exists", fact: undefined, value: true, result: false },
    { why: "null is not there", operator: "exists", fact: null, value: false, result: true },
    { why: "neither true nor false", operator: "exists", fact: 1, value: 1, result: "error:operator" },
    { why: "in a block", operator: "inCidr", fact: "10.1.2.3", value: "10.0.0.0/8", result: true },
    {
      why: "in one of several",
      operator: "inCidr",
      fact: "2001:db8::1",
      value: ["10.0.0.0/8", "2001:db8::/32"],
      result: true,
    },
    { why: "no address", operator: "inCidr", fact: "example.org", value: "0.0.0.0/0", result: false },
    { why: "no block", operator: "inCidr", fact: "10.1.2.3", value: "10.0.0.0/33", result: "error:argument" },
    {
      why: "each of a list's blocks",
      operator: "everyValue:inCidr",
      fact: "10.1.2.3",
      value: ["10.0.0.0/8", "10.1.0.0/16"],
      result: true,
    },
    { why: "not in a block", operator: "not:inCidr", fact: "11.1.2.3", value: "10.0.0.0/8", result: true },
  ])("$operator: $why", ({ operator, fact, value, result }) => {
    expect(leaf(operator, fact, value)).toBe(result);
    if (typeof result === "boolean") {
      const literal = { all: [{ fact: "f", operator, value }] };
      const fields = JSON.parse(JSON.stringify({ f: fact }));
      expect(holds(literal, { fields }, { allowUndefinedFacts: true })).toBe(result);
    }
  });

  test("exists never errs on an absent fact, whatever the options and decorators", () => {
    expect(holds({ fact: "f", operator: "exists", value: false })).toBe(true);
    expect(holds({ fact: "f", path: "$.a.b", operator: "not:exists", value: true })).toBe(true);
    expect(holds({ fact: "f", operator: "equal", value: 1 })).toBe("error:undefined-fact");
  });
});

describe("names of operators", () => {
  test.each([
    { why: "plain", text: "equal", name: "equal", decorators: [] },
    { why: "decorated", text: "not:someFact:in", name: "in", decorators: ["not", "someFact"] },
  ])("$why", ({ text, name, decorators }) => {
    expect(parseOperatorName(text)).toMatchObject({ kind: "known", name, decorators });
  });

  test.each([
    { why: "an unknown operator", text: "eqal", message: 'unknown operator "eqal"; did you mean "equal"?' },
    {
      why: "an unknown operator behind a decorator",
      text: "not:eqal",
      message: 'unknown operator "eqal"; did you mean "equal"?',
    },
    {
      why: "an unknown decorator",
      text: "sumFact:equal",
      message: 'unknown decorator "sumFact"; did you mean "someFact"?',
    },
    { why: "a leading colon", text: ":equal", message: 'unknown operator ":equal"; did you mean "equal"?' },
    { why: "a trailing colon", text: "not:", message: 'unknown operator ""' },
    { why: "a prototype's name", text: "constructor", message: 'unknown operator "constructor"' },
  ])("$why", ({ text, message }) => {
    expect(parseOperatorName(text)).toMatchObject({ message });
  });
});

describe("literal values that can never work", () => {
  test.each([
    { why: "in a number", operator: "in", value: 5, isRefused: true },
    { why: "in a text is legal", operator: "in", value: "abc", isRefused: false },
    { why: "negated", operator: "not:notIn", value: null, isRefused: true },
    { why: "never reached where the fact is no list", operator: "someFact:in", value: 5, isRefused: false },
    { why: "swapped, the fact is what counts", operator: "swap:in", value: 5, isRefused: false },
    { why: "someValue of no list", operator: "someValue:equal", value: 5, isRefused: true },
    { why: "someValue's items are reached or not", operator: "someValue:in", value: [5], isRefused: false },
    { why: "a pattern", operator: "someFact:matches", value: "(", isRefused: true },
    { why: "one of several patterns", operator: "someValue:matches", value: ["a", "("], isRefused: true },
    { why: "a block", operator: "not:inCidr", value: ["10.0.0.0/8", "x"], isRefused: true },
    { why: "bounds", operator: "between", value: [1, 2, 3], isRefused: true },
    { why: "a boolean", operator: "exists", value: "yes", isRefused: true },
    { why: "a text", operator: "endsWith", value: 1, isRefused: true },
    { why: "equality takes anything", operator: "equal", value: { a: 1 }, isRefused: false },
  ])("$operator: $why", ({ operator, value, isRefused }) => {
    const parsed = parseOperatorName(operator);
    if (parsed.kind !== "known") throw new Error("no operator");
    expect(literalRefusal(parsed, value) !== undefined).toBe(isRefused);
  });
});
