import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject } from "../../../src/core/base/json.ts";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import { compileExpression } from "../../../src/core/expr/compile-expression.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { functionNames } from "../../../src/core/expr/function-table.ts";
import { operatorNames } from "../../../src/core/expr/json-operator.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { contextWith, scopeOf, type ScopeParts } from "./expr-fixture.ts";

const caseCount = Number(process.env["TOCSIN_CASES"] ?? 2000);

const names = eventNames({ slot: 0 }, { members: { slot: ["count"] } });
const context = contextWith({ names, named: new Map([["n", "a == 1"]]), allowUndefinedConditions: true });

const anything = fc.jsonValue({ maxDepth: 4 });
const event = fc.oneof(
  fc.dictionary(fc.constantFrom("a", "b", "s", "items", "toString", "__proto__", "constructor"), anything, {
    maxKeys: 6,
  }),
  fc.constant(undefined),
);
const parts: fc.Arbitrary<ScopeParts> = fc.tuple(event, anything).map(([fields, slot]) => {
  const json: unknown = fields === undefined ? undefined : JSON.parse(JSON.stringify(fields));
  return { fields: isJsonObject(json) ? json : undefined, slots: [JSON.parse(JSON.stringify(slot))] };
});

/** Pieces that make sense often enough to come through the parser. */
const atom = fc.constantFrom(
  "a",
  "b",
  "s",
  "items",
  "slot",
  "slot.count",
  "input",
  "meta",
  "key",
  "now",
  "absent",
  "1",
  "0",
  "-2.5",
  "'x'",
  "''",
  "'('",
  "'Asia/Shanghai'",
  "'10.0.0.0/8'",
  "true",
  "null",
  "[]",
  "[1, 'x']",
  "{'k': 1}",
);
const { celText } = fc.letrec<{ celText: string }>((tie) => ({
  celText: fc.oneof(
    { depthSize: "medium", maxDepth: 5 },
    { weight: 3, arbitrary: atom },
    fc
      .tuple(
        tie("celText"),
        fc.constantFrom("+", "-", "*", "/", "%", "==", "!=", "<", ">=", "in", "&&", "||"),
        tie("celText"),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(fc.constantFrom(...functionNames), fc.array(tie("celText"), { minLength: 1, maxLength: 4 }))
      .map(([name, args]) => `${name}(${args.join(", ")})`),
    fc
      .tuple(tie("celText"), fc.constantFrom("all", "exists", "exists_one", "map", "filter"), tie("celText"))
      .map(([of, macro, body]) => `${of}.${macro}(i, ${body} == i)`),
    fc.tuple(tie("celText"), tie("celText"), tie("celText")).map(([test_, yes, no]) => `(${test_} ? ${yes} : ${no})`),
    tie("celText").map((of) => `!${of}`),
    tie("celText").map((of) => `has(${of}.x)`),
    fc.tuple(tie("celText"), tie("celText")).map(([of, at]) => `${of}[${at}]`),
  ),
}));

const jsonNode = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: "medium" },
    celText,
    anything,
    fc.record({
      fact: fc.oneof(fc.constantFrom("a", "slot", "absent", "meta"), anything),
      operator: fc.oneof(
        fc.constantFrom(...operatorNames),
        fc.constantFrom("not:", "x:equal", "ignoreCase:matches", "someValue:in"),
      ),
      value: anything,
      path: fc.constantFrom(undefined, "$.x", "$..x[?(@.y)]", "$[", "$[?(", "^", "~"),
    }),
    fc.record({ all: fc.oneof(fc.array(tie("node"), { maxLength: 3 }), anything) }),
    fc.record({ any: fc.array(tie("node"), { maxLength: 3 }), priority: anything }),
    fc.record({ not: tie("node") }),
    fc.record({ condition: fc.constantFrom("n", "m") }),
  ),
})).node;

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
