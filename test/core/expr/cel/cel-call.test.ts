import { describe, expect, test } from "vitest";
import { qualifiedName } from "../../../../src/core/expr/cel/cel-call.ts";
import { compileExpression } from "../../../../src/core/expr/compile-expression.ts";
import { fixed, ranged, typeNameOf, variadic } from "../../../../src/core/expr/function/function-entry.ts";
import { functionNames, functionOf } from "../../../../src/core/expr/function/function-table.ts";
import { contextWith, evaluate } from "../expr-fixture.ts";

const fields = {
  n: 12,
  s: "abc",
  ip: "10.1.2.3",
  list: ["b", "a"],
  map: { a: 1 },
  math: "xmathx",
  sets: "abc",
  pattern: "b+",
  bad: "(",
};

describe("calls", () => {
  test.each([
    { why: "a pattern fits any part", text: "s.matches('b.')", value: true },
    { why: "an anchored pattern", text: "s.matches('^b')", value: false },
    { why: "a pattern out of the event", text: "s.matches(pattern)", value: true },
    { why: "a bad pattern out of the event", text: "s.matches(bad)", value: "error:argument" },
  ])("$why", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});

describe("calls that can never work are faults", () => {
  test.each([
    {
      why: "an unknown function",
      text: "1 + lowr('a')",
      at: 4,
      code: "unknown-name",
      message: 'unknown function "lowr"; did you mean "lower"?',
    },
    {
      why: "an unknown method",
      text: "s.trimm()",
      at: 2,
      code: "unknown-name",
      message: 'unknown function "trimm"; did you mean "trim"?',
    },
    {
      why: "an unknown function of a namespace",
      text: "math.foor(1)",
      at: 0,
      code: "unknown-name",
      message: 'unknown function "math.foor"; did you mean "math.floor"?',
    },
    {
      why: "too many arguments",
      text: "size(1, 2)",
      at: 0,
      code: "expression",
      message: "size takes 1 argument, not 2",
    },
    {
      why: "too few for a method",
      text: "s.replace('a')",
      at: 2,
      code: "expression",
      message: "replace takes 3 or 4 arguments, not 2",
    },
    {
      why: "no numbers at all",
      text: "math.greatest()",
      at: 0,
      code: "expression",
      message: "math.greatest takes 1 to 32 arguments, not 0",
    },
    {
      why: "a bad pattern",
      text: "s.matches('(')",
      at: 2,
      code: "expression",
      message: expect.stringContaining("RE2 syntax"),
    },
    {
      why: "a bad block",
      text: "inCidr(ip, ['10.0.0.0/8', 'x'])",
      at: 0,
      code: "expression",
      message: expect.stringContaining('"x" is no CIDR block'),
    },
    {
      why: "a bad duration",
      text: "n > ms('1x')",
      at: 4,
      code: "expression",
      message: expect.stringContaining("is no duration"),
    },
    {
      why: "a literal of the wrong type",
      text: "lower(1)",
      at: 0,
      code: "expression",
      message: "lower takes a string, not a number",
    },
    {
      why: "a field of a duration",
      text: "duration('1h').getHours()",
      at: 0,
      code: "expression",
      message: expect.stringContaining("divide a duration"),
    },
    {
      why: "a list that is not loaded",
      text: "inList(ip, 'x')",
      at: 0,
      code: "unknown-name",
      message: expect.stringContaining('no list "x" is loaded'),
    },
    { why: "has of no name", text: "has(1)", at: 0, code: "expression", message: expect.stringContaining("has takes") },
    {
      why: "cond of no text",
      text: "cond(s)",
      at: 0,
      code: "expression",
      message: expect.stringContaining("cond takes"),
    },
    {
      why: "bind of nothing",
      text: "cel.bind(x, 2)",
      at: 0,
      code: "expression",
      message: expect.stringContaining("cel.bind takes"),
    },
    {
      why: "a prototype's name",
      text: "constructor()",
      at: 0,
      code: "unknown-name",
      message: 'unknown function "constructor"',
    },
  ])("$why", ({ text, at, code, message }) => {
    const { compiled, faults } = compileExpression(text, "/x", contextWith());
    expect(compiled).toBeUndefined();
    expect(faults).toMatchObject([{ pointer: "/x", at, severity: "error", code, message }]);
  });
});

test("a namespace's function wins only where its count of arguments fits", () => {
  expect(qualifiedName("sets", "contains", 2)).toBe("sets.contains");
  expect(qualifiedName("sets", "contains", 1)).toBeUndefined();
  expect(qualifiedName("math", "foor", 1)).toBe("math.foor");
  expect(qualifiedName("device", "contains", 1)).toBeUndefined();
});

test("every function of the table has its name among the names, and says how many arguments it takes", () => {
  for (const name of functionNames) {
    const entry = functionOf(name);
    if (entry !== undefined) expect(entry.argCountMin).toBeLessThanOrEqual(entry.argCountMax);
  }
  expect([fixed(2, () => 1), ranged(1, 2, () => 1), variadic(() => 1)].map(({ argCountMin }) => argCountMin)).toEqual([
    2, 1, 1,
  ]);
  expect([null, [], 1, "", true, {}].map(typeNameOf)).toEqual([
    "null",
    "a list",
    "a number",
    "a string",
    "a boolean",
    "a map",
  ]);
});
