import { expect, test } from "vitest";
import { celTree } from "../../../../src/core/expr/explain/cel-tree.ts";
import { conditionOf } from "../../../../src/core/expr/compile-condition.ts";
import { startCompiling } from "../../../../src/core/expr/compile-state.ts";
import type { ConditionTree } from "../../../../src/core/expr/explain/condition-tree.ts";
import { conditionTree, namedTree } from "../../../../src/core/expr/explain/json-tree.ts";
import { contextWith } from "../expr-fixture.ts";

const context = contextWith({ named: new Map([["low", "n < 3"]]), allowUndefinedConditions: true });

test("members stay in document order, sets hold their places by priority", () => {
  const leaf = (priority: number) => ({ fact: "a", operator: "equal", value: 1, priority });
  const tree = conditionTree({ document: { all: [leaf(1), leaf(9), leaf(1)] }, pointer: "/conditions", context });
  expect(tree).toMatchObject({ kind: "all", sets: [[1], [0, 2]], priorities: [1, 9, 1], pointer: "/conditions" });
});

test("a named condition is one tree, however often it is named; one that is not there has none", () => {
  const document = { any: [{ condition: "low" }, "cond('low')", { condition: "nowhere" }] };
  const tree = conditionTree({ document, pointer: "", context });
  const members: readonly ConditionTree[] = tree.kind === "any" ? tree.members : [];
  const of = members.map((member) => (member.kind === "condition" ? member.of : member));
  expect(of[0]).toBe(of[1]);
  expect([of[0]?.within, of[2]]).toEqual(["low", undefined]);
});

test("a CEL text by its operators, each part with its place", () => {
  const making = { state: startCompiling(context, conditionOf), named: new Map(), within: undefined };
  const tree = celTree(making, "!(a) && (b || c) && d > 1", "/where", namedTree);
  const operands: readonly ConditionTree[] = tree.kind === "and" ? tree.operands : [];
  expect(operands.map(({ kind, span }) => [kind, span])).toEqual([
    ["not", [0, 4]],
    ["or", [9, 15]],
    ["expression", [20, 25]],
  ]);
});
