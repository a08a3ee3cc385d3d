import { describe, expect, test } from "vitest";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import { typeOfSchema } from "../../../../src/core/expr/check/schema-type.ts";
import { documentInspector } from "../../../../src/core/rule/rule-knowledge.ts";
import type { ConditionDocument } from "../../../../src/spec/value.ts";
import { contextWith } from "../expr-fixture.ts";

const { type: fields } = typeOfSchema({
  type: "object",
  properties: {
    amount: { type: "number", minimum: 0 },
    country: { type: "string" },
    status: { enum: ["open", "closed"] },
    tags: { type: "array", items: { type: "string" } },
    device: { type: "object", properties: { id: { type: "string" } } },
    active: { type: "boolean" },
  },
});

function told(document: ConditionDocument, withSchema = false): readonly string[] {
  const checks = { schemas: withSchema ? [{ type: "e", fields }] : [], madeTypes: [] };
  const named = new Map([["big", "amount > 100"]]);
  const context = contextWith({ named, inspect: documentInspector({}, {}, checks) });
  return compileCondition(document, "/c", context).faults.map(
    ({ severity, code, pointer, at, message }) =>
      `${severity === "error" ? "error " : ""}${code} ${pointer}${at === undefined ? "" : `@${at}`}: ${message}`,
  );
}

const fact = (name: string, operator: string, value: unknown, more = {}) => ({ fact: name, operator, value, ...more });
const all = (...members: unknown[]) => ({ all: members });
const any = (...members: unknown[]) => ({ any: members });

describe("conditions that never hold", () => {
  test.each<{ why: string; document: ConditionDocument; found: string[] }>([
    {
      why: "bounds that leave nothing",
      document: all(fact("amount", "greaterThan", 100), fact("x", "equal", 1), fact("amount", "lessThan", 50)),
      found: ["never-holds /c/all/2: can never hold together with `amount greaterThan 100`; correct one of them"],
    },
    { why: "also in CEL", document: "amount > 100 && amount < 50", found: ["never-holds /c@16"] },
    {
      why: "in both forms",
      document: all("amount > 100", fact("amount", "lessThan", 50)),
      found: ["never-holds /c/all/1"],
    },
    {
      why: "bounds that meet, one open",
      document: all(fact("a", "greaterThan", 5), fact("a", "lessThanInclusive", 5)),
      found: ["never-holds /c/all/1"],
    },
    {
      why: "two values",
      document: all(fact("a", "equal", "x"), fact("a", "equal", "y")),
      found: ["never-holds /c/all/1"],
    },
    {
      why: "a value and a list without it",
      document: all(fact("a", "equal", "x"), fact("a", "in", ["y", "z"])),
      found: ["never-holds /c/all/1"],
    },
    {
      why: "a value that is excluded",
      document: all(fact("a", "equal", 5), fact("a", "notIn", [5, 6])),
      found: ["never-holds /c/all/1"],
    },
    {
      why: "no list",
      document: all(fact("a", "in", [])),
      found: ["never-holds /c/all/0: can never hold; correct it or take it out"],
    },
    { why: "bounds reversed", document: all(fact("a", "between", [10, 5])), found: ["never-holds /c/all/0"] },
    {
      why: "a beginning that the value has not",
      document: all(fact("a", "equal", "xy"), fact("a", "startsWith", "z")),
      found: ["never-holds /c/all/1"],
    },
    {
      why: "two beginnings",
      document: all(fact("a", "startsWith", "ab"), fact("a", "startsWith", "ac")),
      found: ["never-holds /c/all/1"],
    },
    {
      why: "absent and compared",
      document: all(fact("a", "exists", false), fact("a", "greaterThan", 5)),
      found: ["never-holds /c/all/1"],
    },
    { why: "a boolean and its negation", document: "active && !active", found: ["never-holds /c@10"] },
    {
      why: "what three say together",
      document: "a == 1 && (b == 2 || a == 2) && (b == 3 || a == 2)",
      found: ["never-holds /c@33: can never hold together with the conditions before it; correct one of them"],
    },
    {
      why: "a branch of any",
      document: any(fact("b", "equal", 1), all(fact("a", "equal", 1), fact("a", "equal", 2))),
      found: ["never-holds /c/any/1/all/1"],
    },
    {
      why: "text beside a number",
      document: all(fact("a", "startsWith", "x"), fact("a", "equal", 5)),
      found: ["never-holds /c/all/1"],
    },
    { why: "literals alone", document: "1 > 2", found: ["never-holds /c@0"] },
    { why: "less than itself", document: all(fact("a", "lessThan", { fact: "a" })), found: ["never-holds /c/all/0"] },
    {
      why: "a named condition beside its opposite",
      document: all({ condition: "big" }, "amount < 5"),
      found: ["never-holds /c/all/1"],
    },
    {
      why: "a path",
      document: all(fact("a", "equal", 1, { path: "$.x" }), fact("a", "equal", 2, { path: "$.x" })),
      found: ["never-holds /c/all/1"],
    },
  ])("$why", ({ document, found }) => {
    const said = told(document);
    expect(said.length).toBe(found.length);
    for (const [index, wanted] of found.entries()) expect(said[index]?.startsWith(wanted)).toBe(true);
  });
});

