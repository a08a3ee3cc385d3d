import { describe, expect, test } from "vitest";
import { compileFactReference } from "../../../../src/core/expr/compile-fact-reference.ts";
import { eventNames } from "../../../../src/core/expr/names.ts";
import { contextWith, holds, scopeOf } from "../expr-fixture.ts";

const fields = { one: 1, a: { b: [1, 2], s: "xy" }, text: "abc", nothing: null };

describe("paths and references", () => {
  test.each([
    { why: "a path", document: { fact: "a", path: "$.b[1]", operator: "equal", value: 2 }, value: true },
    {
      why: "a path over text passes it through",
      document: { fact: "text", path: "$.x", operator: "equal", value: "abc" },
      value: true,
    },
    {
      why: "a path over null passes it through",
      document: { fact: "nothing", path: "$.x", operator: "equal", value: null },
      value: true,
    },
    {
      why: "no find is undefined, not an undefined fact",
      document: { fact: "a", path: "$.x.y", operator: "notEqual", value: 1 },
      value: true,
    },
    {
      why: "a wildcard gives a list, even of one",
      document: { fact: "a", path: "$.b[-1:]", operator: "contains", value: 2 },
      value: true,
    },
    {
      why: "a value out of a fact",
      document: { fact: "one", operator: "in", value: { fact: "a", path: "$.b" } },
      value: true,
    },
    {
      why: "params are accepted",
      document: { fact: "one", params: { x: 1 }, operator: "equal", value: { fact: "one", params: {} } },
      value: true,
    },
    {
      why: "a filter that throws",
      document: { fact: "a", path: "$.b[?(@.x.y>1)]", operator: "equal", value: 1 },
      value: "error:operator",
    },
  ])("$why", ({ document, value }) => {
    expect(holds(document, { fields })).toBe(value);
  });
});

test.each([
  { why: "a value", node: { fact: "one" }, value: 1 },
  { why: "a path", node: { fact: "a", path: "$.b[1]", params: {} }, value: 2 },
])("a reference that stands for a value: $why", ({ node, value }) => {
  const { compiled } = compileFactReference(node, "", contextWith());
  expect(compiled?.evaluate(scopeOf({ fields }))).toBe(value);
});

test("a reference to what is not there", () => {
  const names = eventNames({ burst: 0 }, { members: { burst: ["total"] } });
  const { faults } = compileFactReference({ fact: "burst", path: "$.totl" }, "/event/params/x", contextWith({ names }));
  expect(faults).toMatchObject([{ pointer: "/event/params/x/path", code: "unknown-name" }]);
  const absent = compileFactReference({ fact: "absent" }, "", contextWith()).compiled;
  expect(absent?.evaluate(scopeOf({ fields }))).toMatchObject({ code: "undefined-fact" });
});
