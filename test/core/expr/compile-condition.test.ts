import { describe, expect, test } from "vitest";
import { isJsonObject } from "../../../src/core/base/json.ts";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import type { ExprContext } from "../../../src/core/expr/context.ts";
import { readPriority, sortIntoSets } from "../../../src/core/expr/priority.ts";
import type { ConditionDocument } from "../../../src/spec/value.ts";
import { contextWith, holds } from "./expr-fixture.ts";

const yes = { fact: "one", operator: "equal", value: 1 };
const no = { fact: "one", operator: "equal", value: 2 };
const wrong = { fact: "one", operator: "in", value: { fact: "one" } };
const absent = { fact: "absent", operator: "equal", value: 1 };
/** As it would come out of a file. */
function asDocument(value: unknown): ConditionDocument {
  const json: unknown = JSON.parse(JSON.stringify(value));
  if (!isJsonObject(json)) throw new Error("no document");
  return json;
}

function nestedJson(depth: number): ConditionDocument {
  let document: ConditionDocument = { condition: "n" };
  for (let level = 0; level < depth; level += 1) document = { not: document };
  return document;
}

const fields = { one: 1, a: { b: [1, 2], s: "xy" }, text: "abc", nothing: null };

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

describe("paths and references", () => {
  test.each([
    { why: "a path", document: { fact: "a", path: "$.b[1]", operator: "equal", value: 2 }, value: true },
    {
      why: "a path over text passes it through",
      document: { fact: "text", path: "$.x", operator: "equal", value: "abc" },
      value: true,
    },
    {
      why: "a path over null passes it through",
      document: { fact: "nothing", path: "$.x", operator: "equal", value: null },
      value: true,
    },
    {
      why: "no find is undefined, not an undefined fact",
      document: { fact: "a", path: "$.x.y", operator: "notEqual", value: 1 },
      value: true,
    },
    {
      why: "a wildcard gives a list, even of one",
      document: { fact: "a", path: "$.b[-1:]", operator: "contains", value: 2 },
      value: true,
    },
    {
      why: "a value out of a fact",
      document: { fact: "one", operator: "in", value: { fact: "a", path: "$.b" } },
      value: true,
    },
    {
      why: "params are accepted",
      document: { fact: "one", params: { x: 1 }, operator: "equal", value: { fact: "one", params: {} } },
      value: true,
    },
    {
      why: "a filter that throws",
      document: { fact: "a", path: "$.b[?(@.x.y>1)]", operator: "equal", value: 1 },
      value: "error:operator",
    },
  ])("$why", ({ document, value }) => {
    expect(holds(document, { fields })).toBe(value);
  });
});

describe("a CEL condition", () => {
  test.each([
    { why: "true", text: "one == 1", value: true },
    { why: "a number is no answer", text: "one", value: "error:type" },
    { why: "nor is null", text: "absent", value: "error:type" },
    { why: "an error", text: "absent < 1", value: "error:type" },
  ])("$why", ({ text, value }) => {
    expect(holds(text, { fields })).toBe(value);
  });
});

describe("named conditions", () => {
  const named = new Map<string, ConditionDocument>([
    ["isOne", { all: [yes] }],
    ["isOneCel", "one == 1"],
    ["leaf", yes],
    ["both", { all: [{ condition: "isOne" }, "cond('isOneCel')"] }],
    ["broken", { all: [{ fact: "one", operator: "eqal", value: 1 }] }],
    ["outer", { any: [{ condition: "broken" }] }],
    ["ring", { not: { condition: "ring2" } }],
    ["ring2", "cond('ring')"],
  ]);

  test.each([
    { why: "by reference", document: { condition: "isOne" }, value: true },
    { why: "as a member", document: { all: [{ condition: "leaf" }, { not: { condition: "leaf" } }] }, value: false },
    { why: "from CEL", document: "cond('both') && cond('leaf')", value: true },
    { why: "root: all before condition", document: { condition: "isOne", all: [no] }, value: false },
    { why: "nested: condition before all", document: { all: [{ condition: "isOne", all: [no] }] }, value: true },
  ])("$why", ({ document, value }) => {
    expect(holds(document, { fields }, { named })).toBe(value);
  });

  test.each([
    {
      why: "an unknown name",
      document: { condition: "isOn" },
      fault: { code: "unknown-name", message: 'no condition "isOn" is defined; did you mean "isOne"?' },
    },
    { why: "an unknown name in CEL", document: "cond('isOn')", fault: { at: 5, code: "unknown-name" } },
    {
      why: "a circle",
      document: { condition: "ring" },
      fault: { code: "cycle", message: expect.stringContaining("ring → ring2 → ring") },
    },
    {
      why: "a fault inside, told with its place there",
      document: { condition: "outer" },
      fault: {
        pointer: "/c/condition",
        message: expect.stringMatching(/^in the condition "broken", at \/all\/0\/operator: unknown operator/),
      },
    },
  ])("refuses $why", ({ document, fault }) => {
    const { compiled, faults } = compileCondition(document, "/c", contextWith({ named }));
    expect(compiled).toBeUndefined();
    expect(faults).toMatchObject([fault]);
  });

  test("allowUndefinedConditions makes an unknown one false, in JSON only", () => {
    const options = { named, allowUndefinedConditions: true };
    expect(holds({ not: { condition: "nowhere" } }, { fields }, options)).toBe(true);
    expect(compileCondition("cond('nowhere')", "", contextWith(options)).compiled).toBeUndefined();
  });

  test("their names are read too", () => {
    expect(
      compileCondition({ all: ["x > 1", { condition: "both" }] }, "", contextWith({ named })).compiled?.reads,
    ).toEqual(["x", "one"]);
  });
});

describe("limits", () => {
  const chain = (count: number, link: (next: string) => ConditionDocument): Partial<ExprContext> => ({
    named: new Map<string, ConditionDocument>([
      ...Array.from({ length: count }, (_, index): [string, ConditionDocument] => [`n${index}`, link(`n${index + 1}`)]),
      [`n${count}`, "true"],
    ]),
  });

  test.each([
    {
      why: "doubling named conditions",
      document: { condition: "n0" },
      options: chain(30, (next) => ({ all: [{ condition: next }, { condition: next }] })),
    },
    {
      why: "a chain of named conditions",
      document: { condition: "n0" },
      options: chain(5000, (next) => ({ not: { condition: next } })),
    },
    {
      why: "a chain that is built from its end",
      document: { all: Array.from({ length: 5000 }, (_, index) => ({ condition: `n${5000 - index}` })) },
      options: chain(5000, (next) => ({ not: { condition: next } })),
    },
    { why: "nested JSON", document: nestedJson(3000), options: {} },
    { why: "nested CEL", document: `${"!".repeat(400)}true`, options: {} },
    { why: "deeply nested brackets", document: `${"(".repeat(9000)}true${")".repeat(9000)}`, options: {} },
    { why: "a very long text", document: `${"true && ".repeat(5000)}true`, options: {} },
  ])("refuses $why with a fault and no throw", ({ document, options }) => {
    const { compiled, faults } = compileCondition(document, "", contextWith(options));
    expect(compiled).toBeUndefined();
    expect(faults[0]?.severity).toBe("error");
  });

  test("sharing within reason is fine", () => {
    expect(
      holds(
        { condition: "n0" },
        {},
        chain(10, (next) => ({ all: [{ condition: next }, { condition: next }] })),
      ),
    ).toBe(true);
  });
});

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
      why: "a later version's operator",
      document: { ...yes, operator: "inList" },
      pointers: ["/c/operator"],
      codes: ["unsupported"],
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
