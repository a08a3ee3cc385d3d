import { expect, test } from "vitest";
import { documentContext } from "../../../src/core/rule/compile-declared.ts";
import { compileKey, keyFactOf, keyFieldsOf, keysOf } from "../../../src/core/rule/key-program.ts";
import { scopeOf } from "../expr/expr-fixture.ts";
import { context } from "./rule-fixture.ts";

const expr = documentContext(context);

test("a key's values as they came, none where one is absent, null or without end", () => {
  const { compiled } = compileKey(["a.b", "c * 10"], "/key", expr);
  if (compiled === undefined) throw new Error("no key");
  const errors: string[] = [];
  const values = (fields: Parameters<typeof scopeOf>[0]["fields"]) =>
    keysOf(compiled, scopeOf({ fields }), ({ code }) => errors.push(code))[0];
  expect(values({ a: { b: "x" }, c: 2 })).toEqual(["x", 20]);
  expect(values({ a: { b: [1] }, c: 2 })).toEqual([[1], 20]);
  expect(values({ a: { b: null }, c: 2 })).toBeUndefined();
  expect(values({ a: { b: "x" }, c: 1e308 })).toBeUndefined();
  expect(errors).toEqual([]);
  expect(values({ a: { b: "x" }, c: "text" })).toBeUndefined();
  expect(errors).toHaveLength(1);
  expect(keyFactOf(compiled, ["x", 20])).toEqual({ "a.b": "x", "c * 10": 20 });
  expect(keyFieldsOf(compiled, ["x", 20])).toEqual({});
});

test("a key's fields are its parts that are plain field names, whatever they are called", () => {
  const { compiled } = compileKey({ who: "user", city: "home.city", type: { ">": "kind" } }, "/key", expr);
  if (compiled === undefined) throw new Error("no key");
  expect(keyFieldsOf(compiled, ["x", "y", "z"])).toEqual({ user: "x" });
  expect(keyFactOf(compiled, ["x", "y", "z"])).toEqual({ who: "x", city: "y", type: "z" });
});
