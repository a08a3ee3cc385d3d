import type { TopLevelCondition } from "json-rules-engine";
import { describe, expect, test } from "vitest";
import { isJsonObject } from "../../../../src/core/base/json.ts";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import { readPriority, sortIntoSets } from "../../../../src/core/expr/json/priority.ts";
import type { ConditionDocument } from "../../../../src/spec/value.ts";
import { runJsonRulesEngine } from "../../../oracle/json-rules-engine.ts";
import { contextWith, holds } from "../expr-fixture.ts";

const yes = { fact: "one", operator: "equal", value: 1 };
const no = { fact: "one", operator: "equal", value: 2 };
const wrong = { fact: "one", operator: "in", value: { fact: "one" } };
const absent = { fact: "absent", operator: "equal", value: 1 };
const fields = { one: 1, a: { b: [1, 2], s: "xy" }, text: "abc", nothing: null };

/** As it would come out of a file. */
function asDocument(value: unknown): ConditionDocument {
  const json: unknown = JSON.parse(JSON.stringify(value));
  if (!isJsonObject(json)) throw new Error("no document");
  return json;
}

describe("json-rules-engine's boolean nodes", () => {
  test.each([
    { why: "all of none", document: { all: [] }, value: true },
    { why: "any of none is true too", document: { any: [] }, value: true },
    { why: "not any of none", document: { not: { any: [] } }, value: false },
    { why: "all", document: { all: [yes, yes] }, value: true },
    { why: "all but one", document: { all: [yes, no] }, value: false },
    { why: "any", document: { any: [no, yes] }, value: true },
    { why: "none of any", document: { any: [no, no] }, value: false },
    { why: "not", document: { not: no }, value: true },
    { why: "a leaf alone", document: yes, value: true },
    { why: "root: any before all", document: { all: [no], any: [yes] }, value: true },
    { why: "root: all before not", document: { not: yes, all: [yes] }, value: true },
    { why: "an error beside what already decides any", document: { any: [yes, wrong] }, value: "error:operator" },
    { why: "an error beside what already decides all", document: { all: [no, absent] }, value: "error:undefined-fact" },
    { why: "an error inside not", document: { not: wrong }, value: "error:operator" },
    {
      why: "an error deep inside any and not",
      document: { any: [yes, { not: { any: [absent] } }] },
      value: "error:undefined-fact",
    },
    {
      why: "a higher priority that decides leaves the error unevaluated",
      document: { any: [absent, { ...yes, priority: 2 }] },
      value: true,
    },
    { why: "in all too", document: { all: [absent, { ...no, priority: 2 }] }, value: false },
    {
      why: "a higher priority that does not decide",
      document: { any: [{ ...absent, priority: -1 }, no] },
      value: "error:undefined-fact",
    },
    { why: "priority 0 is 1", document: { any: [{ ...absent, priority: 0 }, yes] }, value: "error:undefined-fact" },
    {
      why: "a text is a number",
      document: {
        any: [
          { ...yes, priority: "10" },
          { ...absent, priority: "9" },
        ],
      },
      value: true,
    },
    {
      why: "a nested node's priority",
      document: { any: [{ any: [absent] }, { all: [yes], priority: 2.9 }] },
      value: true,
    },
    { why: "a CEL text as a member", document: { all: ["one == 1", yes, { not: "one > 1" }] }, value: true },
    { why: "an error of a CEL text ends the whole", document: { any: [yes, "absent > 1"] }, value: "error:type" },
    { why: "a CEL text absorbs its own errors only", document: { all: [yes, "absent > 1 || true"] }, value: true },
  ])("$why", ({ document, value }) => {
    expect(holds(document, { fields })).toBe(value);
  });

  test("allowUndefinedFacts makes an absent fact undefined, its path unread", () => {
    const options = { allowUndefinedFacts: true };
    expect(holds({ all: [absent] }, { fields }, options)).toBe(false);
    expect(holds({ fact: "absent", path: "$.x[?(", operator: "notEqual", value: 1 }, { fields }, options)).toBe(true);
    expect(holds("absent == 1 && true", { fields }, options)).toBe(false);
  });
});

/** Each row is also what json-rules-engine says: `all`, `any` and `not` of a rule's root count, of a named root the reference. */
describe("several forms at one root", () => {
  const named = {
    other: { all: [yes] },
    beside: { condition: "other", all: [no] },
    chain: { condition: "beside", any: [no] },
  };
  const inverted = { condition: "other", not: yes };
  test.each([
    { why: "a rule's root: the list", conditions: { condition: "other", all: [no] }, value: false },
    { why: "below it: the reference", conditions: { all: [{ condition: "other", all: [no] }] }, value: true },
    { why: "a named root: the reference", conditions: { condition: "beside" }, value: true },
    { why: "below too", conditions: { all: [{ condition: "beside" }] }, value: true },
    { why: "from one to the next", conditions: { not: { condition: "chain" } }, value: false },
    { why: "beside `not`", conditions: { any: [{ condition: "inverted" }] }, value: true },
  ])("$why", async ({ conditions, value }) => {
    const all = { ...named, inverted };
    const options = { named: new Map(Object.entries(all).map(([name, each]) => [name, asDocument(each)])) };
    expect(holds(asDocument(conditions), { fields }, options)).toBe(value);
    const run = {
      conditions: topLevel(conditions),
      facts: fields,
      allowUndefinedFacts: false,
      allowUndefinedConditions: false,
    };
    const oracleNamed = Object.fromEntries(Object.entries(all).map(([name, each]) => [name, topLevel(each)]));
    expect(await runJsonRulesEngine({ ...run, named: oracleNamed })).toBe(value);
  });
});

