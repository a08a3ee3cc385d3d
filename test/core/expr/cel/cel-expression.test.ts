import { describe, expect, test } from "vitest";
import { chainOf, compileCelCondition } from "../../../../src/core/expr/cel/cel-expression.ts";
import { parseCel } from "../../../../src/core/expr/cel/cel-parser.ts";
import { conditionOf } from "../../../../src/core/expr/compile-condition.ts";
import { startCompiling } from "../../../../src/core/expr/compile-state.ts";
import { contextWith } from "../expr-fixture.ts";

function compile(text: string) {
  const state = startCompiling(contextWith(), conditionOf);
  const expr = compileCelCondition(state, text, "/conditions");
  return { expr, faults: state.faults };
}

const field = (name: string) => ({ kind: "name", ref: { kind: "field", name } });

describe("what a text becomes", () => {
  test.each([
    { text: "a", of: field("a") },
    { text: "-5", of: { kind: "literal", value: -5 } },
    { text: "-a", of: { kind: "negate", of: field("a") } },
    { text: "!a", of: { kind: "not", of: field("a") } },
    { text: "a && b && c", of: { kind: "and", operands: [field("a"), field("b"), field("c")] } },
    {
      text: "a || (b || c)",
      of: { kind: "or", operands: [field("a"), { kind: "or", operands: [field("b"), field("c")] }] },
    },
    { text: "a.b == 1", of: { kind: "binary", operator: "==", left: { kind: "member", of: field("a"), name: "b" } } },
  ])("$text", ({ text, of }) => {
    const { expr, faults } = compile(text);
    expect(faults).toEqual([]);
    expect(expr).toMatchObject({ kind: "boolean", of });
  });
});

test.each([
  { why: "the syntax", text: "a >", code: "syntax" },
  { why: "an unknown function", text: "a && nope(b)", code: "unknown-name" },
])("a fault stands at its offset: $why", ({ text, code }) => {
  const { faults } = compile(text);
  expect(faults).toMatchObject([{ pointer: "/conditions", severity: "error", code }]);
  expect(faults[0]?.at).toBeGreaterThan(0);
});

test("a chain is as long as it was written, in its order", () => {
  const parsing = parseCel("a && b && c && d || e");
  if (parsing.kind === "failed" || parsing.node.op !== "||") throw new Error("an alternative was written");
  const [left] = chainOf("||", parsing.node);
  if (left === undefined) throw new Error("it has operands");
  expect(chainOf("||", parsing.node)).toHaveLength(2);
  expect(chainOf("&&", left)).toHaveLength(4);
});
