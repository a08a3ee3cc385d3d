import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../../src/core/base/json.ts";
import { typeOfSchema } from "../../../../src/core/expr/check/schema-type.ts";
import { anyType, kinds, memberOf } from "../../../../src/core/expr/check/value-type.ts";

function memberKinds(schema: JsonValue): number {
  const { type, faults } = typeOfSchema({
    type: "object",
    required: ["x"],
    properties: { x: schema },
    $defs: { money: { type: "number" }, loop: { type: "object", properties: { next: { $ref: "#/$defs/loop" } } } },
  });
  expect(faults).toEqual([]);
  return memberOf(type, "x").kinds;
}

describe("what a schema says", () => {
  test.each<{ why: string; schema: JsonValue; kinds: number }>([
    { why: "a type", schema: { type: "integer" }, kinds: kinds.number },
    { why: "several", schema: { type: ["string", "null"] }, kinds: kinds.text | kinds.nothing },
    { why: "no type", schema: { description: "x" }, kinds: anyType.kinds },
    { why: "true", schema: true, kinds: anyType.kinds },
    { why: "an enum", schema: { enum: ["a", 1] }, kinds: kinds.text | kinds.number },
    { why: "a constant", schema: { const: false }, kinds: kinds.boolean },
    { why: "a reference", schema: { $ref: "#/$defs/money" }, kinds: kinds.number },
    { why: "one that refers to itself", schema: { $ref: "#/$defs/loop" }, kinds: kinds.map },
    { why: "a union", schema: { anyOf: [{ type: "string" }, { type: "array" }] }, kinds: kinds.text | kinds.list },
    { why: "oneOf", schema: { oneOf: [{ type: "string" }, { type: "null" }] }, kinds: kinds.text | kinds.nothing },
    { why: "what is not followed may be anything", schema: { allOf: [{ type: "string" }] }, kinds: anyType.kinds },
  ])("$why", ({ schema, kinds: wanted }) => {
    expect(memberKinds(schema)).toBe(wanted);
  });

  test("members that are not required may be absent; others are unknown unless more are allowed", () => {
    const { type } = typeOfSchema({ type: "object", properties: { a: { type: "string" } } });
    expect(memberOf(type, "a").kinds).toBe(kinds.text | kinds.nothing);
    expect(type.isOpen).toBe(false);
    expect(typeOfSchema({ type: "object", properties: {}, additionalProperties: true }).type.isOpen).toBe(true);
    expect(typeOfSchema({ type: "object", properties: {}, patternProperties: {} }).type.isOpen).toBe(true);
    expect(typeOfSchema({ type: "object" }).type.isOpen).toBe(true);
  });

  test.each<{ why: string; schema: JsonValue; found: string }>([
    { why: "no schema", schema: 5, found: "error wrong-type " },
    { why: "an unknown type", schema: { type: "strng" }, found: "error wrong-value /type" },
    { why: "a reference to nothing", schema: { $ref: "#/$defs/x" }, found: "error unknown-name /$ref" },
    { why: "a reference that is no URI", schema: { $ref: "#/%" }, found: "error unknown-name /$ref" },
    { why: "a reference to another file", schema: { $ref: "other.json" }, found: "warning unsupported /$ref" },
    { why: "properties that are no object", schema: { properties: [] }, found: "error wrong-type /properties" },
    { why: "a union of nothing", schema: { anyOf: [] }, found: "error wrong-type /anyOf" },
  ])("$why is told", ({ schema, found }) => {
    expect(typeOfSchema(schema).faults.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`)).toEqual([
      found,
    ]);
  });
});
