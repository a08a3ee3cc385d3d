import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject } from "../../../src/core/base/json.ts";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import { compileExpression } from "../../../src/core/expr/compile-expression.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { celText, context, jsonNode, parts } from "./expr-arbitrary.ts";
import { scopeOf } from "./expr-fixture.ts";

const caseCount = Number(process.env["TOCSIN_CASES"] ?? 2000);

describe("nothing throws, and a program gives a value or an error", () => {
  test(`any JSON condition, over any event (${caseCount} cases)`, () => {
    const tally = { compiled: 0, refused: 0 };
    fc.assert(
      fc.property(jsonNode, parts, (node, scopeParts) => {
        const json: unknown = JSON.parse(JSON.stringify({ all: [node] }));
        if (!isJsonObject(json)) throw new Error("no object");
        const document: JsonObject = json;
        const { compiled, faults } = compileCondition(document, "/c", context);
        expect(compiled === undefined).toBe(faults.some(({ severity }) => severity === "error"));
        tally[compiled === undefined ? "refused" : "compiled"] += 1;
        const result = compiled?.holds(scopeOf(scopeParts)) ?? false;
        expect(typeof result === "boolean" || result instanceof ExprError).toBe(true);
      }),
      { numRuns: caseCount },
    );
    expect(Math.min(tally.compiled, tally.refused)).toBeGreaterThan(caseCount / 50);
  });

  test(`any CEL text, over any event (${caseCount} cases)`, () => {
    const tally = { value: 0, error: 0, refused: 0 };
    fc.assert(
      fc.property(celText, parts, (text, scopeParts) => {
        const { compiled, faults } = compileExpression(text, "/x", context);
        for (const { at, message } of faults) {
          expect(message.length).toBeGreaterThan(5);
          expect(at === undefined || (at >= 0 && at <= text.length)).toBe(true);
        }
        if (compiled === undefined) {
          tally.refused += 1;
          return;
        }
        const scope = scopeOf(scopeParts);
        const before = JSON.stringify(scope);
        const result = compiled.evaluate(scope);
        tally[result instanceof ExprError ? "error" : "value"] += 1;
        expect(result).not.toBeUndefined();
        expect(JSON.stringify(scope)).toBe(before);
        const again = compiled.evaluate(scope);
        expect(again).toEqual(result);
      }),
      { numRuns: caseCount },
    );
    expect(Math.min(tally.value, tally.error, tally.refused)).toBeGreaterThan(caseCount / 50);
  });

  test(`any text at all (${caseCount} cases)`, () => {
    const letter = fc.constantFrom(
      ..."ab01 .,:'\"()[]{}<>=!&|?+-*/%$@^~\\\n_".split(""),
      "has",
      "in",
      "true",
      "\u{1f600}",
      "\ud800",
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: letter, maxLength: 25 }), fc.string({ unit: "binary", maxLength: 25 })),
        parts,
        (text, scopeParts) => {
          const { compiled, faults } = compileExpression(text, "/x", context);
          expect(compiled === undefined).toBe(faults.length > 0);
          expect(compiled?.evaluate(scopeOf(scopeParts)) ?? null).not.toBeUndefined();
        },
      ),
      { numRuns: caseCount },
    );
  });
});