describe("conditions that always hold", () => {
  test.each<{ why: string; document: ConditionDocument; found: string[] }>([
    {
      why: "an empty any",
      document: all(fact("a", "equal", 1), { any: [] }),
      found: ["always-holds /c/all/1: an empty `any` always holds"],
    },
    { why: "not in no list", document: all(fact("a", "notIn", [])), found: ["always-holds /c/all/0"] },
    {
      why: "there or not there",
      document: any(fact("a", "exists", true), fact("a", "exists", false)),
      found: ["always-holds /c"],
    },
    {
      why: "numbers on both sides, for CEL errs of all else",
      document: "amount > 1 || amount <= 1",
      found: ["always-holds /c"],
    },
    { why: "either of two values differs", document: "a != 1 || a != 2", found: ["always-holds /c"] },
  ])("$why", ({ document, found }) => {
    const said = told(document);
    expect(said.map((text, index) => text.startsWith(found[index] ?? "-"))).toEqual(found.map(() => true));
  });
});

describe("nothing is said of", () => {
  test.each<{ why: string; document: ConditionDocument; withSchema?: boolean }>([
    {
      why: "JSON numbers on both sides: text is neither",
      document: any(fact("a", "greaterThan", 1), fact("a", "lessThanInclusive", 1)),
    },
    { why: "text that is compared as text", document: all(fact("a", "greaterThan", "10"), fact("a", "lessThan", "9")) },
    {
      why: "bounds that leave one number",
      document: all(fact("a", "greaterThanInclusive", 5), fact("a", "lessThanInclusive", 5)),
    },
    { why: "true", document: "true" },
    { why: "an empty all", document: { all: [] } },
    { why: "two items of a list", document: all(fact("a", "contains", 1), fact("a", "contains", 2)) },
    {
      why: "fields of the schema",
      document: all("device.id == 'x' && size(tags) > 1", fact("status", "in", ["open"])),
      withSchema: true,
    },
    { why: "the envelope", document: "meta.time > 5 && type == 'e' && id == 'x'", withSchema: true },
    {
      why: "whether a field is there",
      document: all(fact("country", "exists", true), "has(device.id)"),
      withSchema: true,
    },
  ])("$why", ({ document, withSchema }) => {
    expect(told(document, withSchema)).toEqual([]);
  });
});

describe("types", () => {
  test.each<{ why: string; document: ConditionDocument; found: string[] }>([
    { why: "text and a number", document: "'a' + 1 == 2", found: ["error unlike-types /c@6"] },
    { why: "a function's argument", document: "size(amount + 1) > 1", found: ["error unlike-types /c@5"] },
    { why: "a number as condition", document: "size('a')", found: ["error unlike-types /c@0"] },
    {
      why: "text compared with a number",
      document: "country < 5",
      found: ["unlike-types /c@10: < takes two numbers or two texts, not text and a number"],
    },
    {
      why: "text that equals a number",
      document: "country == 5",
      found: ["unlike-types /c@11: text never equals a number"],
    },
    {
      why: "a number and a boolean",
      document: "amount && true",
      found: ["unlike-types /c@0: && takes a boolean, not a number"],
    },
    {
      why: "JSON: text equals a number",
      document: all(fact("country", "equal", 5)),
      found: ["unlike-types /c/all/0/value"],
    },
    {
      why: "JSON: a strange item",
      document: all(fact("amount", "in", [1, "2"])),
      found: ['unlike-types /c/all/0/value: a number is never "2", which is text'],
    },
    {
      why: "JSON: contains on text",
      document: all(fact("country", "contains", "x")),
      found: [
        "unlike-types /c/all/0/operator: contains looks into lists, and the fact is text; for a part of a text write containsText",
      ],
    },
    {
      why: "JSON: a bound of text",
      document: all(fact("amount", "greaterThan", "abc")),
      found: ["unlike-types /c/all/0/value"],
    },
    {
      why: "JSON: a number beside text like one",
      document: all(fact("amount", "greaterThan", "100")),
      found: ["unlike-types /c/all/0/value"],
    },
    {
      why: "an unknown field",
      document: "amont > 1",
      found: ['unknown-field /c@0: no schema of the events that come here has a field "amont"; did you mean "amount"?'],
    },
    {
      why: "JSON: an unknown field",
      document: all(fact("contry", "equal", "x")),
      found: ["unknown-field /c/all/0/fact"],
    },
    {
      why: "an unknown member",
      document: "device.idd == 'x'",
      found: ['unknown-field /c@0: the schema has no member "idd" there; did you mean "id"?'],
    },
    {
      why: "JSON: an unknown member",
      document: all(fact("device", "equal", "x", { path: "$.os" })),
      found: ["unknown-field /c/all/0/path"],
    },
    { why: "through the whole event", document: "input.amuont > 1", found: ["unknown-field /c"] },
    {
      why: "none of the values there are",
      document: all(fact("status", "equal", "opne")),
      found: ['never-holds /c/all/0: can never hold: `status` is "open" or "closed"; correct it or take it out'],
    },
    {
      why: "below the least",
      document: "amount < 0",
      found: ["never-holds /c@0: can never hold: `amount` is at least 0"],
    },
  ])("$why", ({ document, found }) => {
    const said = told(document, true);
    expect(said.map((text, index) => (text.startsWith(found[index] ?? "-") ? found[index] : text))).toEqual(found);
  });

  test("text that is no number is told without a schema too", () => {
    expect(told(all(fact("amount", "greaterThan", "abc")))).toEqual([
      'unlike-types /c/all/0/value: greaterThan compares what begins like a number, and "abc" does not; compare with a number, or use equal',
    ]);
    expect(told(all(fact("at", "greaterThan", "2024-05-01")))).toEqual([]);
  });
});
