import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, isJsonObject, toJson } from "../../../src/core/base/json.ts";

describe("canonical JSON", () => {
  test.each([
    {
      why: "keys in code-unit order, at every depth",
      value: { b: 1, a: { d: 2, c: 3 }, B: 0 },
      text: '{"B":0,"a":{"c":3,"d":2},"b":1}',
    },
    {
      why: "undefined members are left out, in an array they are null",
      value: { a: undefined, b: [undefined, null] },
      text: '{"b":[null,null]}',
    },
    { why: "what JSON cannot hold is null", value: [Number.NaN, Infinity, () => 1], text: "[null,null,null]" },
    { why: "minus zero is zero", value: -0, text: "0" },
    { why: "undefined", value: undefined, text: "null" },
    { why: "names are quoted as JSON quotes them", value: { 'a"\n': "é" }, text: '{"a\\"\\n":"é"}' },
  ])("$why", ({ value, text }) => expect(canonicalJson(value)).toBe(text));

  test("is JSON of an equal value, and one text for all orders of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(plain);
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  function reversed(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(reversed);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, member]) => [name, reversed(member)]),
    );
  }
});

describe("the JSON value that stands for another", () => {
  test("is itself where it is one, copied", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(toJson(value)).toEqual(value);
        if (typeof value === "object" && value !== null) expect(toJson(value)).not.toBe(value);
      }),
    );
  });

  test("is null for what JSON cannot hold", () => {
    expect(toJson([undefined, Number.NaN, -Infinity, () => 1, Symbol("x")])).toEqual([null, null, null, null, null]);
  });

  test("has own members alone, and one called __proto__ is a member like others", () => {
    const copy = toJson(JSON.parse('{"__proto__":{"x":1},"y":2}'));
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"x":1},"y":2}');
    expect(toJson(Object.create({ inherited: 1 }))).toEqual({});
  });

  test("knows objects from null and arrays", () => {
    expect([{}, [], null, "x", undefined].map(isJsonObject)).toEqual([true, false, false, false, false]);
  });
});
