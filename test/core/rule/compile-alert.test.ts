import { describe, expect, test } from "vitest";
import { compileAlert, compileEventParameters, compileSeverity } from "../../../src/core/rule/compile-alert.ts";
import { documentContext } from "../../../src/core/rule/compile-declared.ts";
import { scopeOf } from "../expr/expr-fixture.ts";
import { context, shortOf } from "./rule-fixture.ts";

const expr = documentContext(context);

describe("severity", () => {
  test.each([
    { text: "high", compiled: true, faults: [] },
    { text: "meduim", compiled: false, faults: ["error wrong-value /severity"] },
    { text: "High", compiled: false, faults: ["error wrong-value /severity"] },
    { text: "warning", compiled: true, faults: ["warning wrong-value /severity"] },
    { text: "input.level", compiled: true, faults: [] },
    { text: "level_of", compiled: true, faults: [] },
    { text: "amount > 1 ? 'high' : 'low'", compiled: true, faults: [] },
    { text: "amount >", compiled: false, faults: ["error syntax /severity"] },
  ])("$text", ({ text, compiled, faults }) => {
    const found = compileSeverity(text, expr);
    expect(found.faults.map(shortOf)).toEqual(faults);
    expect(found.compiled !== undefined).toBe(compiled);
  });

  test("a field is read as it stands", () => {
    const { compiled } = compileSeverity("input.level", expr);
    if (compiled?.kind !== "expression") throw new Error("no expression");
    expect(compiled.expression.evaluate(scopeOf({ fields: { level: "low" } }))).toBe("low");
  });
});

test("of an alert, its throttle in milliseconds; only top-level facts are parameters", () => {
  expect(compileAlert({ throttle: "2s" }, expr).compiled?.program?.throttleMs).toBe(2_000);
  expect(compileAlert({ throttle: null }, expr).compiled?.program?.throttleMs).toBeUndefined();
  const { compiled } = compileEventParameters({ a: { fact: "x" }, b: { c: { fact: "x" } }, d: 1 }, expr);
  expect(compiled?.map(({ name }) => name)).toEqual(["a"]);
});
