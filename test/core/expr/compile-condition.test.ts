import { describe, expect, test } from "vitest";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import type { ExprContext } from "../../../src/core/expr/context.ts";
import type { ConditionDocument } from "../../../src/spec/value.ts";
import { contextWith, holds } from "./expr-fixture.ts";

const yes = { fact: "one", operator: "equal", value: 1 };
const no = { fact: "one", operator: "equal", value: 2 };
const fields = { one: 1, a: { b: [1, 2], s: "xy" }, text: "abc", nothing: null };

function nestedJson(depth: number): ConditionDocument {
  let document: ConditionDocument = { condition: "n" };
  for (let level = 0; level < depth; level += 1) document = { not: document };
  return document;
}

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
