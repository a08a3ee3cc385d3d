import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { celSlice } from "../../../../src/core/expr/explain/cel-slice.ts";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import { compileExpression } from "../../../../src/core/expr/compile-expression.ts";
import { evaluateTree } from "../../../../src/core/expr/explain/evaluated-tree.ts";
import { explainCondition, explainExpression, treeOf } from "../../../../src/core/expr/explain/explanation.ts";
import type { ExplainedNode } from "../../../../src/core/expr/explain/explanation.ts";
import { explanationLines, leavesOf } from "../../../../src/core/expr/explain/explanation-text.ts";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";
import { factText, leafText } from "../../../../src/core/expr/explain/leaf-text.ts";
import { eventNames } from "../../../../src/core/expr/names.ts";
import { shownText, shownValue } from "../../../../src/core/expr/explain/shown-value.ts";
import type { JsonObject } from "../../../../src/core/base/json.ts";
import type { ConditionDocument } from "../../../../src/spec/value.ts";
import { generatedRun } from "../../../oracle/json-rules-generator.ts";
import { contextWith, scopeOf } from "../expr-fixture.ts";

const named = new Map<string, ConditionDocument>([["foreign", "country != 'CN' || (amount > 3 && !vip)"]]);

function explained(document: ConditionDocument, fields: JsonObject, nodeCountMax = 100) {
  const { compiled, faults } = compileCondition(document, "/conditions", contextWith({ named }));
  if (compiled === undefined) throw new Error(JSON.stringify(faults));
  return explainCondition(compiled, scopeOf({ fields }), { nodeCountMax });
}

/** `✓ text` a line, two blanks a level. */
function drawn(node: ExplainedNode): string {
  const sign = (result: ExplainedNode["result"]) =>
    result === "notEvaluated" ? "·" : result === "error" ? "!" : result ? "✓" : "✗";
  return explanationLines(node)
    .map(({ depth, result, text }) => `${"  ".repeat(depth)}${sign(result)} ${text}`)
    .join("\n");
}

interface Row {
  readonly why: string;
  readonly document: ConditionDocument;
  readonly fields: JsonObject;
  readonly tree: string;
}

const over = { fact: "amount", operator: "greaterThan", value: 100 };

const rows: readonly Row[] = [
  {
    why: "a leaf with the fact's value",
    document: { all: [over] },
    fields: { amount: 250 },
    tree: "✓ all\n  ✓ amount > 100 (is 250)",
  },
  {
    why: "a value that is a fact, resolved, and a path",
    document: { any: [{ fact: "user", path: "$.id", operator: "equal", value: { fact: "owner" } }] },
    fields: { user: { id: 3 }, owner: 4 },
    tree: "✗ any\n  ✗ user.id == owner (is 3; the value is 4)",
  },
  {
    why: "an absent fact is an error, and that of the whole",
    document: { any: [over, { fact: "b", operator: "equal", value: 1 }] },
    fields: { b: 1 },
    tree: "! any\n  ! amount > 100 (error: Undefined fact: amount)\n  ✓ b == 1 (is 1)",
  },
  {
    why: "an absent member",
    document: { all: [{ fact: "a", path: "$.x", operator: "equal", value: 1 }] },
    fields: { a: {} },
    tree: "✗ all\n  ✗ a.x == 1 (absent)",
  },
  {
    why: "sets of priority, document order kept; what a decided set left has no values",
    document: {
      all: [
        { ...over, name: "big" },
        { fact: "b", operator: "equal", value: 1, priority: 5 },
      ],
    },
    fields: { amount: 250, b: 2 },
    tree: "✗ all\n  · big: amount > 100, priority 1 (not evaluated)\n  ✗ b == 1, priority 5 (is 2)",
  },
  {
    why: "CEL: each side of a comparison, and the names in it",
    document: "amount * 2 > limits.max && country.startsWith('C')",
    fields: { amount: 50, limits: { max: 300 }, country: "CN" },
    tree: "✗ &&\n  ✗ amount * 2 > limits.max (amount * 2 is 100, limits.max is 300, amount is 50)\n  ✓ country.startsWith('C') (country is \"CN\")",
  },
  {
    why: "parentheses stay where they belong",
    document: "(a + b) * 2 > 3 && !(c || (d))",
    fields: { a: 1, b: 2, c: false, d: true },
    tree: "✗ &&\n  ✓ (a + b) * 2 > 3 ((a + b) * 2 is 6, a is 1, b is 2)\n  ✗ !\n    ✓ ||\n      ✗ c\n      ✓ d",
  },
  {
    why: "an error of one operand, which the other decides over",
    document: "a / 0 > 1 || b",
    fields: { a: 1, b: true },
    tree: "✓ ||\n  ! a / 0 > 1 (error: division by zero)\n  ✓ b",
  },
  {
    why: "the branch that is not taken",
    document: "a ? b : c",
    fields: { a: true, b: false, c: true },
    tree: "✗ ? :\n  ✓ a\n  ✗ b\n  · c (not evaluated)",
  },
  {
    why: "named conditions by their names, from JSON and CEL",
    document: { all: [{ condition: "foreign" }, "cond('foreign') && amount > 1"] },
    fields: { country: "DE", amount: 1, vip: true },
    tree: `✗ all
  ✓ condition "foreign"
    ✓ ||
      ✓ country != 'CN' (country is "DE")
      ✗ &&
        ✗ amount > 3 (amount is 1)
        ✗ !
          ✓ vip
  ✗ &&
    ✓ cond('foreign')
      ✓ ||
        ✓ country != 'CN' (country is "DE")
        ✗ &&
          ✗ amount > 3 (amount is 1)
          ✗ !
            ✓ vip
    ✗ amount > 1 (amount is 1)`,
  },
  {
    why: "what is no boolean",
    document: "a && b",
    fields: { a: 1, b: true },
    tree: "! &&\n  ! a (error: a condition takes a boolean as its value, not a number)\n  ✓ b",
  },
  {
    why: "variables of macros stay within their leaf",
    document: "items.exists(x, x.n > limit)",
    fields: { items: [{ n: 2 }], limit: 1 },
    tree: '✓ items.exists(x, x.n > limit) (items is [{"n":2}], limit is 1)',
  },
];

