import { describe, expect, test } from "vitest";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";
import {
  fixed,
  overNumber,
  overText,
  overTexts,
  ranged,
  variadic,
  wrongType,
} from "../../../../src/core/expr/function/function-entry.ts";
import { functionNames, functionOf } from "../../../../src/core/expr/function/function-table.ts";

const messageOf = (value: unknown) => (value instanceof ExprError ? value.message : value);

test("every function of the table takes what it says, and answers anything with a value or an error", () => {
  const values = [null, true, 0, -1.5, "", "text", [], [1, "a"], {}, { a: null }];
  for (const name of functionNames) {
    const entry = functionOf(name);
    if (entry === undefined) continue;
    expect(entry.argCountMin, name).toBeLessThanOrEqual(entry.argCountMax);
    for (const a of values) for (const b of values) expect(() => entry.call(a, b, a, b), name).not.toThrow();
  }
});

test("names that nobody has", () => {
  expect([functionOf("toString"), functionOf("__proto__"), functionOf("matches")?.argCountMin]).toEqual([
    undefined,
    undefined,
    2,
  ]);
});

describe("entries", () => {
  test.each([
    { why: "a text where one is wanted", given: overText("f", (text) => text.length)("abc", null, null, null), is: 3 },
    { why: "else an error", given: overText("f", () => 1)(5, null, null, null), is: "f takes a string, not a number" },
    { why: "two texts", given: overTexts("f", (a, b) => a + b)("a", "b", null, null), is: "ab" },
    {
      why: "the second is none",
      given: overTexts("f", () => 1)("a", [], null, null),
      is: "f takes a string, not a list",
    },
    { why: "a number", given: overNumber("f", (value) => -value)(2, null, null, null), is: -2 },
    { why: "no number", given: overNumber("f", () => 1)({}, null, null, null), is: "f takes a number, not a map" },
    { why: "nothing", given: wrongType("f", "a list", undefined), is: "f takes a list, not null" },
  ])("$why", ({ given, is }) => expect(messageOf(given)).toBe(is));

  test("counts of arguments", () => {
    const call = () => 1;
    expect([fixed(2, call), ranged(1, 3, call), variadic(call)].map((e) => [e.argCountMin, e.argCountMax])).toEqual([
      [2, 2],
      [1, 3],
      [1, 32],
    ]);
  });
});
