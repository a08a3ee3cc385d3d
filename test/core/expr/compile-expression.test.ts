import { describe, expect, test } from "vitest";
import { compileExpression, isPlainFieldName } from "../../../src/core/expr/compile-expression.ts";
import { parseFieldPath } from "../../../src/core/expr/field-path.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { contextWith, evaluate } from "./expr-fixture.ts";

const fields = {
  amount: 12,
  device: { id: "d1", none: null },
  items: [{ sku: "a" }, { sku: "b" }],
  package: { weight: 3 },
  list: [],
};

describe("a path or an expression", () => {
  test.each([
    { why: "a field", text: "amount", value: 12 },
    { why: "a member", text: "device.id", value: "d1" },
    { why: "an item's member", text: "items[1].sku", value: "b" },
    { why: "a word that CEL reserves is a field path all the same", text: "package.weight", value: 3 },
    { why: "an absent field is null", text: "nope", value: null },
    { why: "a path through an absent field is null", text: "nope.a.b", value: null },
    { why: "a path through null is null", text: "device.none.x", value: null },
    { why: "an item behind the end is null", text: "items[9].sku", value: null },
    { why: "a member of what has none is an error", text: "amount.x", value: "error:no-such-key" },
    { why: "a member of a list is an error", text: "items.sku", value: "error:no-such-key" },
    { why: "JSONPath, definite", text: "$.device.id", value: "d1" },
    { why: "JSONPath, a list of finds", text: "$.items[*].sku", value: ["a", "b"] },
    { why: "JSONPath that finds nothing is null", text: "$.nope", value: null },
    { why: "JSONPath whose filter throws is an error", text: "$.items[?(@.x.y>1)]", value: "error:operator" },
    { why: "the whole event", text: "$", value: fields },
    { why: "CEL", text: "amount * 2 + 1", value: 25 },
    { why: "a literal is no field", text: "true", value: true },
    { why: "names that CEL cannot spell", text: "input['amount']", value: 12 },
    { why: "a prototype's member is absent", text: "device.constructor", value: null },
    { why: "a prototype itself is absent", text: "__proto__.x", value: null },
  ])("$why: $text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });

  test.each([
    { why: "names once each, in order of first use", text: "b + a + b + input.x", reads: ["b", "a", "input"] },
    { why: "a variable of a macro is no name", text: "items.map(i, i + c)", reads: ["items", "c"] },
    { why: "JSONPath reads the event", text: "$.a", reads: ["input"] },
    { why: "a path", text: "device.id", reads: ["device"] },
  ])("reads $why", ({ text, reads }) => {
    expect(compileExpression(text, "/key/0", contextWith()).compiled?.reads).toEqual(reads);
  });

  test.each([
    { why: "an unknown member of a declared name, in a path", text: "burst.totl", at: 6, code: "unknown-name" },
    { why: "and in an expression", text: "1 + burst.totl", at: 10, code: "unknown-name" },
    { why: "and in brackets", text: "1 + burst['totl']", at: 10, code: "unknown-name" },
    { why: "and inside has", text: "has(burst.totl)", at: 10, code: "unknown-name" },
    { why: "a syntax error", text: "1 + ", at: 4, code: "syntax" },
    { why: "a name of a later version", text: "prev.x", at: 0, code: "unsupported" },
  ])("refuses $why at its offset", ({ text, at, code }) => {
    const names = eventNames({ burst: 0 }, { members: { burst: ["total", "count"] } });
    const { compiled, faults } = compileExpression(text, "/let/x", contextWith({ names }));
    expect(compiled).toBeUndefined();
    expect(faults).toMatchObject([{ pointer: "/let/x", at, code, severity: "error" }]);
  });
});

test.each([
  { text: "amount", isPlain: true },
  { text: "_a1", isPlain: true },
  { text: "device.id", isPlain: false },
  { text: "lower(a)", isPlain: false },
  { text: "$.a", isPlain: false },
  { text: "true", isPlain: false },
  { text: "", isPlain: false },
  { text: "1a", isPlain: false },
])("isPlainFieldName($text) is $isPlain", ({ text, isPlain }) => {
  expect(isPlainFieldName(text)).toBe(isPlain);
});

test("a field path says where its steps stand; one deeper than any event is left to CEL", () => {
  expect(parseFieldPath("a.bc[12].d")).toEqual({
    name: "a",
    steps: [
      { step: "bc", at: 2 },
      { step: 12, at: 5 },
      { step: "d", at: 9 },
    ],
  });
  expect(parseFieldPath(`a${".b".repeat(129)}`)).toBeUndefined();
  expect(parseFieldPath("a.b-c")).toBeUndefined();
});
