import fc from "fast-check";
import { expect, test } from "vitest";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { accessTestOf, type AccessTest } from "../../../src/core/plan/access-test.ts";
import type { ConditionDocument } from "../../../src/spec/value.ts";

type Expected = { readonly kind: AccessTest["kind"] } & Readonly<Record<string, unknown>>;

const leaf = (operator: string, value: unknown) =>
  JSON.parse(JSON.stringify({ all: [{ fact: "a", operator, value }] }));

test.each<{ readonly document: ConditionDocument; readonly is: Expected | undefined }>([
  { document: leaf("equal", 1), is: { kind: "values", values: [1] } },
  { document: leaf("equal", null), is: { kind: "values", values: [null] } },
  { document: leaf("equal", [1]), is: undefined },
  { document: leaf("in", [1, "x", [2]]), is: { kind: "values", values: [1, "x"] } },
  { document: leaf("in", "abc"), is: undefined },
  { document: leaf("notIn", [1]), is: undefined },
  { document: leaf("greaterThan", 5), is: { kind: "range", low: 5.000000000000001, high: Infinity } },
  { document: leaf("lessThanInclusive", 5), is: { kind: "range", low: -Infinity, high: 5 } },
  { document: leaf("lessThan", 5), is: { kind: "range", low: -Infinity, high: 4.999999999999999 } },
  { document: leaf("lessThan", "5"), is: undefined },
  { document: leaf("between", [1, 5]), is: { kind: "range", low: 1, high: 5 } },
  { document: leaf("between", ["1", 5]), is: undefined },
  { document: leaf("startsWith", "ab"), is: { kind: "prefix", text: "ab", from: 0 } },
  { document: leaf("ignoreCase:startsWith", "ab"), is: undefined },
  { document: leaf("not:equal", 1), is: undefined },
  { document: "a == 1", is: { kind: "values", values: [1] } },
  { document: "1 == a", is: { kind: "values", values: [1] } },
  { document: "a == null", is: undefined },
  { document: "a in [1, null]", is: undefined },
  { document: "a in ['x', 'y']", is: { kind: "values", values: ["x", "y"] } },
  { document: "a != 1", is: undefined },
  { document: "5 < a", is: { kind: "range", low: 5.000000000000001, high: Infinity } },
  { document: "a < b", is: undefined },
  { document: "a", is: { kind: "values", values: [true] } },
  { document: "!a", is: { kind: "values", values: [false] } },
  { document: "a == 1 || a in [2, 3]", is: { kind: "values", values: [1, 2, 3] } },
  { document: "a == 1 || b == 2", is: undefined },
  { document: "a.startsWith('x')", is: { kind: "prefix", text: "x", from: 0 } },
])("$document", ({ document, is }) => {
  const names = eventNames();
  const context = { names, named: new Map(), allowUndefinedFacts: false, allowUndefinedConditions: false };
  const expr = compileCondition(document, "", context).compiled?.expr;
  if (expr === undefined) throw new Error("the condition has faults");
  const test_ = accessTestOf(
    expr.kind === "boolean" ? expr.of : expr.kind === "all-of" ? (expr.sets[0]?.[0] ?? expr) : expr,
  );
  if (is === undefined) expect(test_).toBeUndefined();
  else
    expect(test_).toMatchObject({ ...is, of: { kind: "fact", ref: { kind: "field", name: "a" }, isOptional: true } });
});

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0, -0, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -1022),
);

test("the bounds of a comparison are exact, for the number beside the bound too", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("<", "<=", ">", ">="),
      number,
      number,
      fc.boolean(),
      (operator, bound, other, isNear) => {
        const value = isNear ? bound * (1 + Number.EPSILON) : other;
        const of = {
          kind: "fact",
          ref: { kind: "field", name: "a" },
          name: "a",
          path: undefined,
          isOptional: true,
        } as const;
        const found = accessTestOf({ kind: "binary", operator, left: of, right: { kind: "literal", value: bound } });
        if (found?.kind !== "range") throw new Error("a comparison with a number is a range");
        const holds = { "<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound }[operator];
        expect(value >= found.low && value <= found.high).toBe(holds);
      },
    ),
    { numRuns: 2_000 },
  );
});
