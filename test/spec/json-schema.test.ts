import { expect, test } from "vitest";
import { isJsonObject } from "../../src/core/base/json.ts";
import { jsonSchemas } from "../../src/spec/json-schema.ts";

/** Every object inside a value, the value itself first. */
function objectsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isJsonObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}

const schemas = jsonSchemas();

test("each is draft 2020-12, named, and described", () => {
  for (const [name, schema] of Object.entries(schemas)) {
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: `urn:tocsin:schema:${name}`,
      type: "object",
      additionalProperties: false,
    });
    expect(Object.keys(schema).slice(0, 4)).toEqual(["$schema", "$id", "title", "description"]);
  }
});

test("what people write is optional or required as the loader has it", () => {
  const required = (schema: object) => (isJsonObject(schema) ? (schema["required"] ?? []) : undefined);
  expect([schemas.rule, schemas.pattern, schemas.define, schemas.list, schemas.config].map(required)).toEqual([
    [],
    ["sequence"],
    ["define"],
    [],
    [],
  ]);
});

test("refinements that JSON Schema can say are said", () => {
  const has = (schema: object, part: Readonly<Record<string, unknown>>) =>
    objectsIn(schema).some((object) =>
      Object.entries(part).every(([key, value]) => JSON.stringify(object[key]) === JSON.stringify(value)),
    );
  expect(
    has(schemas.pattern, {
      oneOf: ["begin", "next", "followedBy", "followedByAny", "notNext", "notFollowedBy"].map((key) => ({
        required: [key],
      })),
    }),
  ).toBe(true);
  expect(has(schemas.pattern, { minProperties: 1, additionalProperties: false })).toBe(true);
  expect(has(schemas.config, { minProperties: 1, maxProperties: 1 })).toBe(true);
  expect(
    has(schemas.config, { anyOf: [{ properties: { family: { const: "embedded" } } }, { required: ["redis"] }] }),
  ).toBe(true);
  expect(has(schemas.config, { maxItems: 1 })).toBe(true);
  expect(has(schemas.rule, { propertyNames: { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_]*$" } })).toBe(true);
});

test("every pattern in them is a regular expression by the rules of ECMA-262 with `u`, as JSON Schema wants", () => {
  const patterns = objectsIn(Object.values(schemas)).flatMap(({ pattern }) =>
    typeof pattern === "string" ? [pattern] : [],
  );
  expect(patterns.length).toBeGreaterThan(20);
  for (const pattern of patterns) expect(() => new RegExp(pattern, "u")).not.toThrow();
});

test("they are the same each time, so that generated files can be compared", () => {
  expect(Object.keys(schemas)).toEqual(["rule", "pattern", "define", "list", "config"]);
  expect(JSON.stringify(jsonSchemas())).toBe(JSON.stringify(schemas));
});
