import fc from "fast-check";
import { Engine, Rule } from "json-rules-engine";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/base/json.ts";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import type { CustomFact } from "../../../src/core/expr/extensions.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { contextWith, evaluate, holds, scopeOf } from "./expr-fixture.ts";
import { extensionsOf, factOf } from "./extension-fixture.ts";

const facts: readonly CustomFact[] = [
  factOf("twice", ({ of = 1 }) => Number(of) * 2),
  factOf("sum", (params, almanac) => Number(almanac.factValue("n")) + Number(almanac.factValue("twice", params))),
  factOf("profile", () => ({ level: 3, tags: ["a", "b"] })),
  factOf("none", () => undefined),
  factOf("fails", () => {
    throw new Error("no");
  }),
  factOf("later", () => Promise.resolve(1)),
  factOf("circle", (_params, almanac) => almanac.factValue("circle")),
  factOf("spiral", ({ at = 0 }, almanac) => almanac.factValue("spiral", { at: Number(at) + 1 })),
  factOf("date", () => new Date(0)),
  factOf("call", () => () => 1),
  factOf("asks", (_params, almanac) => almanac.factValue("absent")),
  factOf("meta2", (_params, almanac) => almanac.factValue("meta", {}, "$.type")),
  factOf("waits", async () => 1, { isAsync: true }),
];
const extensions = extensionsOf({ facts });
const leaf = (fact: string, value: unknown, more: object = {}) => ({
  all: [{ fact, operator: "equal", value, ...more }],
});

describe("facts of plug-ins", () => {
  test.each([
    { why: "without parameters", condition: leaf("twice", 2), is: true },
    { why: "with parameters", condition: leaf("twice", 8, { params: { of: 4 } }), is: true },
    { why: "a path into what it gives", condition: leaf("profile", 3, { path: "$.level" }), is: true },
    { why: "a path of any kind", condition: leaf("profile", "b", { path: "$.tags[1]" }), is: true },
    { why: "from another fact and a field", condition: leaf("sum", 9, { params: { of: 4 } }), is: true },
    { why: "as the value", condition: leaf("n", { fact: "twice", params: { of: 0.5 } }), is: true },
    { why: "the event's own field wins", condition: leaf("twice", 7), fields: { twice: 7 }, is: true },
    { why: "also where it is null", condition: leaf("twice", null), fields: { twice: null }, is: true },
    { why: "one that gives nothing is no undefined fact", condition: leaf("none", null), is: false },
    { why: "a throw is an error", condition: leaf("fails", 1), is: "error:plug-in" },
    { why: "a promise is an error", condition: leaf("later", 1), is: "error:plug-in" },
    { why: "one that reads itself is an error", condition: leaf("circle", 1), is: "error:plug-in" },
    { why: "and one that never ends", condition: leaf("spiral", 1), is: "error:plug-in" },
    { why: "what says how it is written is written so", condition: leaf("date", "1970-01-01T00:00:00.000Z"), is: true },
    { why: "a function is no value", condition: leaf("call", 1), is: "error:plug-in" },
    { why: "an undefined fact inside", condition: leaf("asks", 1), is: "error:undefined-fact" },
    { why: "names of the scope", condition: leaf("meta2", "payment.made"), is: true },
    { why: "in CEL without parameters", condition: "twice + n == 3", is: true },
    { why: "in CEL nothing is null", condition: "none == null && !has(none) && has(twice)", is: true },
  ])("$why", ({ condition, fields = {}, is }) => {
    expect(holds(condition, { fields: { n: 1, ...fields } }, { extensions })).toBe(is);
  });

  test("in a field path", () => {
    expect(evaluate("profile.level", { fields: {} }, { extensions })).toBe(3);
  });

  test("allowUndefinedFacts reaches what facts ask for", () => {
    const options = { extensions, allowUndefinedFacts: true };
    expect(holds({ all: [{ fact: "asks", operator: "notEqual", value: 1 }] }, {}, options)).toBe(true);
  });

  test("without an event a part of the key stands in for the field", () => {
    expect(holds(leaf("sum", 5), { key: { n: 3 } }, { extensions })).toBe(true);
  });

  test.each([
    { condition: leaf("waits", 1), why: "a JSON condition" },
    { condition: "waits == 1", why: "CEL" },
  ])("an asynchronous fact is refused where nothing may wait: $why", ({ condition }) => {
    const [fault] = [holds(condition, {}, { extensions })].flat();
    expect(fault).toMatch(/^unsupported: `waits` is an asynchronous fact/);
  });

  test("parameters are an object", () => {
    expect(holds(leaf("twice", 1, { params: 4 }), {}, { extensions })).toEqual([
      "wrong-type: params needs an object, such as {days: 30}",
    ]);
  });
});

