import fc from "fast-check";
import { expect, test } from "vitest";
import {
  codePointCount,
  codePointSlice,
  reverseText,
  unitOffset,
} from "../../../../src/core/expr/function/code-points.ts";

test.each([
  { text: "", count: 0, reversed: "" },
  { text: "abc", count: 3, reversed: "cba" },
  { text: "a😀b", count: 3, reversed: "b😀a" },
  { text: "\ud83d", count: 1, reversed: "\ud83d" },
])("$text", ({ text, count, reversed }) => {
  expect([codePointCount(text), reverseText(text)]).toEqual([count, reversed]);
});

test("parts are cut between code points, and offsets lead to where they begin", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(20), fc.nat(20), (text, a, b) => {
      const points = Array.from(text);
      const start = Math.min(a, b, points.length);
      const end = Math.min(Math.max(a, b), points.length);
      expect(codePointSlice(text, start, end)).toBe(points.slice(start, end).join(""));
      expect(text.slice(unitOffset(text, start))).toBe(points.slice(start).join(""));
    }),
  );
});
