import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../src/core/base/json.ts";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import type { CompiledCondition } from "../../../../src/core/expr/compiled.ts";
import { evaluateTree } from "../../../../src/core/expr/explain/evaluated-tree.ts";
import { explainCondition, treeOf } from "../../../../src/core/expr/explain/explanation.ts";
import { smallestChange } from "../../../../src/core/expr/explain/smallest-change.ts";
import type { ConditionDocument } from "../../../../src/spec/value.ts";
import { contextWith, scopeOf } from "../expr-fixture.ts";

/** A leaf's fact is true, false, or not there, which is an error. */
type Leaves = readonly (boolean | undefined)[];

function compiled(document: ConditionDocument): CompiledCondition {
  const { compiled: condition, faults } = compileCondition(document, "", contextWith());
  if (condition === undefined) throw new Error(JSON.stringify(faults));
  return condition;
}

function fieldsOf(leaves: Leaves): JsonObject {
  const known = leaves.flatMap((value, index) => (value === undefined ? [] : [[`f${index}`, value] as const]));
  return Object.fromEntries(known);
}

/** Changes of leaves, fewest first, by trying all: a leaf in error may also stay as it is. */
function bruteForce(condition: CompiledCondition, leaves: Leaves): number {
  let best = Number.POSITIVE_INFINITY;
  const walk = (index: number, chosen: (boolean | undefined)[], count: number): void => {
    if (count >= best) return;
    if (index === leaves.length) {
      if (condition.holds(scopeOf({ fields: fieldsOf(chosen) })) === true) best = count;
      return;
    }
    const now = leaves[index];
    for (const value of now === undefined ? [undefined, true, false] : [now, !now])
      walk(index + 1, [...chosen, value], count + (value === now ? 0 : 1));
  };
  walk(0, [], 0);
  return best;
}

const { node } = fc.letrec<{ node: unknown; member: unknown }>((tie) => ({
  member: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { weight: 3, arbitrary: fc.constant("leaf") },
    fc.constantFrom("# && #", "# || !#", "# ? # : #", "!(# && #)", "(# || #) && #"),
    tie("node"),
  ),
  node: fc.oneof(
    fc.record({ all: fc.array(tie("member"), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie("member"), { maxLength: 3 }) }),
    fc.record({ not: tie("member") }),
  ),
}));

const priorities = fc.array(fc.constantFrom(1, 1, 2, 3), { minLength: 30, maxLength: 30 });

/** Gives each leaf a fact of its own, and each JSON member a priority. */
function numbered(shape: unknown, ranks: readonly number[]): { readonly document: JsonObject; readonly count: number } {
  let count = 0;
  let ranked = 0;
  const rank = () => ranks[ranked++ % ranks.length] ?? 1;
  const number = (part: unknown): unknown => {
    if (part === "leaf") return { fact: `f${count++}`, operator: "equal", value: true, priority: rank() };
    if (typeof part === "string") return part.replaceAll("#", () => `f${count++}`);
    if (Array.isArray(part)) return part.map(number);
    const entries = Object.entries(typeof part === "object" && part !== null ? part : {});
    return { ...Object.fromEntries(entries.map(([key, value]) => [key, number(value)])), priority: rank() };
  };
  const document: JsonObject = JSON.parse(JSON.stringify(number(shape)));
  return { document, count };
}

describe("the smallest change", () => {
  test("is what trying all changes finds", () => {
    const leaves = fc.array(fc.constantFrom<boolean | undefined>(true, false, false, undefined), {
      minLength: 8,
      maxLength: 8,
    });
    const tally = { zero: 0, one: 0, more: 0, never: 0 };
    fc.assert(
      fc.property(node, leaves, priorities, (shape, values, ranks) => {
        const { document, count } = numbered(shape, ranks);
        fc.pre(count <= 8);
        const condition = compiled(document);
        const scope = scopeOf({ fields: fieldsOf(values.slice(0, count)) });
        const evaluated = evaluateTree(treeOf(condition), scope);
        const change = smallestChange(evaluated);
        const expected = bruteForce(condition, values.slice(0, count));
        expect(change.count).toBe(expected);
        tally[expected === 0 ? "zero" : expected === 1 ? "one" : expected === Infinity ? "never" : "more"] += 1;
        if (expected === Number.POSITIVE_INFINITY) return;
        expect(change.leaves).toHaveLength(expected);
        // Changing these, and an error to one of its two, is enough.
        const named = change.leaves.map(({ tree }) => Number(/f(\d)/.exec(tree.text)?.[1]));
        const others = values.slice(0, count);
        const tries = named.reduce<Leaves[]>(
          (all, index) =>
            all.flatMap((each) => {
              const now = each[index];
              return (now === undefined ? [true, false] : [!now]).map((value) => each.with(index, value));
            }),
          [others],
        );
        expect(tries.some((each) => condition.holds(scopeOf({ fields: fieldsOf(each) })) === true)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    for (const count of Object.values(tally)) expect(count).toBeGreaterThan(20);
  });

  const leaf = (fact: string, priority = 1) => ({ fact, operator: "equal", value: true, priority });
  const rows: readonly {
    why: string;
    document: ConditionDocument;
    fields: JsonObject;
    way: readonly string[] | undefined;
  }[] = [
    { why: "it holds", document: { all: [leaf("a")] }, fields: { a: true }, way: undefined },
    {
      why: "all: each that fails",
      document: { all: [leaf("a"), leaf("b"), leaf("c")] },
      fields: { a: false, b: true, c: false },
      way: ["a == true", "c == true"],
    },
    {
      why: "any: the cheapest member",
      document: { any: [{ all: [leaf("a"), leaf("b")] }, leaf("c")] },
      fields: { a: false, b: false, c: false },
      way: ["c == true"],
    },
    {
      why: "any: of equal ones the first",
      document: { any: [leaf("a"), leaf("b")] },
      fields: { a: false, b: false },
      way: ["a == true"],
    },
    {
      why: "not: what holds",
      document: { not: { any: [leaf("a"), leaf("b")] } },
      fields: { a: true, b: false },
      way: ["a == true"],
    },
    {
      why: "an error of another member counts",
      document: { any: [leaf("a"), leaf("b")] },
      fields: { a: true },
      way: ["b == true"],
    },
    { why: "an error that || absorbs does not", document: "a && b || c", fields: { b: false, c: false }, way: ["c"] },
    {
      why: "a set that is not reached counts once it would be",
      document: { all: [leaf("a", 2), leaf("b")] },
      fields: { a: false, b: false },
      way: ["a == true", "b == true"],
    },
    {
      why: "the cheaper way of ?:",
      document: "a ? b && c : d",
      fields: { a: true, b: false, c: false, d: true },
      way: ["a"],
    },
    { why: "nothing helps", document: { not: { all: [] } }, fields: {}, way: [] },
  ];

  test.each(rows)("$why", ({ document, fields, way }) => {
    const { inTheWay } = explainCondition(compiled(document), scopeOf({ fields }), { nodeCountMax: 100 });
    expect(inTheWay?.map(({ text }) => text)).toEqual(way);
  });
});