function topLevel(value: unknown): TopLevelCondition {
  if (isTopLevel(value)) return value;
  throw new Error("no condition");
}

function isTopLevel(value: unknown): value is TopLevelCondition {
  return typeof value === "object" && value !== null;
}

describe("faults", () => {
  test.each([
    {
      why: "no condition at all",
      document: { al: [] },
      pointers: ["/c/al", "/c"],
      codes: ["unknown-key", "missing-key"],
    },
    { why: "a list that is none", document: { all: {} }, pointers: ["/c/all"], codes: ["wrong-type"] },
    { why: "not of a list", document: { not: [yes] }, pointers: ["/c/not"], codes: ["wrong-type"] },
    { why: "a member that is no condition", document: { any: [5] }, pointers: ["/c/any/0"], codes: ["wrong-type"] },
    { why: "null as a member", document: { any: [null] }, pointers: ["/c/any/0"], codes: ["wrong-type"] },
    {
      why: "an incomplete leaf, both absent keys",
      document: { all: [{ fact: "a" }] },
      pointers: ["/c/all/0", "/c/all/0"],
      codes: ["missing-key", "missing-key"],
    },
    {
      why: "a fact that is no name",
      document: { fact: 5, operator: "equal", value: 1 },
      pointers: ["/c/fact"],
      codes: ["wrong-type"],
    },
    {
      why: "an operator that is no name",
      document: { fact: "a", operator: 1, value: 1 },
      pointers: ["/c/operator"],
      codes: ["wrong-type"],
    },
    {
      why: "a path that is no text",
      document: { fact: "a", operator: "equal", value: 1, path: 1 },
      pointers: ["/c/path"],
      codes: ["wrong-type"],
    },
    {
      why: "a value's path that is none",
      document: { fact: "a", operator: "equal", value: { fact: "b", path: [] } },
      pointers: ["/c/value/path"],
      codes: ["wrong-type"],
    },
    {
      why: "a priority that is no number",
      document: { all: [{ ...yes, priority: "high" }] },
      pointers: ["/c/all/0/priority"],
      codes: ["wrong-type"],
    },
    {
      why: "a reference that is no name",
      document: { condition: 1 },
      pointers: ["/c/condition"],
      codes: ["wrong-type"],
    },
    {
      why: "several in one pass",
      document: { all: [{ ...yes, operator: "x" }, "1 +", { any: 1 }] },
      pointers: ["/c/all/0/operator", "/c/all/1", "/c/all/2/any"],
      codes: ["unknown-name", "syntax", "wrong-type"],
    },
    {
      why: "a list that is not loaded",
      document: { ...yes, operator: "inList", value: "blocked" },
      pointers: ["/c/value"],
      codes: ["unknown-name"],
    },
    {
      why: "keys with slashes",
      document: { "a/b": 1 },
      pointers: ["/c/a~1b", "/c"],
      codes: ["unknown-key", "missing-key"],
    },
  ])("$why", ({ document, pointers, codes }) => {
    const { compiled, faults } = compileCondition(asDocument(document), "/c", contextWith());
    expect(compiled).toBeUndefined();
    expect(faults.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(faults.map(({ code }) => code)).toEqual(codes);
  });

  test("an unknown key is a warning, at the key, and the condition works", () => {
    const document = { all: [{ ...yes, pth: "$.x" }], comment: "", not: yes };
    const { compiled, faults } = compileCondition(document, "", contextWith());
    expect(compiled).toBeDefined();
    expect(faults).toEqual([
      {
        pointer: "/comment",
        atKey: true,
        severity: "warning",
        code: "unknown-key",
        message: 'unknown key "comment" is ignored',
      },
      {
        pointer: "/not",
        atKey: true,
        severity: "warning",
        code: "unknown-key",
        message: '"not" is ignored beside "all"',
      },
      {
        pointer: "/all/0/pth",
        atKey: true,
        severity: "warning",
        code: "unknown-key",
        message: 'unknown key "pth" is ignored; did you mean "path"?',
      },
    ]);
  });
});

test("sets go from the highest priority down, members as written", () => {
  const at = (value: number, priority: number) => ({ expr: { kind: "literal", value } as const, priority });
  const sets = sortIntoSets([at(0, 1), at(1, -5), at(2, 2.5), at(3, 10), at(4, 1)]);
  expect(sets.map((set) => set.map((expr) => expr.kind === "literal" && expr.value))).toEqual([[3], [2], [0, 4], [1]]);
  expect(["7", 2.9, "2abc", undefined, null, 0, "x", true].map((value) => readPriority(value, "integer"))).toEqual([
    7,
    2,
    2,
    1,
    1,
    1,
    undefined,
    undefined,
  ]);
  expect(["7", 2.9, "2abc", ""].map((value) => readPriority(value, "as-written"))).toEqual([7, 2.9, undefined, 1]);
});
