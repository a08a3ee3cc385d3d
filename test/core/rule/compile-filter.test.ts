import { expect, test } from "vitest";
import { documentContext } from "../../../src/core/rule/compile-declared.ts";
import { compileFilter } from "../../../src/core/rule/compile-filter.ts";
import { scopeOf } from "../expr/expr-fixture.ts";
import { context, shortOf } from "./rule-fixture.ts";

const expr = documentContext(context);

test("a filter: types, and `where`", () => {
  const { compiled } = compileFilter({ on: ["a.*"], where: "v == 1" }, "", expr);
  expect([compiled?.fitsType("a.b"), compiled?.fitsType("b")]).toEqual([true, false]);
  expect(compiled?.where?.holds(scopeOf({ fields: { v: 1 } }))).toBe(true);
  const all = compileFilter({ on: undefined, where: null }, "", expr).compiled;
  expect([all?.fitsType("x.y"), all?.where]).toEqual([true, undefined]);
  expect(compileFilter({ on: undefined, where: "(" }, "/patterns/p", expr).faults.map(shortOf)).toEqual([
    "error syntax /patterns/p/where",
  ]);
});
