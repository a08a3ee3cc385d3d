import fc from "fast-check";
import { expect, test } from "vitest";
import { childrenOf, type Expr } from "../../../../src/core/expr/ast.ts";
import { atomOfCel, atomOfTest } from "../../../../src/core/expr/check/atom-values.ts";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import { assemble } from "../../../../src/core/expr/closure/compile-closures.ts";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";
import { intersectValues, isNoValue, valuesOf } from "../../../../src/core/expr/check/value-set.ts";
import type { ConditionDocument } from "../../../../src/spec/value.ts";
import { contextWith, scopeOf } from "../expr-fixture.ts";
import { celCondition, condition, eventFields } from "../generated-condition.ts";

const atomOf = (expr: Expr, wanted: boolean) =>
  expr.kind === "test" ? atomOfTest(expr, wanted) : atomOfCel(expr, wanted);

/** The first part of a condition that asks something of one value. */
function firstAtomIn(document: ConditionDocument, wanted: boolean) {
  const { compiled } = compileCondition(document, "", contextWith());
  const waiting: Expr[] = compiled === undefined ? [] : [compiled.expr];
  for (let expr = waiting.pop(); expr !== undefined; expr = waiting.pop()) {
    const atom = atomOf(expr, wanted);
    if (atom !== undefined) return atom;
    waiting.push(...childrenOf(expr).toReversed());
  }
  return undefined;
}

const leaf = (operator: string, value: unknown): ConditionDocument => ({ all: [{ fact: "a", operator, value }] });

const rows: readonly {
  condition: ConditionDocument;
  wanted?: false;
  inside: readonly unknown[];
  outside: readonly unknown[];
}[] = [
  { condition: leaf("equal", 5), inside: [5], outside: [4, "5", null, true, [5]] },
  { condition: leaf("equal", 5), wanted: false, inside: [4, "5", null, true, [5], {}], outside: [5] },
  { condition: leaf("not:equal", 5), inside: [4, "5"], outside: [5] },
  { condition: leaf("not:not:equal", 5), inside: [5], outside: [4, "5"] },
  { condition: leaf("ignoreCase:equal", "Ab"), inside: ["ab", "AB"], outside: ["b", 1, {}] },
  { condition: leaf("notIn", ["x", 1]), inside: ["y", 2, null], outside: ["x", 1] },
  { condition: leaf("in", ["x", null]), inside: ["x", null, undefined], outside: ["y", 1, {}] },
  { condition: leaf("greaterThan", 5), inside: [6, "6", [6]], outside: [5, null, true, {}] },
  { condition: leaf("greaterThan", 5), wanted: false, inside: [5, null, "x"], outside: [6] },
  { condition: leaf("lessThan", "9"), inside: ["10"], outside: ["9", "95", "a", null] },
  { condition: leaf("between", [2, 4]), inside: [2, 4], outside: [1, 5, {}] },
  { condition: leaf("startsWith", "ab"), inside: ["abc"], outside: ["b", 1, null, []] },
  { condition: leaf("matches", "^a"), inside: ["ab"], outside: ["b"] },
  { condition: leaf("contains", 1), inside: [[1]], outside: [1, "1", null] },
  { condition: leaf("exists", true), inside: [0, "", false], outside: [null, undefined] },
  { condition: leaf("exists", false), inside: [null, undefined], outside: [0, "", []] },
  { condition: leaf("someFact:equal", 1), inside: [[1]], outside: [1, null] },
  { condition: "a == 5", inside: [5], outside: [4, "5", null] },
  { condition: "5 != a", inside: [4, "5", null], outside: [5] },
  { condition: "5 < a", inside: [6], outside: [5, "6", null, true] },
  { condition: "a >= 'b'", inside: ["b"], outside: ["a", 5] },
  { condition: "a in [1, 'x', null]", inside: [1, "x", null], outside: [2, "y", true] },
  { condition: "a.startsWith('ab')", inside: ["abc"], outside: ["b", 1] },
  { condition: "a.startsWith('ab')", wanted: false, inside: ["b"], outside: ["abc", 1] },
  { condition: "between(a, 2, 4)", inside: [2, 3, 4], outside: [1, 5, "3"] },
  { condition: "between(a, 2, 4)", wanted: false, inside: [1, 5], outside: [3, "3"] },
  { condition: "exists(a)", inside: [0, false], outside: [null] },
  { condition: "has(a)", wanted: false, inside: [null], outside: [0] },
];

test.each(rows)("$condition asks of a value, $wanted", ({ condition: document, wanted = true, inside, outside }) => {
  const atom = firstAtomIn(document, wanted);
  if (atom === undefined) throw new Error("it asks nothing");
  const isIn = (value: unknown) => !isNoValue(intersectValues(atom.values, valuesOf([value])));
  expect(inside.filter((value) => !isIn(value))).toEqual([]);
  expect(outside.filter(isIn)).toEqual([]);
});

test.each<{ why: string; document: ConditionDocument }>([
  { why: "two values", document: "a < b" },
  { why: "no literal on the right", document: { all: [{ fact: "a", operator: "equal", value: { fact: "b" } }] } },
  { why: "a list that is not of literals", document: "a in [b]" },
])("nothing is known of $why", ({ document }) => {
  expect(firstAtomIn(document, true)).toBeUndefined();
});

test("no value with which a part yields what is wanted is left out", () => {
  let count = 0;
  fc.assert(
    fc.property(
      fc.oneof(condition, celCondition),
      fc.array(eventFields, { minLength: 10, maxLength: 10 }),
      fc.boolean(),
      (document, events, allowUndefinedFacts) => {
        const { compiled } = compileCondition(document, "", contextWith({ allowUndefinedFacts }));
        const waiting: Expr[] = compiled === undefined ? [] : [compiled.expr];
        for (let expr = waiting.pop(); expr !== undefined; expr = waiting.pop()) {
          // The variables of macros have no value by themselves.
          if (expr.kind === "loop" || expr.kind === "bind") continue;
          waiting.push(...childrenOf(expr));
          for (const wanted of [true, false]) {
            const atom = atomOf(expr, wanted);
            if (atom === undefined) continue;
            const part = assemble(expr);
            const term = assemble(atom.term);
            for (const fields of events) {
              const scope = scopeOf({ fields });
              if (part(scope) !== wanted) continue;
              const value = term(scope);
              // A member of what has none is an error, and to `exists` and `has` no value.
              const asked = value instanceof ExprError ? null : value;
              const left = intersectValues(atom.values, valuesOf([asked]));
              count += 1;
              expect({ expr, wanted, fields, isLeft: !isNoValue(left) }).toMatchObject({ isLeft: true });
            }
          }
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(count).toBeGreaterThan(1_000);
});
