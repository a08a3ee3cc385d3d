import { expect, test } from "vitest";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import { readsEventOnly } from "../../../../src/core/expr/generate/event-only.ts";
import { eventNames } from "../../../../src/core/expr/names.ts";
import { contextWith } from "../expr-fixture.ts";

const names = eventNames({ burst: 0 }, { hasHistory: true });

test.each([
  {
    why: "fields, whole event, envelope and time",
    text: "a == 1 && input.b == 2 && meta.type == 'x' && now > 5",
    is: true,
  },
  { why: "a macro over a field", text: "items.exists(i, i.price > 5)", is: true },
  { why: "a function of a field", text: "lower(a) == 'x' && matches(b, '^x')", is: true },
  { why: "a declared name", text: "a == 1 && burst.n > 5", is: false },
  { why: "the key", text: "key.a == 1", is: false },
  { why: "the event before", text: "prev == null", is: false },
  { why: "the age of the key", text: "keySince > 5", is: false },
])("$why: $is", ({ text, is }) => {
  const { compiled, faults } = compileCondition(text, "", contextWith({ names }));
  if (compiled === undefined) throw new Error(JSON.stringify(faults));
  expect(readsEventOnly(compiled.expr)).toBe(is);
});

test("what a plug-in computes, and what lists hold, is not the event's", () => {
  const literal = { kind: "literal", value: 1 } as const;
  const test_ = { kind: "test", operator: "inList", decorators: [], fact: literal, value: literal } as const;
  expect(readsEventOnly(test_)).toBe(false);
  expect(readsEventOnly({ kind: "call", name: "inList", args: [literal, literal] })).toBe(false);
  expect(readsEventOnly({ kind: "custom-test", name: "x", body: () => true, fact: literal, value: literal })).toBe(
    false,
  );
});
