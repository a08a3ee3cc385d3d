import { expect, test } from "vitest";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import { emitBinary } from "../../../../src/core/expr/generate/generate-binary.ts";
import { startGeneration } from "../../../../src/core/expr/generate/generate-evaluate.ts";
import { emit } from "../../../../src/core/expr/generate/generate-node.ts";
import { emitTest } from "../../../../src/core/expr/generate/generate-test.ts";
import { fieldOf, named } from "../../../../src/core/expr/generate/generation.ts";
import type { ConditionDocument } from "../../../../src/spec/value.ts";
import { contextWith } from "../expr-fixture.ts";

const optional = { allowUndefinedFacts: true };

test.each<{ readonly why: string; readonly document: ConditionDocument; readonly text: string }>([
  { why: "equality with a literal", document: "a == 1", text: "((v1??null)===c0)" },
  { why: "membership of a list is that of a set", document: "a in [1, 2, 3, 4]", text: "c0.has((v1??null))" },
  { why: "a fact's equality", document: { all: [{ fact: "a", operator: "equal", value: 1 }] }, text: "(v1===c0)" },
  {
    why: "a short list one by one",
    document: { all: [{ fact: "a", operator: "in", value: [1, "x"] }] },
    text: "(v1===c0||v1===c1)",
  },
  {
    why: "a long list as a set",
    document: { all: [{ fact: "a", operator: "notIn", value: [1, 2, 3, 4] }] },
    text: "!c0.has(v1)",
  },
  { why: "an empty list", document: { all: [{ fact: "a", operator: "in", value: [] }] }, text: "false" },
  {
    why: "all of several",
    document: {
      all: [
        { fact: "a", operator: "equal", value: 1 },
        { fact: "b", operator: "notEqual", value: 2 },
      ],
    },
    text: "((v1===c0)&&(v2!==c1))",
  },
  { why: "none of it", document: { not: { fact: "a", operator: "equal", value: 1 } }, text: "!(v1===c0)" },
])("$why needs no call", ({ document, text }) => {
  const { compiled } = compileCondition(document, "", contextWith(optional));
  if (compiled === undefined) throw new Error("the condition has faults");
  const generation = startGeneration(undefined);
  const body = compiled.expr.kind === "boolean" ? compiled.expr.of : compiled.expr;
  expect(emit(generation, body, () => "fail")).toEqual({ text, isBoolean: true });
  expect(generation.writer.text).toBe("");
  if (body.kind === "binary") expect(emitBinary(startGeneration(undefined), emit, body, () => "fail").text).toBe(text);
  if (body.kind === "test") expect(emitTest(startGeneration(undefined), emit, body, () => "fail").isBoolean).toBe(true);
});

test("a field has one variable, and text that stands twice a name", () => {
  const generation = startGeneration(undefined);
  expect([fieldOf(generation, "a").text, fieldOf(generation, "b").text, fieldOf(generation, "a").text]).toEqual([
    "v1",
    "v2",
    "v1",
  ]);
  expect([
    named(generation, { text: "v1", isBoolean: false }),
    named(generation, { text: "(v1??null)", isBoolean: false }),
  ]).toEqual(["v1", "v3"]);
  expect(generation.writer.text).toBe("const v3=(v1??null);");
});
