import { describe, expect, test } from "vitest";
import { hasName, readName } from "../../../src/core/expr/closure/compile-name.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { hasMembers, isList, isMap, memberReader } from "../../../src/core/expr/closure/property.ts";
import { evaluate, holds, now, scopeOf } from "./expr-fixture.ts";

describe("the standard resolver", () => {
  const names = eventNames({ burst: 0, now: 1 }, { members: { burst: ["count"] } });

  test.each([
    { why: "a declared name", name: "burst", ref: { kind: "slot", index: 0 } },
    { why: "a declared name hides a reserved one", name: "now", ref: { kind: "slot", index: 1 } },
    { why: "the event", name: "input", ref: { kind: "input" } },
    { why: "the envelope", name: "meta", ref: { kind: "meta" } },
    { why: "the key", name: "key", ref: { kind: "key" } },
    { why: "anything else is a field", name: "amount", ref: { kind: "field", name: "amount" } },
    { why: "a prototype's name is a field too", name: "constructor", ref: { kind: "field", name: "constructor" } },
    { why: "a name of a later version", name: "prev", ref: undefined },
    { why: "and the other", name: "keySince", ref: undefined },
  ])("$why", ({ name, ref }) => {
    expect(names.resolve(name)).toEqual(ref);
  });

  test("knows members, says why it refuses, and lists what is declared", () => {
    expect(names.membersOf?.("burst")).toEqual(["count"]);
    expect(names.membersOf?.("meta")).toContain("sequence");
    expect(names.membersOf?.("amount")).toBeUndefined();
    expect(names.refusalOf?.("prev")).toMatch(/no value here/);
    expect(names.refusalOf?.("amount")).toBeUndefined();
    expect(names.declared).toEqual(["burst", "now", "input", "meta", "key"]);
  });

  test("a plain rule sees only fields", () => {
    const plain = eventNames({ burst: 0 }, { plain: true });
    for (const name of ["burst", "now", "input", "prev", "key"])
      expect(plain.resolve(name)).toEqual({ kind: "field", name });
  });
});

describe("what a name reads", () => {
  const names = eventNames({ burst: 0, empty: 1 });

  test.each([
    { why: "the time of the evaluation", text: "now", parts: { fields: {} }, value: now },
    { why: "the event as it came", text: "input", parts: { fields: { a: 1 } }, value: { a: 1 } },
    {
      why: "the envelope",
      text: "meta",
      parts: { fields: {} },
      value: { id: "e7", type: "payment.made", time: 1000, source: "shop", sequence: 7 },
    },
    { why: "the key", text: "key['device.id']", parts: { key: { "device.id": "d" } }, value: "d" },
    { why: "a declared name", text: "burst.count", parts: { fields: {}, slots: [{ count: 4 }] }, value: 4 },
    { why: "a declared name without a value", text: "empty", parts: { fields: {}, slots: [1] }, value: null },
    {
      why: "a field that a declared name hides",
      text: "input.burst",
      parts: { fields: { burst: 9 }, slots: [1] },
      value: 9,
    },
    { why: "without an event a part of the key", text: "cardBin", parts: { key: { cardBin: "4111" } }, value: "4111" },
    {
      why: "with an event its field, though the key has one",
      text: "cardBin",
      parts: { fields: {}, key: { cardBin: "x" } },
      value: null,
    },
    { why: "without an event a field", text: "amount", parts: {}, value: null },
    { why: "without an event input", text: "input.amount", parts: {}, value: null },
    { why: "without an event meta", text: "meta.time", parts: {}, value: null },
    { why: "without an event meta as a whole", text: "meta", parts: {}, value: null },
    { why: "has a declared name without a value", text: "has(empty)", parts: { slots: [] }, value: false },
    { why: "has a declared name with one", text: "has(burst)", parts: { slots: [0] }, value: true },
    { why: "has the event", text: "has(input) || has(meta)", parts: {}, value: false },
  ])("$why", ({ text, parts, value }) => {
    expect(evaluate(text, parts, { names })).toEqual(value);
  });

  test.each([
    {
      why: "a null slot is null and no undefined fact",
      document: { fact: "empty", operator: "equal", value: null },
      parts: { fields: {} },
      value: true,
    },
    {
      why: "its path passes null through",
      document: { fact: "empty", path: "$.x", operator: "equal", value: null },
      parts: { fields: {} },
      value: true,
    },
    {
      why: "without an event a field is an undefined fact",
      document: { fact: "amount", operator: "notEqual", value: 1 },
      parts: {},
      value: "error:undefined-fact",
    },
    {
      why: "and input and meta",
      document: { fact: "meta", path: "$.time", operator: "notEqual", value: 1 },
      parts: {},
      value: "error:undefined-fact",
    },
    {
      why: "but a part of the key is a fact",
      document: { fact: "bin", operator: "equal", value: "4" },
      parts: { key: { bin: "4" } },
      value: true,
    },
    {
      why: "only under a plain name",
      document: { fact: "device.id", operator: "equal", value: "4" },
      parts: { key: { "device.id": "4" } },
      value: "error:undefined-fact",
    },
    {
      why: "meta by a path",
      document: { fact: "meta", path: "$.sequence", operator: "equal", value: 7 },
      parts: { fields: {} },
      value: true,
    },
    {
      why: "the key by a path",
      document: { fact: "key", path: "$['device.id']", operator: "equal", value: "4" },
      parts: { key: { "device.id": "4" } },
      value: true,
    },
  ])("as a JSON fact: $why", ({ document, parts, value }) => {
    expect(holds(document, parts, { names })).toBe(value);
  });

  test("absent is undefined, before CEL makes it null", () => {
    const scope = scopeOf({ fields: { a: null } });
    expect(readName({ kind: "field", name: "b" })(scope)).toBeUndefined();
    expect(readName({ kind: "field", name: "toString" })(scope)).toBeUndefined();
    expect(hasName({ kind: "field", name: "a" })(scope)).toBe(true);
  });
});

test("only own members are read", () => {
  const holder: Readonly<Record<string, unknown>> = JSON.parse('{"__proto__":1,"a":2}');
  expect(["__proto__", "a", "constructor", "b"].map((name) => memberReader(name)(holder))).toEqual([
    1,
    2,
    undefined,
    undefined,
  ]);
  expect([null, 1, [], {}].map(hasMembers)).toEqual([false, false, true, true]);
  expect([null, 1, [], {}].map(isMap)).toEqual([false, false, false, true]);
  expect([null, 1, [], {}].map(isList)).toEqual([false, false, true, false]);
});

test("before the key is taken, `key` is a field like any other; afterwards it is the key, and the field is input.key", () => {
  expect(eventNames({}, { beforeKey: true }).resolve("key")).toEqual({ kind: "field", name: "key" });
  expect(eventNames().resolve("key")).toEqual({ kind: "key" });
});
