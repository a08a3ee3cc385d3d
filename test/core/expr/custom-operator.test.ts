import { describe, expect, test } from "vitest";
import { customOperator, decorateCustom } from "../../../src/core/expr/custom-operator.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import type { TestBody } from "../../../src/core/expr/closure/test-body.ts";
import { holds } from "./expr-fixture.ts";
import { extensionsOf } from "./extension-fixture.ts";

const extensions = extensionsOf({
  operators: {
    over: (fact: number, value: number) => fact > value,
    "geo:near": (fact: number, value: number) => Math.abs(fact - value) < 2,
    yes: () => "yes",
    nothing: () => undefined,
    throws: () => {
      throw new Error("broken");
    },
    later: () => Promise.resolve(true),
    startsWith: (fact: string, value: string) => fact.endsWith(value),
  },
  decorators: {
    doubled: (fact: number, value: unknown, next) => next(fact * 2, value),
    caught: (fact: unknown, value: unknown, next) => {
      try {
        return next(fact, value);
      } catch {
        return true;
      }
    },
  },
});

describe("operators and decorators of plug-ins", () => {
  test.each([
    { why: "decides", operator: "over", n: 3, value: 2, is: true },
    { why: "and not", operator: "over", n: 2, value: 2, is: false },
    { why: "the whole name is looked for before a decorator", operator: "geo:near", n: 2, value: 3, is: true },
    { why: "under decorators of json-rules-engine", operator: "not:geo:near", n: 2, value: 3, is: false },
    { why: "over each value", operator: "someValue:over", n: 2, value: [5, 1], is: true },
    { why: "what is truthy is true", operator: "yes", n: 1, value: 0, is: true },
    { why: "also under not", operator: "not:yes", n: 1, value: 0, is: false },
    { why: "what is falsy is false", operator: "nothing", n: 1, value: 0, is: false },
    { why: "a throw is an error", operator: "throws", n: 1, value: 0, is: "error:plug-in" },
    { why: "an error is no false that not could turn", operator: "not:throws", n: 1, value: 0, is: "error:plug-in" },
    { why: "a promise is an error", operator: "later", n: 1, value: 0, is: "error:plug-in" },
    { why: "a decorator over an operator of Tocsin", operator: "doubled:greaterThan", n: 3, value: 5, is: true },
    { why: "over one of a plug-in, and twice", operator: "doubled:doubled:over", n: 3, value: 11, is: true },
    { why: "an inner error goes through", operator: "doubled:in", n: 3, value: 5, is: "error:operator" },
    { why: "unless the decorator catches it", operator: "caught:throws", n: 3, value: 5, is: true },
    { why: "an extra operator gives way", operator: "startsWith", n: "ab", value: "b", is: true },
  ])("$operator: $why", ({ operator, n, value, is }) => {
    const condition = { all: [{ fact: "n", operator, value }] };
    expect(holds(condition, { fields: { n } }, { extensions })).toBe(is);
  });

  test("two truthy results of one priority count as true, where json-rules-engine's strict test says false", () => {
    const leaf = { fact: "n", operator: "yes", value: 0 };
    expect(holds({ all: [leaf, leaf] }, { fields: { n: 1 } }, { extensions })).toBe(true);
  });

  test("one that is near is named", () => {
    const unknown = holds({ all: [{ fact: "n", operator: "ovr", value: 0 }] }, {}, { extensions });
    expect(unknown).toEqual(['unknown-name: unknown operator "ovr"; did you mean "over"?']);
    const decorator = holds({ all: [{ fact: "n", operator: "dubled:over", value: 0 }] }, {}, { extensions });
    expect(decorator).toEqual(['unknown-name: unknown decorator "dubled"; did you mean "doubled"?']);
  });

  test("what validate does not take is false, and its throw an error", () => {
    const validate = (fact: unknown) => {
      if (fact === undefined) throw new Error("absent");
      return typeof fact === "number";
    };
    const body = customOperator({ name: "x", evaluate: () => true, validate }).compile({
      ignoreCase: false,
      literals: [],
    });
    const results = [1, "1", undefined].map((fact) => body(fact, 0, emptyScope()));
    expect(results).toEqual([true, false, new ExprError("plug-in", "the operator x failed: absent")]);
    const inner: TestBody = () => true;
    const decorated = decorateCustom({ name: "d", evaluate: (f, v, next) => next(f, v), validate }, inner);
    expect(decorated("1", 0, emptyScope())).toBe(false);
  });
});
