import { describe, expect, test } from "vitest";
import { childrenOf, literalsOf, measureExpr, type Expr } from "../../../src/core/expr/ast.ts";
import { compileCel, compileCelCondition } from "../../../src/core/expr/cel/cel-expression.ts";
import { conditionOf } from "../../../src/core/expr/compile-condition.ts";
import { hasErrors, startCompiling } from "../../../src/core/expr/compile-state.ts";
import type { ConditionDocument } from "../../../src/spec/value.ts";
import { contextWith } from "./expr-fixture.ts";

function exprOf(document: ConditionDocument): Expr {
  const state = startCompiling(contextWith({ named: new Map([["n", "a > 1"]]) }), conditionOf);
  const expr = conditionOf(state, document, "");
  expect(hasErrors(state)).toBe(false);
  return expr;
}

const documents: readonly ConditionDocument[] = [
  "a.b[0].c > 1 && !has(a.b) && has(x) || -a in [1, 2.5] ? {'k': lower(s)}.k == 'x' : cel.bind(v, 1, v == 1)",
  "items.map(i, i.q > 1, i.s).exists(s, s.matches('a')) && cond('n')",
  {
    all: [
      { fact: "a", operator: "not:in", value: [1], path: "$.b" },
      { any: [{ fact: "b", path: "$..c", operator: "equal", value: { fact: "a" }, priority: 2 }, "a > 1"] },
      { not: { condition: "n" } },
    ],
  },
];

describe("the internal form", () => {
  test.each(documents)("is plain data: %j", (document) => {
    const expr = exprOf(document);
    expect(structuredClone(expr)).toEqual(expr);
    expect(JSON.parse(JSON.stringify(expr))).toEqual(JSON.parse(JSON.stringify(structuredClone(expr))));
  });

  test.each(documents)("gives every node below as a child: %j", (document) => {
    const reached = new Set<unknown>();
    const walk = (expr: Expr): void => {
      reached.add(expr);
      for (const child of childrenOf(expr)) walk(child);
    };
    const expr = exprOf(document);
    walk(expr);
    const nodes: unknown[] = [];
    const isName = (value: object): boolean =>
      "kind" in value && ["field", "walk", "query", "input", "slot"].includes(String(value.kind));
    const search = (value: unknown): void => {
      if (typeof value !== "object" || value === null || isName(value)) return;
      if ("kind" in value) nodes.push(value);
      for (const member of Object.values(value)) search(member);
    };
    search(expr);
    expect(nodes.length).toBeGreaterThan(5);
    expect(nodes.filter((node) => !reached.has(node))).toEqual([]);
  });

  test("is one for equal texts of either form", () => {
    const state = startCompiling(contextWith(), conditionOf);
    expect(compileCelCondition(state, "a>1&&b", "")).toEqual(compileCelCondition(state, " a > 1 && (b) ", ""));
    expect(compileCel(state, "math.greatest(1, a)", "")).toEqual(compileCel(state, "math.greatest([1, a])", ""));
    expect(compileCel(state, "a.contains('x')", "")).toEqual(compileCel(state, "contains(a, 'x')", ""));
    expect(compileCel(state, "ms('1h') / 2", "")).toMatchObject({
      kind: "binary",
      left: { kind: "literal", value: 3_600_000 },
    });
  });
});

test("a shared node is measured once and counted for each parent", () => {
  let expr: Expr = { kind: "literal", value: 1 };
  for (let level = 0; level < 60; level += 1) expr = { kind: "and", operands: [expr, expr] };
  expect(measureExpr(expr, new Map())).toEqual({ nodeCount: 2 ** 61 - 1, height: 61 });
});

test("literals", () => {
  const literal = (value: number): Expr => ({ kind: "literal", value });
  expect(literalsOf({ kind: "list", items: [literal(1), literal(2)] })).toEqual([1, 2]);
  expect(literalsOf(literal(1))).toBe(1);
  expect(literalsOf({ kind: "list", items: [literal(1), { kind: "negate", of: literal(2) }] })).toBeUndefined();
});
