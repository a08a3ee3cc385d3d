import { describe, expect, test } from "vitest";
import type { Expr } from "../../../../src/core/expr/ast.ts";
import { assemble } from "../../../../src/core/expr/closure/compile-closures.ts";
import { isMap } from "../../../../src/core/expr/closure/property.ts";
import { evaluate, scopeOf } from "../expr-fixture.ts";

const fields = { yes: true, no: false, n: 3, s: "a" };

describe("CEL's logic", () => {
  test.each([
    { why: "false before an error", text: "no && 1 / 0 == 1", value: false },
    { why: "false behind an error", text: "1 / 0 == 1 && no", value: false },
    { why: "false behind a value that is no boolean", text: "n && no", value: false },
    { why: "an error that nothing absorbs", text: "1 / 0 == 1 && yes", value: "error:division-by-zero" },
    { why: "true before an error", text: "yes || absent + 1 == 1", value: true },
    { why: "true behind an error", text: "absent + 1 == 1 || yes", value: true },
    { why: "an error beside false", text: "absent + 1 == 1 || no", value: "error:type" },
    { why: "the first of two errors", text: "1 / 0 == 1 || absent + 1 == 1", value: "error:division-by-zero" },
    { why: "no boolean in &&", text: "n && yes", value: "error:type" },
    { why: "no boolean in ||, null included", text: "absent || no", value: "error:type" },
    { why: "long chains do not nest", text: Array(900).fill("no").join(" || "), value: false },
    { why: "negation", text: "!yes || !!yes", value: true },
    { why: "negation of no boolean", text: "!n", value: "error:type" },
    { why: "only the branch taken is evaluated", text: "yes ? 1 : 1 / 0", value: 1 },
    { why: "the other branch", text: "no ? 1 : 2", value: 2 },
    { why: "an error before the ?", text: "1 / 0 == 1 ? 1 : 2", value: "error:division-by-zero" },
    { why: "no boolean before the ?", text: "absent ? 1 : 2", value: "error:type" },
    { why: "a list with an error is that error", text: "[1, 1 / 0]", value: "error:division-by-zero" },
    { why: "a map", text: "{'a': n, 'b': [s]}", value: { a: 3, b: ["a"] } },
    { why: "keys of a map are texts", text: "{1: 2}", value: "error:type" },
    { why: "a bound value", text: "cel.bind(x, n * 2, x + x)", value: 12 },
    { why: "a bound error", text: "cel.bind(x, 1 / 0, 1)", value: "error:division-by-zero" },
  ])("$why", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});

test("what was one map key from outside is one own member, whatever its name", () => {
  const map: unknown = evaluate("{'__proto__': 1}", { fields });
  expect(isMap(map) ? Object.keys(map) : map).toEqual(["__proto__"]);
});

test("a node with two parents gives both the same value", () => {
  const shared: Expr = { kind: "member", of: { kind: "name", ref: { kind: "input" } }, name: "n" };
  const evaluateSum = assemble({ kind: "binary", operator: "+", left: shared, right: shared });
  expect(evaluateSum(scopeOf({ fields }))).toBe(6);
});
