import fc from "fast-check";
import { expect, test } from "vitest";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import { compileExpression } from "../../../../src/core/expr/compile-expression.ts";
import { wordsOf } from "../../../../src/core/expr/check/expr-words.ts";
import { eventNames } from "../../../../src/core/expr/names.ts";
import type { ConditionDocument } from "../../../../src/spec/value.ts";
import { contextWith } from "../expr-fixture.ts";
import { celCondition } from "../generated-condition.ts";

const names = eventNames({ burst: 0 }, { hasHistory: true });
const nameOfSlot = (index: number) => (index === 0 ? "burst" : "?");

function wordsFor(text: string): string | undefined {
  const { compiled, faults } = compileExpression(text, "", contextWith({ names }));
  if (compiled === undefined) throw new Error(JSON.stringify(faults));
  return wordsOf(compiled.expr, nameOfSlot);
}

test.each([
  { text: "amount>1", words: "amount > 1" },
  { text: "'a' in [x, 2, null]", words: '"a" in [x, 2, null]' },
  { text: "!device.trusted", words: "!device.trusted" },
  { text: "-a + items[0].n", words: "-a + items[0].n" },
  { text: "has(device.id)", words: 'has(device["id"])' },
  { text: "has(a)", words: "has(a)" },
  { text: "size(tags)", words: "size(tags)" },
  { text: "burst.n", words: "burst.n" },
  { text: "[key, now, prev, keySince, meta]", words: "[key, now, prev, keySince, meta]" },
])("$text is told as $words", ({ text, words }) => {
  expect(wordsFor(text)).toBe(words);
});

test.each<{ leaf: object; words: string }>([
  { leaf: { fact: "a", operator: "greaterThan", value: 1 }, words: "a greaterThan 1" },
  { leaf: { fact: "a", operator: "not:equal", value: "x" }, words: 'a not:equal "x"' },
  { leaf: { fact: "a", path: "$.b.c", operator: "equal", value: { fact: "d" } }, words: "a.b.c equal d" },
  { leaf: { fact: "a", path: "$..b", operator: "in", value: [1] }, words: "a at $..b in [1]" },
])("a leaf is told as $words", ({ leaf, words }) => {
  const document: ConditionDocument = { all: [leaf] };
  const { compiled } = compileCondition(document, "", contextWith());
  const expr = compiled?.expr.kind === "all-of" ? compiled.expr.sets.flat()[0] : undefined;
  expect(expr && wordsOf(expr, nameOfSlot)).toBe(words);
});

test.each([
  { why: "more than a line takes", text: `a == '${"x".repeat(54)}'` },
  { why: "what has no short form", text: "items.all(x, x > 1)" },
  { why: "what holds such a part", text: "size(items.filter(x, x > 1)) > 2" },
  { why: "both", text: "a || b" },
])("$why is not told", ({ text }) => {
  expect(wordsFor(text)).toBeUndefined();
});

test("sixty letters are told, and not one more", () => {
  expect(wordsFor(`a == '${"x".repeat(53)}'`)).toHaveLength(60);
});

test("words that read as a condition are told in the same words again", () => {
  let count = 0;
  fc.assert(
    fc.property(celCondition, (document) => {
      const { compiled } = compileCondition(document, "", contextWith());
      const words = compiled && wordsOf(compiled.expr, nameOfSlot);
      if (words === undefined) return;
      expect(words.length).toBeLessThanOrEqual(60);
      const again = compileCondition(words, "", contextWith()).compiled;
      if (again === undefined) return;
      expect(wordsOf(again.expr, nameOfSlot)).toBe(words);
      count += 1;
    }),
    { numRuns: 1_000 },
  );
  expect(count).toBeGreaterThan(50);
});
