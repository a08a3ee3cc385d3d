import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import { areContradictory } from "../../../../src/core/expr/check/contradiction.ts";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";
import { ExprTexts } from "../../../../src/core/expr/check/expr-text.ts";
import { anyValue } from "../../../../src/core/expr/check/value-set.ts";
import type { ConditionDocument } from "../../../../src/spec/value.ts";
import { contextWith, scopeOf } from "../expr-fixture.ts";
import { celCondition, condition, eventFields } from "../generated-condition.ts";

const caseCount = Number(process.env["TOCSIN_CASES"] ?? 2000);

/** "never" and "always" are proofs; "depends" says nothing. */
function verdictOf(document: ConditionDocument, allowUndefinedFacts: boolean) {
  const { compiled } = compileCondition(document, "", contextWith({ allowUndefinedFacts }));
  if (compiled === undefined) return undefined;
  const options = { texts: new ExprTexts(), valuesOf: () => anyValue };
  const isNever = areContradictory([{ expr: compiled.expr, wanted: true }], options);
  const isAlways = areContradictory([{ expr: compiled.expr, wanted: false }], options);
  return { compiled, isNever, isAlways };
}

describe("what is proven of a condition", () => {
  test("holds of every generated event", { timeout: 3_600_000 }, () => {
    const tally = { never: 0, always: 0, depends: 0 };
    fc.assert(
      fc.property(
        fc.oneof(condition, celCondition),
        fc.array(eventFields, { minLength: 20, maxLength: 20 }),
        fc.boolean(),
        (document, events, allowUndefinedFacts) => {
          const verdict = verdictOf(document, allowUndefinedFacts);
          if (verdict === undefined) return;
          const { compiled, isNever, isAlways } = verdict;
          tally[isNever ? "never" : isAlways ? "always" : "depends"] += 1;
          if (!isNever && !isAlways) return;
          for (const fields of [...events, undefined]) {
            const result = compiled.holds(scopeOf({ fields, key: { a: 1 } }));
            if (isNever) expect(result).not.toBe(true);
            if (isAlways && !(result instanceof ExprError)) expect(result).toBe(true);
          }
        },
      ),
      { numRuns: caseCount },
    );
    for (const [verdict, count] of Object.entries(tally))
      expect({ verdict, isFrequent: count > caseCount / 100 }).toEqual({ verdict, isFrequent: true });
  });
});
