import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import {
  codePointCount,
  codePointSlice,
  reverseText,
  unitOffset,
} from "../../../../src/core/expr/function/code-points.ts";
import { isEqual, isMember } from "../../../../src/core/expr/closure/equality.ts";

const value = fc.jsonValue({ maxDepth: 3 }).map((json): unknown => JSON.parse(JSON.stringify(json)));

test("equality is the deep equality of JSON values, and symmetric", () => {
  fc.assert(
    fc.property(value, value, (left, right) => {
      expect(isEqual(left, right)).toBe(isDeepStrictEqual(left, right));
      expect(isEqual(right, left)).toBe(isEqual(left, right));
      expect(isEqual(left, structuredClone(left))).toBe(true);
    }),
  );
});

test.each([
  { why: "absent is null", left: undefined, right: null, isSame: true },
  { why: "NaN is nothing", left: Number.NaN, right: Number.NaN, isSame: false },
  { why: "zeros are one", left: 0, right: -0, isSame: true },
  { why: "a list is no map", left: [], right: {}, isSame: false },
  { why: "the order of members counts for nothing", left: { a: 1, b: 2 }, right: { b: 2, a: 1 }, isSame: true },
  { why: "an inherited member is none", left: JSON.parse('{"toString":1}'), right: { x: 1 }, isSame: false },
])("$why", ({ left, right, isSame }) => {
  expect(isEqual(left, right)).toBe(isSame);
});

test("an item of a list", () => {
  expect(isMember([1, [2]], [2])).toBe(true);
  expect(isMember([1, [2]], 2)).toBe(false);
});

test("positions in code points", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 10 }), fc.nat(10), fc.nat(10), (text, from, to) => {
      const points = Array.from(text);
      const start = Math.min(from, points.length);
      const end = Math.max(start, Math.min(to, points.length));
      expect(codePointCount(text)).toBe(points.length);
      expect(codePointSlice(text, start, end)).toBe(points.slice(start, end).join(""));
      expect(text.slice(unitOffset(text, start))).toBe(points.slice(start).join(""));
      expect(reverseText(text)).toBe(points.reverse().join(""));
    }),
  );
});
