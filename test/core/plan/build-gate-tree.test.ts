import { expect, test } from "vitest";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { NodeNumbers } from "../../../src/core/expr/generate/node-numbers.ts";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import { SharedValues } from "../../../src/core/expr/generate/shared-values.ts";
import { GateTreeBuilder } from "../../../src/core/plan/build-gate-tree.ts";
import { gateOf } from "../../../src/core/plan/gate-of.ts";
import { hashOfLetters, tryTree, type GateTree } from "../../../src/core/plan/gate-tree.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { planOf } from "../shard/scenario.ts";

const context = { names: eventNames(), named: new Map(), allowUndefinedFacts: false, allowUndefinedConditions: false };

function treeOf(texts: readonly string[]): GateTree {
  const gates = texts.map((text, ordinal) => {
    const expr = compileCondition(text, "", context).compiled?.expr;
    if (expr === undefined) throw new Error(`${text} has faults`);
    const body = expr.kind === "boolean" ? expr.of : expr;
    return { ordinal, parts: body.kind === "and" ? body.operands : [body] };
  });
  const numbers = new NodeNumbers();
  return new GateTreeBuilder(numbers, new SharedValues(numbers)).build(gates);
}

function hitsOf(tree: GateTree, fields: Readonly<Record<string, string | number>>): readonly number[] {
  const event = {
    position: { source: "s", sequence: 0, index: 0 },
    id: 0,
    type: "t",
    time: eventTimeMs(0),
    source: "s",
  };
  const hits = new Int32Array(200);
  const scope = { ...emptyScope(), event: { ...event, fields, whole: fields } };
  return [...hits.subarray(0, tryTree(tree, scope, hits, 0))].sort((a, b) => a - b);
}

const each = (textOf: (index: number) => string) => Array.from({ length: 100 }, (_, index) => textOf(index));

test("few gates are tried one after another", () => {
  expect(treeOf(["a == 1", "a == 2"]).kind).toBe("leaf");
});

test("many are looked up by the value that tells most of them apart, and within it by the next", () => {
  const tree = treeOf(each((index) => `kind == ${index % 2} && a == ${index % 5} && b > ${index}`));
  expect(tree.kind === "values" ? tree.buckets.size : 0).toBe(5);
  expect(hitsOf(tree, { kind: 1, a: 3, b: 40 })).toEqual([3, 13, 23, 33]);
  expect(hitsOf(tree, { kind: 1, a: 7, b: 40 })).toEqual([]);
});

test("by bounds, where nothing tells more, in runs of like ones", () => {
  const tree = treeOf(each((index) => `a >= ${index} && a < ${index + 3}`));
  expect(tree.kind === "range" ? tree.runs.length : 0).toBe(7);
  expect(hitsOf(tree, { a: 50 })).toEqual([48, 49, 50]);
  expect(hitsOf(tree, { a: "50" })).toEqual(each(String).map(Number));
});

test("by prefixes, some letters a step; a text of the same letters in another order is told apart later", () => {
  const tree = treeOf(each((index) => `a.startsWith('/api/${String(index).padStart(3, "0")}/x')`));
  expect(tree.kind).toBe("prefix");
  expect(hitsOf(tree, { a: "/api/042/xyz" })).toEqual([42]);
  expect(hitsOf(tree, { a: "/api/042/" })).toEqual([]);
  expect(hashOfLetters("xabc", 1, 3)).toBe(hashOfLetters("abc", 0, 3));
});

test("gates that cannot be looked up are tried beside", () => {
  const tree = treeOf(each((index) => (index < 95 ? `a == ${index}` : `a != ${index}`)));
  expect(hitsOf(tree, { a: 97 })).toEqual([95, 96, 98, 99]);
});

test("a gate is what of a rule the event decides; of a rule with a window its filter alone", () => {
  const windows = { w: { type: "sliding", size: "1s", aggregate: { n: "count" } } };
  const { rules } = planOf({
    rules: [
      {
        id: "a",
        where: "x == 1 && y == 2",
        conditions: { all: [{ fact: "z", operator: "equal", value: 1 }, { all: ["u && v"] }] },
      },
      { id: "b", where: "x == 1", windows, conditions: "z == 1" },
      { id: "c", let: { n: "x + 1" }, conditions: "n == 2 && z == 1" },
    ],
  });
  expect(rules.map((rule, ordinal) => gateOf({ rule, lone: undefined }, ordinal).parts.length)).toEqual([5, 1, 1]);
});
