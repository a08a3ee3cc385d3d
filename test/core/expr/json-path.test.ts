import fc from "fast-check";
import { JSONPath } from "jsonpath-plus";
import { describe, expect, test } from "vitest";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { compilePath, parseJsonPath } from "../../../src/core/expr/json-path.ts";

function find(path: string, value: unknown): unknown {
  const found = compilePath(parseJsonPath(path))(value);
  return found instanceof ExprError ? "error" : found;
}

describe("which paths are walked", () => {
  test.each([
    { text: "$", steps: [] },
    { text: "$.a.b", steps: ["a", "b"] },
    { text: "a.b", steps: ["a", "b"] },
    { text: "$.a[0].b", steps: ["a", "0", "b"] },
    { text: "$['a.b'][\"c d\"]", steps: ["a.b", "c d"] },
    { text: "$[0]", steps: ["0"] },
    { text: "$.0.a-b", steps: undefined },
    { text: "$.*", steps: undefined },
    { text: "$..a", steps: undefined },
    { text: "$.a[1:2]", steps: undefined },
    { text: "$.a[-1]", steps: undefined },
    { text: "$['a','b']", steps: undefined },
    { text: "$.a~", steps: undefined },
    { text: "$.a^", steps: undefined },
    { text: "$[?(@.a)]", steps: undefined },
    { text: "$.a.@number()", steps: undefined },
    { text: ".a", steps: undefined },
    { text: "constructor", steps: undefined },
  ])("$text", ({ text, steps }) => {
    expect(parseJsonPath(text)).toEqual(steps === undefined ? { kind: "query", text } : { kind: "walk", steps });
  });
});

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(0, 5, "", "str", true, false, null),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "c d", "e.f", "0", "1", "length", "constructor", "~", "$"), tie("any"), {
      maxKeys: 4,
    }),
  ),
})).any;

const step = fc.constantFrom(
  ".a",
  ".b",
  ".0",
  ".length",
  ".constructor",
  "[0]",
  "[1]",
  "[00]",
  "['a']",
  '["b"]',
  "['c d']",
  "['e.f']",
  '["e.f"]',
  "['length']",
  "[*]",
  ".*",
  "..a",
  "[-1:]",
  "~",
  "^",
  "['a','b']",
  "[?(@.a)]",
);
const path = fc
  .tuple(fc.constantFrom("$", "$", "a", "length", "b"), fc.array(step, { maxLength: 4 }))
  .map(([root, steps]) => root + steps.join(""));

test("walks and queries find what jsonpath-plus finds", () => {
  let walkCount = 0;
  fc.assert(
    fc.property(path, value, (text, json) => {
      if (parseJsonPath(text).kind === "walk") walkCount += 1;
      let wanted: unknown = json;
      if (typeof json === "object" && json !== null) {
        try {
          wanted = JSONPath({ path: text, json, wrap: false });
        } catch {
          wanted = "error";
        }
      }
      expect(find(text, json)).toEqual(wanted);
    }),
    { numRuns: 5000 },
  );
  expect(walkCount).toBeGreaterThan(500);
});

test("a text has a length unless it is empty, as jsonpath-plus looks into nothing that is falsy", () => {
  expect([find("$.a.length", { a: "xyz" }), find("$.a.length", { a: "" }), find("$.a.length", { a: [] })]).toEqual([
    3,
    undefined,
    0,
  ]);
});

describe("queries", () => {
  test.each([
    { why: "throws on a member of nothing", path: "$.a[?(@.x.y>1)]", found: "error" },
    { why: "throws on a broken filter", path: "$.a[?(", found: "error" },
    { why: "reaches no constructor", path: "$.a[?(@.constructor)]", found: "error" },
    { why: "knows no globals", path: "$.a[?(process)]", found: "error" },
    { why: "calls methods of texts", path: "$.t[?(@.match(/^x/))]", found: ["xy"] },
  ])("$why", ({ path: text, found }) => {
    expect(find(text, { a: [1, { z: 1 }], t: ["ab", "xy"] })).toEqual(found);
  });

  test("change nothing, even where a filter calls what would", () => {
    const event = { list: [[1], [2]] };
    find("$.list[?(@.push(9))]", event);
    expect(event).toEqual({ list: [[1], [2]] });
  });
});
