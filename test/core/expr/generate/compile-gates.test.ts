import fc from "fast-check";
import { expect, test } from "vitest";
import { isJsonObject } from "../../../../src/core/base/json.ts";
import type { Expr } from "../../../../src/core/expr/ast.ts";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import {
  compileGates,
  gatesOfClosures,
  generateGates,
  type Gate,
} from "../../../../src/core/expr/generate/compile-gates.ts";
import { readsEventOnly } from "../../../../src/core/expr/generate/event-only.ts";
import { NodeNumbers } from "../../../../src/core/expr/generate/node-numbers.ts";
import { SharedValues } from "../../../../src/core/expr/generate/shared-values.ts";
import { context, jsonNode, parts } from "../expr-arbitrary.ts";
import { scopeOf } from "../expr-fixture.ts";

const caseCount = Number(process.env["TOCSIN_CASES"] ?? 1000);

function sharedOf(leaves: readonly (readonly Gate[])[]): SharedValues {
  const numbers = new NodeNumbers();
  for (const gate of leaves.flat()) for (const part of gate.parts) numbers.use(part);
  return new SharedValues(numbers);
}

function exprOf(node: unknown): Expr | undefined {
  const json: unknown = JSON.parse(JSON.stringify({ all: [node] }));
  const expr = isJsonObject(json) ? compileCondition(json, "", context).compiled?.expr : undefined;
  return expr !== undefined && readsEventOnly(expr) ? expr : undefined;
}

test(`gates as code say what gates as closures say (${caseCount} cases)`, () => {
  const tally = { held: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.array(jsonNode, { minLength: 2, maxLength: 6 }),
      fc.array(parts, { maxLength: 3 }),
      (nodes, events) => {
        const exprs = nodes.flatMap((node) => exprOf(node) ?? []);
        // Each part twice, so that some are shared.
        const gates = exprs.map((expr, ordinal) => ({ ordinal, parts: [expr, ...exprs.slice(0, 2)] }));
        const leaves = [gates.slice(0, 2), gates.slice(2)];
        const shared = [sharedOf(leaves), sharedOf(leaves)] as const;
        const closures = gatesOfClosures(leaves, shared[0]);
        const code = generateGates(leaves, shared[1]);
        for (const each of events) {
          const scope = scopeOf({ ...each, fields: each.fields ?? {} });
          for (const one of shared) one.epoch += 1;
          for (const leaf of leaves.keys()) {
            const [left, right] = [new Int32Array(10), new Int32Array(10)];
            const count = closures(scope, leaf, left, 1);
            expect([code(scope, leaf, right, 1), [...right]]).toEqual([count, [...left]]);
            tally.held += count - 1;
            tally.refused += (leaves[leaf]?.length ?? 0) - (count - 1);
          }
        }
      },
    ),
    { numRuns: caseCount },
  );
  expect(Math.min(tally.held, tally.refused)).toBeGreaterThan(caseCount / 10);
}, 120_000);

test("gates begin as closures and become code where they are tried often", () => {
  const part = exprOf({ fact: "a", operator: "greaterThan", value: 5 });
  if (part === undefined) throw new Error("the condition has faults");
  const leaves = [[{ ordinal: 3, parts: [part] }]];
  const chunk = compileGates(leaves, sharedOf(leaves));
  const first = chunk.tryGates;
  const hits = new Int32Array(1);
  for (let a = 0; a < 2_000; a += 1)
    expect(chunk.tryGates(scopeOf({ fields: { a: a % 10 } }), 0, hits, 0)).toBe(a % 10 > 5 ? 1 : 0);
  expect(hits[0]).toBe(3);
  expect(chunk.tryGates).not.toBe(first);
});

test("a part in error does not close the gate, and a false one does, whatever stands before", () => {
  const wrong = exprOf({ fact: "absent", operator: "equal", value: 1 });
  const no = exprOf({ fact: "a", operator: "equal", value: 2 });
  if (wrong === undefined || no === undefined) throw new Error("the conditions have faults");
  const leaves = [
    [
      { ordinal: 0, parts: [wrong] },
      { ordinal: 1, parts: [wrong, no] },
    ],
  ];
  for (const tryGates of [gatesOfClosures(leaves, sharedOf(leaves)), generateGates(leaves, sharedOf(leaves))])
    expect(tryGates(scopeOf({ fields: { a: 1 } }), 0, new Int32Array(2), 0)).toBe(1);
});