describe("how often a fact is worked out", () => {
  const calls: string[] = [];
  const counting = (name: string, options: Partial<CustomFact> = {}) =>
    factOf(
      name,
      (params) => {
        calls.push(`${name}${JSON.stringify(params)}`);
        return 1;
      },
      options,
    );
  const counted = extensionsOf({ facts: [counting("kept"), counting("fresh", { isCached: false })] });
  const condition = (fact: string) => ({
    all: [
      { fact, operator: "equal", value: 1, params: { a: 1, b: 2 } },
      { fact, operator: "equal", value: 1, params: { b: 2, a: 1 } },
      { fact, operator: "equal", value: 1 },
    ],
  });

  function run(fact: string, times: number): readonly string[] {
    calls.length = 0;
    const { compiled } = compileCondition(condition(fact), "", contextWith({ extensions: counted }));
    const scope = scopeOf({ fields: {} });
    for (let left = times; left > 0; left -= 1) compiled?.holds(scope);
    return [...calls];
  }

  test("once for an event and equal parameters, in whatever order they stand", () => {
    expect(run("kept", 3)).toEqual(['kept{"a":1,"b":2}', "kept{}"]);
  });

  test("each time with cache: false", () => {
    expect(run("fresh", 1)).toHaveLength(3);
  });

  test("anew for another event", () => {
    calls.length = 0;
    const { compiled } = compileCondition(condition("kept"), "", contextWith({ extensions: counted }));
    const scope = scopeOf({ fields: {} });
    compiled?.holds(scope);
    scope.event = scopeOf({ fields: {} }).event;
    compiled?.holds(scope);
    expect(calls).toHaveLength(4);
  });
});

describe("against json-rules-engine", () => {
  const leafArbitrary = fc
    .record({
      fact: fc.constantFrom("n", "twice", "sum", "profile", "none", "fails", "high", "absent"),
      operator: fc.constantFrom("equal", "notEqual", "greaterThan", "in", "not:equal", "over", "doubled:over"),
      value: fc.oneof(
        fc.integer({ min: -1, max: 9 }),
        fc.constant([1, 2, 4]),
        fc.record({ fact: fc.constantFrom("n", "twice"), params: fc.constantFrom({}, { of: 3 }) }),
      ),
      params: fc.constantFrom(undefined, {}, { of: 2 }, { of: 4 }),
      path: fc.constantFrom(undefined, undefined, "$.level", "$.tags[*]"),
      priority: fc.constantFrom(undefined, undefined, 1, 5, 10),
    })
    .map((node): JsonObject => JSON.parse(JSON.stringify(node)));
  const { root } = fc.letrec<{ node: JsonObject; root: JsonObject }>((tie) => ({
    node: fc.oneof({ depthSize: "small" }, { weight: 4, arbitrary: leafArbitrary }, tie("root")),
    root: fc.oneof(
      fc.record({ all: fc.array(tie("node"), { maxLength: 4 }) }),
      fc.record({ any: fc.array(tie("node"), { maxLength: 4 }) }),
      fc.record({ not: tie("node") }),
    ),
  }));
  const over = (fact: unknown, value: unknown) => Number(fact) > Number(value);
  const both: readonly (readonly [string, (params: JsonObject, n: number) => unknown, Partial<CustomFact>])[] = [
    ["twice", ({ of = 1 }) => Number(of) * 2, {}],
    ["sum", ({ of = 1 }, n) => n + Number(of) * 2, { isCached: false }],
    ["profile", () => ({ level: 3, tags: ["a", "b"] }), {}],
    ["none", () => undefined, {}],
    [
      "fails",
      () => {
        throw new Error("no");
      },
      {},
    ],
    ["high", () => 4, { priority: 7 }],
  ];
  const same = extensionsOf({
    facts: both.map(([name, calculate, options]) =>
      factOf(name, (params, almanac) => calculate(params, Number(almanac.factValue("n"))), options),
    ),
    operators: { over },
    decorators: { doubled: (fact: unknown, value: unknown, next) => next(Number(fact) * 2, value) },
  });

  async function oracle(conditions: JsonObject, fields: JsonObject): Promise<boolean | "error"> {
    try {
      const engine = new Engine();
      for (const [name, calculate, { isCached = true, priority = 1 }] of both)
        engine.addFact(
          name,
          async (params, almanac) => calculate(params, Number(await almanac.factValue<number>("n"))),
          { cache: isCached, priority },
        );
      engine.addOperator("over", over);
      engine.addOperatorDecorator<unknown, unknown, unknown, unknown>("doubled", (fact, value, next) =>
        next(Number(fact) * 2, value),
      );
      engine.addRule(new Rule(JSON.stringify({ conditions, event: { type: "holds" } })));
      const { events } = await engine.run(structuredClone(fields));
      return events.length > 0;
    } catch {
      return "error";
    }
  }

  test("parameters, caches, priorities, operators and decorators decide alike", async () => {
    const fieldsArbitrary = fc.record(
      { n: fc.integer({ min: 0, max: 4 }), twice: fc.integer({ min: 0, max: 9 }) },
      { requiredKeys: ["n"] },
    );
    await fc.assert(
      fc.asyncProperty(root, fieldsArbitrary, async (conditions, fields) => {
        const context = contextWith({ names: eventNames({}, { plain: true }), extensions: same });
        const { compiled, faults } = compileCondition(conditions, "", context);
        // A literal that `in` can't take is refused ahead.
        fc.pre(!faults.some(({ severity }) => severity === "error"));
        const outcome = compiled?.holds(scopeOf({ fields: JSON.parse(JSON.stringify(fields)) }));
        expect(outcome instanceof ExprError ? "error" : outcome).toBe(await oracle(conditions, fields));
      }),
      { numRuns: 2_000 },
    );
  });
});
