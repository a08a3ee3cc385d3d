import fc from "fast-check";
import { isJsonObject, type JsonObject } from "../../../src/core/base/json.ts";
import type { ConditionDocument } from "../../../src/spec/value.ts";

/** Few values, so that tests meet them: numbers, texts like numbers, and what is no scalar. */
const scalar = fc.constantFrom<null | boolean | number | string>(
  null,
  true,
  false,
  -1,
  0,
  1,
  2,
  2.5,
  10,
  "",
  "a",
  "ab",
  "b",
  "10",
  "9",
  " 2 ",
  "12abc",
  "10.1.2.3",
);
const value = fc.oneof(
  { weight: 8, arbitrary: scalar },
  fc.array(scalar, { maxLength: 2 }),
  fc.array(fc.array(scalar, { maxLength: 1 }), { maxLength: 1 }),
  fc.record({ x: scalar }),
);

const names = ["a", "b", "c"] as const;

export const eventFields: fc.Arbitrary<JsonObject> = fc
  .record({ a: value, b: value, c: value }, { requiredKeys: [] })
  .map((fields) => {
    const json: unknown = JSON.parse(JSON.stringify(fields));
    return isJsonObject(json) ? json : {};
  });

const number = fc.constantFrom(-1, 0, 1, 2, 2.5, 10);
const text = fc.constantFrom("", "a", "ab", "b", "10", "9", "2");
const list = fc.array(scalar, { maxLength: 3 });
const bounds = fc.oneof(fc.tuple(number, number), fc.tuple(text, text), fc.tuple(number, text));

const decorated = fc
  .tuple(
    fc.constantFrom(
      "",
      "",
      "",
      "",
      "not:",
      "not:not:",
      "ignoreCase:",
      "someFact:",
      "everyFact:",
      "swap:",
      "not:ignoreCase:",
    ),
    fc.oneof(
      fc.record({ operator: fc.constantFrom("equal", "notEqual", "contains", "doesNotContain"), value: scalar }),
      fc.record({
        operator: fc.constantFrom("lessThan", "lessThanInclusive", "greaterThan", "greaterThanInclusive"),
        value: fc.oneof(
          { weight: 5, arbitrary: number },
          { weight: 3, arbitrary: text },
          scalar,
          fc.array(number, { maxLength: 1 }),
        ),
      }),
      fc.record({ operator: fc.constantFrom("in", "notIn"), value: fc.oneof({ weight: 4, arbitrary: list }, text) }),
      fc.record({ operator: fc.constantFrom("startsWith", "endsWith", "containsText"), value: text }),
      fc.record({ operator: fc.constant("between"), value: bounds }),
      fc.record({ operator: fc.constant("exists"), value: fc.boolean() }),
      fc.record({ operator: fc.constant("matches"), value: fc.constantFrom("^a", "b$", "^[0-9]+$") }),
      fc.record({ operator: fc.constant("inCidr"), value: fc.constantFrom("10.0.0.0/8", "192.168.0.0/16") }),
    ),
  )
  .map(([decorators, { operator, value: literal }]) => ({ operator: decorators + operator, value: literal }));

const leaf = fc
  .record({
    fact: fc.constantFrom(...names),
    test: fc.oneof(
      { weight: 8, arbitrary: decorated },
      fc.record({
        operator: fc.constantFrom("equal", "lessThan", "greaterThan", "notEqual"),
        value: fc.record({ fact: fc.constantFrom(...names) }),
      }),
    ),
    path: fc.constantFrom(undefined, undefined, undefined, "$.x", "$[0]"),
  })
  .map(({ fact, test, path }) => ({ fact, ...test, ...(path === undefined ? {} : { path }) }));

const celLiteral = fc.oneof(
  { weight: 3, arbitrary: number.map(String) },
  { weight: 2, arbitrary: text.map((of) => JSON.stringify(of)) },
  fc.constantFrom("true", "false", "null"),
);
const celTerm = fc.constantFrom("a", "b", "c", "a", "b", "a.x", "b.x", "c.x", "a + b", "size(c)", "a[0]");
const celAtom = fc.oneof(
  fc.tuple(celTerm, fc.constantFrom("==", "!=", "<", "<=", ">", ">="), celLiteral).map((parts) => parts.join(" ")),
  fc.tuple(celLiteral, fc.constantFrom("==", "!=", "<", "<=", ">", ">="), celTerm).map((parts) => parts.join(" ")),
  fc.tuple(celTerm, fc.constantFrom("<", ">", "=="), celTerm).map((parts) => parts.join(" ")),
  fc
    .tuple(celTerm, fc.array(celLiteral, { maxLength: 3 }))
    .map(([term, items]) => `(${term}) in [${items.join(", ")}]`),
  fc
    .tuple(celTerm, fc.constantFrom("startsWith", "endsWith", "contains", "containsText"), text)
    .map(([term, name, part]) => `(${term}).${name}(${JSON.stringify(part)})`),
  fc.tuple(celTerm, number, number).map(([term, low, high]) => `between(${term}, ${low}, ${high})`),
  celTerm.map((term) => `exists(${term})`),
  fc.constantFrom("has(a)", "has(b)", "has(a.x)", "has(b.x)", "a", "b", "true", "false", "1 < 2", "'a' == 'b'"),
);
const { cel } = fc.letrec<{ cel: string }>((tie) => ({
  cel: fc.oneof(
    { depthSize: "small" },
    { weight: 5, arbitrary: celAtom },
    fc.array(tie("cel"), { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(" && ")})`),
    fc.array(tie("cel"), { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(" || ")})`),
    tie("cel").map((of) => `!(${of})`),
    fc.tuple(tie("cel"), tie("cel"), tie("cel")).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
    fc.tuple(celTerm, tie("cel")).map(([of, body]) => `cel.bind(c, ${of}, ${body})`),
    tie("cel").map((of) => `[1, 2].exists(a, ${of})`),
  ),
}));

const priority = fc.constantFrom(undefined, undefined, 2);

/** Conditions of both forms whose parts often contradict one another. */
export const condition: fc.Arbitrary<ConditionDocument> = fc.letrec<{
  node: Record<string, unknown> | string;
  root: Record<string, unknown>;
}>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    {
      weight: 6,
      arbitrary: fc
        .tuple(leaf, priority)
        .map(([of, number_]) => (number_ === undefined ? of : { ...of, priority: number_ })),
    },
    { weight: 2, arbitrary: cel },
    tie("root"),
  ),
  root: fc.oneof(
    { depthSize: "small" },
    { weight: 4, arbitrary: fc.array(tie("node"), { maxLength: 4 }).map((all) => ({ all })) },
    { weight: 2, arbitrary: fc.array(tie("node"), { maxLength: 3 }).map((any) => ({ any })) },
    tie("node").map((not) => ({ not })),
  ),
})).root;

export const celCondition: fc.Arbitrary<string> = cel;
