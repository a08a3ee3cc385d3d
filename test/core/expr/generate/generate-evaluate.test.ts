import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject } from "../../../../src/core/base/json.ts";
import type { Expr } from "../../../../src/core/expr/ast.ts";
import { assemble } from "../../../../src/core/expr/closure/compile-closures.ts";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import { compileExpression } from "../../../../src/core/expr/compile-expression.ts";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";
import {
  generateEvaluate,
  isWorthCode,
  programOf,
  writeEvaluate,
} from "../../../../src/core/expr/generate/generate-evaluate.ts";
import { NodeNumbers } from "../../../../src/core/expr/generate/node-numbers.ts";
import { SharedValues } from "../../../../src/core/expr/generate/shared-values.ts";
import type { ConditionDocument } from "../../../../src/spec/value.ts";
import { celText, context, jsonNode, parts } from "../expr-arbitrary.ts";
import { scopeOf } from "../expr-fixture.ts";

const caseCount = Number(process.env["TOCSIN_CASES"] ?? 2000);

/** Every word of the text that the generator's own files write. */
const ownWords = new Set(
  "return function scope if else event undefined const fields let break typeof number boolean object instanceof null true false epoch slots now has".split(
    " ",
  ),
);

function conditionOf(document: ConditionDocument): Expr | undefined {
  return compileCondition(document, "", context).compiled?.expr;
}

describe("generated code gives what closures give", () => {
  test(`for any JSON condition (${caseCount} cases)`, () => {
    let compiledCount = 0;
    fc.assert(
      fc.property(fc.array(jsonNode, { minLength: 1, maxLength: 3 }), parts, (nodes, scopeParts) => {
        const json: unknown = JSON.parse(JSON.stringify({ all: nodes }));
        const expr = isJsonObject(json) ? conditionOf(json) : undefined;
        if (expr === undefined) return;
        compiledCount += 1;
        const scope = scopeOf(scopeParts);
        expect(generateEvaluate(expr)(scope)).toEqual(assemble(expr)(scope));
      }),
      { numRuns: caseCount },
    );
    expect(compiledCount).toBeGreaterThan(caseCount / 50);
  });

  test(`for any CEL text (${caseCount} cases)`, () => {
    const tally = { value: 0, error: 0 };
    fc.assert(
      fc.property(celText, parts, (text, scopeParts) => {
        const expr = compileExpression(text, "", context).compiled?.expr;
        if (expr === undefined) return;
        const scope = scopeOf(scopeParts);
        const value = generateEvaluate(expr)(scope);
        expect(value).toEqual(assemble(expr)(scope));
        tally[value instanceof ExprError ? "error" : "value"] += 1;
      }),
      { numRuns: caseCount },
    );
    expect(Math.min(tally.value, tally.error)).toBeGreaterThan(caseCount / 50);
  });

  test(`where parts of it are shared with others (${caseCount} cases)`, () => {
    fc.assert(
      fc.property(celText, fc.array(parts, { minLength: 1, maxLength: 3 }), (text, events) => {
        const expr = compileExpression(text, "", context).compiled?.expr;
        if (expr === undefined) return;
        const numbers = new NodeNumbers();
        for (let use = 0; use < 2; use += 1) useAll(numbers, expr);
        const shared = new SharedValues(numbers);
        const evaluate = generateEvaluate(expr, shared);
        for (const each of events) {
          shared.epoch += 1;
          const scope = scopeOf(each);
          expect(evaluate(scope)).toEqual(assemble(expr)(scope));
        }
      }),
      { numRuns: caseCount },
    );
  });
});

function useAll(numbers: NodeNumbers, expr: Expr): void {
  numbers.use(expr);
}

describe("nothing that a user wrote is in the code", () => {
  test.each([
    `"); process.exit(); ("`,
    "`${process.exit()}`",
    "*/ process.exit() /*",
    "\u2028process.exit()",
    "constructor",
    "__proto__",
    "c0",
    "scope",
    "1e308",
  ])("%s", (text) => {
    const leaves = ["equal", "notEqual", "startsWith", "in", "matches", "containsText"].map((operator) => ({
      fact: text,
      operator,
      path: `$['${text}'].x`,
      value: operator === "in" ? [text, "b", "c", "d", "e"] : "x",
    }));
    const expr = conditionOf({ all: [...leaves, `input[${JSON.stringify(text)}] == ${JSON.stringify(text)}`] });
    if (expr === undefined) throw new Error("the condition has faults");
    const { source, constants } = writeEvaluate(expr);
    expect(wordsOf(source)).toEqual([]);
    expect(constants).toContain(text);
    const scope = scopeOf({ fields: { a: 1 } });
    expect(generateEvaluate(expr)(scope)).toEqual(assemble(expr)(scope));
  });

  test(`any JSON condition or CEL text (${caseCount} cases)`, () => {
    fc.assert(
      fc.property(jsonNode, celText, (node, text) => {
        const json: unknown = JSON.parse(JSON.stringify({ all: [node] }));
        const exprs = [
          isJsonObject(json) ? conditionOf(json) : undefined,
          compileExpression(text, "", context).compiled?.expr,
        ];
        for (const expr of exprs) if (expr !== undefined) expect(wordsOf(writeEvaluate(expr).source)).toEqual([]);
      }),
      { numRuns: caseCount },
    );
  });
});

/** Words of the code that are neither the generator's nor names that it gave. */
function wordsOf(source: string): readonly string[] {
  const texts = ["number", "boolean", "object"].map((type) => `"${type}"`);
  const withoutTypes = texts.reduce((rest, type) => rest.replaceAll(type, ""), source);
  if (/["'`\\/]|[^\x20-\x7e\n]/.test(withoutTypes)) return [withoutTypes];
  const words = withoutTypes.match(/[A-Za-z_$][\w$]*|\d[\w.]*/g) ?? [];
  return words.filter((word) => !ownWords.has(word) && !/^[cv]\d+$/.test(word) && !/^\d{1,5}$/.test(word));
}

describe("programs", () => {
  test("begin as closures and become code where they are evaluated often, and say the same", () => {
    const expr = conditionOf("a == 1 || b > 2");
    if (expr === undefined) throw new Error("the condition has faults");
    const evaluate = programOf(expr);
    for (let count = 0; count < 2_000; count += 1) {
      expect(evaluate(scopeOf({ fields: { a: count % 2, b: count % 5 } }))).toBe(count % 2 === 1 || count % 5 > 2);
    }
  });

  test("of too many parts stay closures", () => {
    const expr = conditionOf(Array(1_500).fill("a == 1").join(" || "));
    if (expr !== undefined) expect(isWorthCode(expr)).toBe(false);
    const small = conditionOf("a == 1");
    expect(small !== undefined && isWorthCode(small)).toBe(true);
  });
});
