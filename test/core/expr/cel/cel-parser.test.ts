import { describe, expect, test } from "vitest";
import { parseCel } from "../../../../src/core/expr/cel/cel-parser.ts";
import { celMacroOf } from "../../../../src/core/expr/cel/cel-macro.ts";

describe("texts that can't be read", () => {
  test.each([
    { why: "nothing", text: "", at: 0, message: "expected an expression, found nothing" },
    { why: "only spaces", text: "  ", at: 2, message: "expected an expression, found nothing" },
    { why: "cut short", text: "1 +", at: 3, message: "not a CEL expression: unexpected end of the text" },
    { why: "an open bracket", text: "(1", at: 2, message: expect.stringContaining("the end of the text") },
    { why: "a single =", text: "a = 1", at: 2, message: 'unexpected "="; write == to compare' },
    { why: "a single &", text: "a & b", at: 2, message: 'unexpected "&"; write &&' },
    { why: "a reserved word", text: "a + package", at: 4, message: expect.stringContaining("write input['package']") },
    { why: "a bad escape", text: "'\\q'", at: 1, message: expect.stringContaining("escape") },
    { why: "two expressions", text: "a b", at: 2, message: expect.stringContaining("not a CEL expression") },
    {
      why: "a macro's variable that is no name",
      text: "a.all(1, 2)",
      at: 6,
      message: expect.stringContaining("variable"),
    },
    { why: "a very long text", text: "a".repeat(20_001), at: 20_000, message: expect.stringContaining("longer than") },
  ])("$why", ({ text, at, message }) => {
    expect(parseCel(text)).toEqual({ kind: "failed", at, message });
  });
});

test.each([
  { text: "has(a)", macro: { kind: "has-name", name: "a", at: 4 } },
  { text: "has(a.b)", macro: { kind: "has", member: "b", at: 6 } },
  { text: "cond('x')", macro: { kind: "cond", name: "x" } },
  { text: "a.map(x, x > 1, x)", macro: { kind: "loop", macro: "map", variable: "x" } },
  { text: "a.filter(x, x > 1, x)", macro: undefined },
  { text: "a.exists()", macro: undefined },
  { text: "cel.bind(x, 1, x)", macro: { kind: "bind", variable: "x" } },
  { text: "lower(a)", macro: undefined },
])("$text", ({ text, macro }) => {
  const parsing = parseCel(text);
  if (parsing.kind === "failed" || (parsing.node.op !== "call" && parsing.node.op !== "rcall"))
    throw new Error("no call");
  const found = celMacroOf(parsing.node, () => false);
  if (macro === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(macro);
});
