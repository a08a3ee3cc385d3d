import { describe, expect, test } from "vitest";
import { metaMember } from "../../../../src/core/expr/closure/compile-name.ts";
import { evaluate, scopeOf } from "../expr-fixture.ts";

const fields = JSON.parse('{"a":{"b":{"c":1},"none":null,"__proto__":7},"n":5,"s":"abc","list":[1,[2]],"none":null}');

describe("members and indices", () => {
  test.each([
    { why: "deep", text: "a.b.c", value: 1 },
    { why: "an index", text: "list[1][0]", value: 2 },
    { why: "behind the end", text: "list[2]", value: null },
    { why: "before the start", text: "list[-1]", value: null },
    { why: "no whole number", text: "list[0.5]", value: "error:type" },
    { why: "by a name", text: "a['b']['c']", value: 1 },
    { why: "by a computed name", text: "a['b' + ''].c", value: 1 },
    { why: "an absent key", text: "a['x']", value: null },
    { why: "of null", text: "none['x']", value: null },
    { why: "by null", text: "a[absent]", value: "error:type" },
    { why: "a text has no characters to index", text: "s[0]", value: "error:type" },
    { why: "a text has no members", text: "s.length", value: "error:no-such-key" },
    { why: "a list's length is no member", text: "list.length", value: "error:no-such-key" },
    { why: "an own member called __proto__ is one", text: "a.__proto__", value: 7 },
    { why: "a prototype's is not", text: "a.b.__proto__", value: null },
    { why: "an error on the way", text: "(1 / 0).x", value: "error:division-by-zero" },
  ])("$why: $text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});

describe("has", () => {
  test.each([
    { why: "a member", text: "has(a.b)", value: true },
    { why: "a member that is null", text: "has(a.none)", value: true },
    { why: "an absent member", text: "has(a.x)", value: false },
    { why: "of an absent name", text: "has(absent.x.y)", value: false },
    { why: "of null", text: "has(none.x)", value: false },
    { why: "of a number", text: "has(n.x)", value: false },
    { why: "through a number", text: "has(n.x.y)", value: false },
    { why: "a plain name", text: "has(n)", value: true },
    { why: "a plain name that is null", text: "has(none)", value: true },
    { why: "an absent plain name", text: "has(absent)", value: false },
    { why: "a prototype's name", text: "has(constructor)", value: false },
    { why: "an index", text: "has(list[1])", value: true },
    { why: "an index behind the end", text: "has(list[2])", value: false },
    { why: "a key in brackets", text: "has(a['b'])", value: true },
    { why: "an error that is no absence", text: "has((1 / 0).x)", value: "error:division-by-zero" },
  ])("$why: $text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toBe(value);
  });
});

test("the members of meta are read without making it", () => {
  const scope = scopeOf({ fields: {} });
  expect(["id", "type", "time", "source", "sequence"].map((name) => metaMember(name)?.(scope))).toEqual([
    "e7",
    "payment.made",
    1000,
    "shop",
    7,
  ]);
  expect(metaMember("size")).toBeUndefined();
});
