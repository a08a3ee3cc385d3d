import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/base/json.ts";
import { compileFactReference } from "../../../src/core/expr/compile-fact-reference.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { contextWith, scopeOf } from "./expr-fixture.ts";

const parts = { fields: { a: { b: [1, 2] }, n: null }, key: { u: 7 }, slots: [{ total: 3 }] };
const names = eventNames({ w: 0 });

describe("a reference to a fact stands for its value", () => {
  const rows: readonly { why: string; reference: JsonObject; value: unknown }[] = [
    { why: "a field", reference: { fact: "a" }, value: { b: [1, 2] } },
    { why: "a path into it", reference: { fact: "a", path: "$.b[1]" }, value: 2 },
    { why: "null is a value", reference: { fact: "n" }, value: null },
    { why: "the key", reference: { fact: "key", path: "$.u" }, value: 7 },
    { why: "a declared name", reference: { fact: "w", path: "$.total" }, value: 3 },
  ];
  test.each(rows)("$why", ({ reference, value }) => {
    const { compiled, faults } = compileFactReference(reference, "/event/params/x", contextWith({ names }));
    expect(faults).toEqual([]);
    expect(compiled?.evaluate(scopeOf(parts))).toEqual(value);
  });

  test("and tells which names it reads", () => {
    const { compiled } = compileFactReference({ fact: "w", path: "$.total" }, "", contextWith({ names }));
    expect(compiled?.reads).toEqual(["w"]);
  });
});

test("an undefined fact is an error, or undefined where the rule allows it", () => {
  const valueWith = (allowUndefinedFacts: boolean) =>
    compileFactReference({ fact: "nowhere" }, "", contextWith({ allowUndefinedFacts })).compiled?.evaluate(
      scopeOf(parts),
    );
  expect(valueWith(false)).toMatchObject({ code: "undefined-fact" });
  expect(valueWith(false)).toBeInstanceOf(ExprError);
  expect(valueWith(true) ?? null).toBeNull();
});

test.each([
  { why: "a fact that is no name", reference: { fact: 3 } },
  { why: "a path that is no text", reference: { fact: "a", path: 3 } },
  { why: "a name that is not supported", reference: { fact: "prev" } },
])("$why is a fault at its place", ({ reference }) => {
  const { compiled, faults } = compileFactReference(reference, "/event/params/x", contextWith({ names }));
  expect(compiled).toBeUndefined();
  expect(faults.map(({ severity }) => severity)).toContain("error");
  for (const { pointer } of faults) expect(pointer).toMatch(/^\/event\/params\/x/);
});