describe("a condition explained", () => {
  test.each(rows)("$why", ({ document, fields, tree }) => {
    expect(drawn(explained(document, fields).condition)).toBe(tree);
  });

  test("places: pointers into the document or the named condition, offsets within a CEL text", () => {
    const { condition } = explained(
      { all: [over, { not: { condition: "foreign" } }] },
      { amount: 1, country: "CN", vip: false },
    );
    expect(leavesOf(condition).map(({ pointer, within, span }) => ({ pointer, within, span }))).toEqual([
      { pointer: "/conditions/all/0", within: undefined, span: undefined },
      { pointer: "", within: "foreign", span: [0, 15] },
      { pointer: "", within: "foreign", span: [20, 30] },
      { pointer: "", within: "foreign", span: [35, 38] },
    ]);
  });

  test("no more nodes than asked for, and how many are left out", () => {
    const { condition } = explained({ any: [over, over, { all: [over, over] }] }, { amount: 1 }, 4);
    expect(drawn(condition)).toBe("✗ any\n  ✗ amount > 100 (is 1)\n  ✗ amount > 100 (is 1)\n  ✗ all\n    · … 2 more");
  });

  test("agrees with the compiled condition in every generated case", () => {
    fc.assert(
      fc.property(generatedRun, ({ conditions, named: others, facts, ...options }) => {
        const context = contextWith({
          ...options,
          names: eventNames({}, { plain: true }),
          named: new Map(Object.entries(others)),
        });
        const { compiled } = compileCondition(conditions, "", context);
        if (compiled === undefined) return;
        const scope = scopeOf({ fields: facts });
        const holds = compiled.holds(scope);
        const { outcome } = evaluateTree(treeOf(compiled), scope);
        if (holds instanceof ExprError) expect(outcome).toBeInstanceOf(ExprError);
        else expect(outcome).toBe(holds);
        expect(explainCondition(compiled, scope, { nodeCountMax: 50 }).inTheWay === undefined).toBe(holds === true);
      }),
      { numRuns: 1_000 },
    );
  });
});

test("an expression says what it was made of", () => {
  const { compiled } = compileExpression("burst.n / (total - 1)", "", contextWith());
  if (compiled === undefined) throw new Error("it compiles");
  const scope = scopeOf({ fields: { burst: { n: 6 }, total: 4 } });
  expect(explainExpression(compiled, scope, contextWith())).toEqual({
    text: "burst.n / (total - 1)",
    value: 2,
    values: [
      { text: "burst.n", value: 6 },
      { text: "total", value: 4 },
    ],
  });
});

describe("texts and values", () => {
  test.each([
    { why: "short ones as they are", value: { a: [1, null] }, shown: { a: [1, null] } },
    { why: "what JSON cannot hold", value: [Number.NaN, undefined], shown: [null, null] },
    { why: "a long text", value: "x".repeat(405), shown: `${"x".repeat(400)}… (5 more)` },
    {
      why: "a long list, as the beginning of its JSON",
      value: Array(300).fill(1),
      shown: `[${"1,".repeat(199)}1… (201 more)`,
    },
    { why: "never half of a character", value: `${"x".repeat(399)}😀`, shown: `${"x".repeat(399)}… (2 more)` },
  ])("$why", ({ value, shown }) => {
    expect(shownValue(value)).toEqual(shown);
  });

  test("white space of a text becomes single blanks", () => {
    expect(shownText(" a\n   &&  b ")).toBe("a && b");
  });

  test.each([
    { leaf: { fact: "a", operator: "everyFact:lessThan", value: [1] }, text: "a everyFact:lessThan [1]" },
    { leaf: { fact: "a", path: "$.b['c d'][0]", operator: "in", value: ["x"] }, text: 'a.b["c d"]["0"] in ["x"]' },
    {
      leaf: { fact: "a", path: "$..b", operator: "doesNotContain", value: { fact: "c", path: "$.d" } },
      text: "a $..b does not contain c.d",
    },
    { leaf: { fact: "a", params: { days: 3 }, operator: "equal", value: null }, text: 'a({"days":3}) == null' },
  ])("$text", ({ leaf, text }) => {
    expect(leafText(leaf)).toBe(text);
    expect(text.startsWith(factText(leaf))).toBe(true);
  });

  test.each([
    { text: "((a) || b) && c", from: 2, to: 9, slice: "((a) || b)".slice(1, -1) },
    { text: "!( a )", from: 0, to: 4, slice: "!( a )" },
    { text: "f(')') == x", from: 0, to: 6, slice: "f(')')" },
  ])("the part $slice of $text", ({ text, from, to, slice }) => {
    const place = celSlice(text, from, to);
    expect(text.slice(place.from, place.to)).toBe(slice);
  });
});
