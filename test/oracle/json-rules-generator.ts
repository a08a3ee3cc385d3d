import fc from "fast-check";
import { isJsonObject, type JsonObject } from "../../src/core/base/json.ts";

// Rules and facts for json-rules-engine and ours, with every corner that its source has.

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
export const generatedFacts = fc.record(
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

export const reference = fc.record({ fact: factName, path }).map(withoutUndefined);
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
export function rootWith(names: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const named =
    names.length === 0
      ? []
      : [fc.record({ condition: fc.constantFrom(...names, "nowhere"), priority }).map(withoutUndefined)];
  const { root } = fc.letrec<{
    node: Record<string, unknown>;
    root: Record<string, unknown>;
    both: Record<string, unknown>;
    beside: Record<string, unknown>;
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
      ...(names.length === 0 ? [] : [tie("beside")]),
    ),
    beside: fc
      .tuple(
        fc.constantFrom(...names, "nowhere"),
        fc.constantFrom("all", "any"),
        fc.array(tie("node"), { maxLength: 2 }),
      )
      .map(([condition, form, children]) => ({ condition, [form]: children })),
  }));
  return root;
}

export const generatedRun = fc
  .record({
    conditions: rootWith(["first", "second"]),
    first: rootWith([]),
    second: rootWith(["first"]),
    facts: generatedFacts,
    allowUndefinedFacts: fc.boolean(),
    allowUndefinedConditions: fc.boolean(),
  })
  .map(
    ({ conditions, first, second, facts: values, ...options }): GeneratedRun => ({
      ...options,
      conditions: asJsonObject(conditions),
      facts: asJsonObject(values),
      named: { first: asJsonObject(first), second: asJsonObject(second) },
    }),
  );

/** One case, as JSON keeps it: the oracle and ours are given the same. */
export interface GeneratedRun {
  readonly conditions: JsonObject;
  readonly named: { readonly first: JsonObject; readonly second: JsonObject };
  readonly facts: JsonObject;
  readonly allowUndefinedFacts: boolean;
  readonly allowUndefinedConditions: boolean;
}

export function asJsonObject(value: unknown): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(value));
  if (!isJsonObject(json)) throw new Error("no object");
  return json;
}
