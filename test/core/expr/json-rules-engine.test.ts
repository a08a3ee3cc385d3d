import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TopLevelCondition } from "json-rules-engine";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { isJsonObject, type JsonObject } from "../../../src/core/base/json.ts";
import { runJsonRulesEngine } from "../../oracle/json-rules-engine.ts";
import { contextWith, scopeOf } from "./expr-fixture.ts";

const caseCount = Number(process.env["TOCSIN_CASES"] ?? 4000);

const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -2, max: 12 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "",
      "a",
      "b",
      "ab",
      "abc",
      "5",
      "10",
      "9",
      "12abc",
      " 5 ",
      "0x10",
      "1e2",
      "null",
      "2024-05-01",
    ),
  },
  fc.constantFrom<null | boolean>(null, true, false),
  fc.constantFrom(0.5, -0, 1e21, Number.MAX_SAFE_INTEGER),
);

const { value: jsonValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 5, arbitrary: scalar },
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom("x", "y", "a b", "0", "length", "toString", "valueOf", "constructor", "indexOf", "some"),
      tie("value"),
      { maxKeys: 3 },
    ),
  ),
}));

const factName = fc.constantFrom("n", "s", "list", "object", "absent");
const facts = fc.record(
  { n: scalar, s: jsonValue, list: fc.array(jsonValue, { maxLength: 3 }), object: jsonValue },
  { requiredKeys: ["n", "object"] },
);

const path = fc.constantFrom(
  undefined,
  undefined,
  "",
  "$",
  "$.x",
  "x",
  "x.y",
  "$.x.y",
  "$.x[0]",
  "$[0]",
  "$[0].x",
  "$['a b']",
  '$["x"].y',
  "$.x['y']",
  "$.length",
  "$.x.length",
  "$.constructor",
  "constructor",
  "$.toString",
  "$.__proto__",
  "$.x.0",
  "$.*",
  "$..x",
  "$.x[*]",
  "$[-1:]",
  "$[?(@.x>1)]",
  "$[?(@.x.y>1)]",
  "$.x[",
  "$.x[?(",
  "$['x','y']",
  "$.x~",
  "$.x.y^",
  "$[(@.length-1)]",
);

const operatorName = fc
  .tuple(
    fc.array(fc.constantFrom("someFact", "everyFact", "someValue", "everyValue", "swap", "not"), {
      maxLength: 2,
      size: "max",
    }),
    fc.constantFrom(
      "equal",
      "notEqual",
      "in",
      "notIn",
      "contains",
      "doesNotContain",
      "lessThan",
      "lessThanInclusive",
      "greaterThan",
      "greaterThanInclusive",
    ),
  )
  .chain(([decorators, operator]) => fc.constantFrom([...decorators, operator].join(":"), operator));

const reference = fc.record({ fact: factName, path }).map(withoutUndefined);
const priority = fc.constantFrom(undefined, undefined, undefined, 1, 2, 10, 0, -5, 2.5, "7", "10");

const leaf = fc
  .record({
    fact: factName,
    operator: operatorName,
    value: fc.oneof({ weight: 4, arbitrary: jsonValue }, reference),
    path,
    priority,
  })
  .map(withoutUndefined);

function withoutUndefined(node: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined));
}

/** Conditions as a rule's root, which names of others may stand in. */
function rootWith(names: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const named =
    names.length === 0
      ? []
      : [fc.record({ condition: fc.constantFrom(...names, "nowhere"), priority }).map(withoutUndefined)];
  const { root } = fc.letrec<{
    node: Record<string, unknown>;
    root: Record<string, unknown>;
    both: Record<string, unknown>;
  }>((tie) => ({
    node: fc.oneof({ depthSize: "small" }, { weight: 4, arbitrary: leaf }, tie("root"), ...named),
    both: fc.record({ all: fc.array(tie("node"), { maxLength: 2 }), any: fc.array(tie("node"), { maxLength: 2 }) }),
    root: fc.oneof(
      { depthSize: "small" },
      {
        weight: 3,
        arbitrary: fc.record({ all: fc.array(tie("node"), { maxLength: 4 }), priority }).map(withoutUndefined),
      },
      {
        weight: 3,
        arbitrary: fc.record({ any: fc.array(tie("node"), { maxLength: 4 }), priority }).map(withoutUndefined),
      },
      fc.record({ not: tie("node"), priority }).map(withoutUndefined),
      tie("both"),
      ...named,
    ),
  }));
  return root;
}

const run = fc
  .record({
    conditions: rootWith(["first", "second"]),
    first: rootWith([]),
    second: rootWith(["first"]),
    facts,
    allowUndefinedFacts: fc.boolean(),
    allowUndefinedConditions: fc.boolean(),
  })
  .map(
    ({ conditions, first, second, facts: values, ...options }): Run => ({
      ...options,
      conditions: asJsonObject(conditions),
      facts: asJsonObject(values),
      named: { first: asJsonObject(first), second: asJsonObject(second) },
    }),
  );

/** One case, as JSON keeps it: the oracle and ours are given the same. */
interface Run {
  readonly conditions: JsonObject;
  readonly named: { readonly first: JsonObject; readonly second: JsonObject };
  readonly facts: JsonObject;
  readonly allowUndefinedFacts: boolean;
  readonly allowUndefinedConditions: boolean;
}

function asJsonObject(value: unknown): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(value));
  if (!isJsonObject(json)) throw new Error("no object");
  return json;
}

/** What ours says; `refused` names the faults where it does not compile. */
function ours(input: Run): { readonly outcome: boolean | "error" | "refused"; readonly messages: readonly string[] } {
  const { compiled, faults } = compileCondition(
    input.conditions,
    "",
    contextWith({
      names: eventNames({}, { plain: true }),
      named: new Map(Object.entries(input.named)),
      allowUndefinedFacts: input.allowUndefinedFacts,
      allowUndefinedConditions: input.allowUndefinedConditions,
    }),
  );
  const messages = faults.filter(({ severity }) => severity === "error").map(({ message }) => message);
  if (compiled === undefined) return { outcome: "refused", messages };
  const result = compiled.holds(scopeOf({ fields: input.facts }));
  return { outcome: result instanceof ExprError ? "error" : result, messages };
}

function isTopLevel(value: unknown): value is TopLevelCondition {
  return typeof value === "object" && value !== null;
}

async function oracle(input: Run): Promise<boolean | "error"> {
  const { conditions, named } = input;
  if (!isTopLevel(conditions) || !isTopLevel(named.first) || !isTopLevel(named.second)) throw new Error("no condition");
  return runJsonRulesEngine({ ...input, conditions, named: { first: named.first, second: named.second } });
}

describe("the real json-rules-engine", () => {
  test(`agrees in every one of ${caseCount} generated cases that compile`, { timeout: 600_000 }, async () => {
    const tally = { true: 0, false: 0, error: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(run, async (input) => {
        const { outcome, messages } = ours(input);
        tally[`${outcome}`] += 1;
        if (outcome === "refused") {
          for (const message of messages)
            expect(message).toMatch(
              /needs a list as the value|need a list as the value|no condition "nowhere" is defined/,
            );
          return;
        }
        expect(outcome).toBe(await oracle(input));
      }),
      { numRuns: caseCount },
    );
    for (const [outcome, count] of Object.entries(tally))
      expect({ outcome, isFrequent: count > caseCount / 50 }).toEqual({ outcome, isFrequent: true });
  });
});
