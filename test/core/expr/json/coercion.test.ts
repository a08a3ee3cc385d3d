import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareLoosely,
  compareNumbers,
  compareTexts,
  isNumberLike,
  textOf,
} from "../../../../src/core/expr/json/coercion.ts";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";

/** What the language itself says, throws included. */
const native: Readonly<Record<"<" | "<=" | ">" | ">=", (left: string, right: string) => boolean>> = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

function isText(_value: unknown): _value is string {
  return true;
}

function outcome(run: () => unknown): unknown {
  try {
    const result = run();
    return result instanceof ExprError ? "error" : result;
  } catch {
    return "error";
  }
}

const value = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    "",
    "5",
    " 5 ",
    "0x10",
    "abc",
    "10",
    "9",
    [],
    [5],
    [1, 2],
    {},
    { toString: 1 },
    { valueOf: 1 },
    [{ toString: 1 }],
  ),
  fc.double(),
  fc.integer(),
  fc.jsonValue(),
);

test("comparisons are the language's own", () => {
  fc.assert(
    fc.property(value, value, fc.constantFrom("<", "<=", ">", ">="), (left, right, relation) => {
      if (!isText(left) || !isText(right)) return;
      expect(outcome(() => compareLoosely(relation, left, right))).toBe(outcome(() => native[relation](left, right)));
    }),
    { numRuns: 5000 },
  );
});

test("the check of numeric operators is json-rules-engine's own", () => {
  fc.assert(
    fc.property(value, (fact) => {
      if (!isText(fact)) return;
      expect(outcome(() => isNumberLike(fact))).toBe(outcome(() => Number.parseFloat(fact).toString() !== "NaN"));
    }),
  );
});

test("text of what has none", () => {
  expect(textOf({ toString: 1 })).toBeInstanceOf(ExprError);
  expect(textOf(Object.create(null))).toBe("[object Object]");
  expect(textOf([1, [2]])).toBe("1,2");
});

test("each relation, for numbers and texts", () => {
  const relations = ["<", "<=", ">", ">="] as const;
  expect(relations.map((relation) => compareNumbers(relation, 1, 1))).toEqual([false, true, false, true]);
  expect(relations.map((relation) => compareNumbers(relation, Number.NaN, 1))).toEqual([false, false, false, false]);
  expect(relations.map((relation) => compareTexts(relation, "a", "b"))).toEqual([true, true, false, false]);
});
