import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { defineSchema } from "../../src/spec/define.ts";
import { patternSchema } from "../../src/spec/pattern.ts";
import { ruleSchema } from "../../src/spec/rule.ts";
import { checkDocument } from "../../src/spec/schema-fault.ts";
import type { DocumentKind } from "../../src/spec/unsupported.ts";
import { load } from "./load-kit.ts";

const schemas: readonly (readonly [DocumentKind, z.ZodType])[] = [
  ["rule", ruleSchema],
  ["pattern", patternSchema],
  ["define", defineSchema],
];

/** Values that look like documents: the words of the formats, put together at random. */
const wordValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(
      "a",
      "",
      "5m",
      "a.b",
      "count",
      "sliding",
      "tumbling",
      "hopping",
      "event",
      "window:w",
      "each",
      "never",
      "none",
      "strict",
      "5+",
      0,
      1,
      2.5,
      -1,
      true,
      false,
      null,
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        "id",
        "on",
        "where",
        "key",
        "windows",
        "w",
        "type",
        "size",
        "aggregate",
        "sum",
        "avg",
        "count",
        "patterns",
        "sequence",
        "begin",
        "next",
        "times",
        "within",
        "gap",
        "span",
        "skip",
        "toFirst",
        "toLast",
        "alert",
        "throttle",
        "evaluate",
        "event",
        "params",
        "conditions",
        "priority",
        "define",
        "emit",
        "constructor",
        "zzz",
      ),
      tie("value"),
      { maxKeys: 5 },
    ),
  ),
})).value;

describe("the words for faults agree with the schema that decides", () => {
  test.each(schemas)("%s", (kind, schema) => {
    fc.assert(
      fc.property(fc.oneof(wordValue, fc.jsonValue()), (value) => {
        const { document, faults } = checkDocument(schema, value, { kind });
        const isValid = schema.safeParse(value).success;
        expect(document !== undefined).toBe(isValid);
        expect(faults.some(({ severity }) => severity === "error")).toBe(!isValid);
        expect(new Set(faults.map(({ pointer, message }) => `${pointer} ${message}`)).size).toBe(faults.length);
      }),
      { numRuns: 1000 },
    );
  });
});

test("of any values each rule or pattern is in the set or has an error, and nothing throws", () => {
  const values = fc.array(fc.oneof(wordValue, fc.jsonValue()), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(values, fc.constantFrom("rules/a.json", "patterns/a.json", "rules/a.yaml"), (documents, path) => {
      const loaded = load([path, JSON.stringify(documents)]);
      const places = [
        ...loaded.set.rules.map(({ id }) => loaded.placeOf("rule", id)),
        ...loaded.set.patterns.map(({ id }) => loaded.placeOf("pattern", id)),
      ];
      const indexes = places.map((place) => place?.source.index);
      const isDefine = (value: unknown) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, "define");
      const errors = loaded.lints.filter(({ severity }) => severity === "error");
      const isFaulty = (index: number) => errors.some(({ pointer }) => `${pointer}/`.startsWith(`/${index}/`));
      // Keys that are refused before there are documents leave the file without any.
      const isRefused = errors.some(({ pointer }) => pointer === "");
      const expected = documents.flatMap((value, index) =>
        isRefused || isFaulty(index) || isDefine(value) ? [] : [index],
      );
      expect(indexes).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});
