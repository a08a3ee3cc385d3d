import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isDeeperThan,
  isJsonSpace,
  isLongerThanUtf8,
  skipJsonSpace,
  splitJsonArray,
} from "../../../src/core/event/json-text.ts";

describe("white space", () => {
  test("is JSON's four characters and no other", () => {
    const spaces = Array.from({ length: 0x10000 }, (_, code) => code).filter(isJsonSpace);
    expect(spaces).toEqual([0x09, 0x0a, 0x0d, 0x20]);
  });

  test.each([
    { why: "none", text: "a", start: 0, at: 0 },
    { why: "all four", text: " \t\r\na", start: 0, at: 4 },
    { why: "from where it is asked", text: "a  b  c", start: 4, at: 6 },
    { why: "nothing else", text: "  ", start: 0, at: 2 },
    { why: "behind the end", text: "a", start: 1, at: 1 },
    { why: "what only looks like a space", text: "\u00a0a", start: 0, at: 0 },
  ])("skipped: $why", ({ text, start, at }) => {
    expect(skipJsonSpace(text, start)).toBe(at);
  });
});

/** Depth of a value: 0 of a scalar, 1 of a flat object. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** Values with the signs of JSON inside their texts. */
const awkward = fc.jsonValue({
  maxDepth: 5,
  stringUnit: fc.constantFrom("[", "]", "{", "}", ",", '"', "\\", "a", " "),
});

describe("isDeeperThan", () => {
  test.each([
    { why: "a scalar", text: "1", depth: 0 },
    { why: "a flat object", text: '{"a":1}', depth: 1 },
    { why: "arrays and objects count alike", text: '[{"a":[1]}]', depth: 3 },
    { why: "neighbours do not add up", text: "[[],[],[[]]]", depth: 3 },
    { why: "brackets of a text", text: '["[[[[", "\\"[[", "\\\\"]', depth: 1 },
    { why: "a text that does not end hides what is behind it", text: '["[[[[', depth: 1 },
    { why: "what is not closed counts", text: "[[[", depth: 3 },
  ])("$why", ({ text, depth }) => {
    expect([isDeeperThan(text, depth), depth > 0 && isDeeperThan(text, depth - 1)]).toEqual([false, depth > 0]);
  });

  test("of any JSON agrees with the value's depth", () => {
    fc.assert(
      fc.property(awkward, fc.nat(6), fc.constantFrom(undefined, 1), (value, depthMax, indent) => {
        expect(isDeeperThan(JSON.stringify(value, undefined, indent), depthMax)).toBe(depthOf(value) > depthMax);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("splitJsonArray", () => {
  test.each([
    { why: "none", text: "[]", elements: [] },
    { why: "none, with space", text: " [ \n ] ", elements: [] },
    { why: "one", text: "[1]", elements: ["1"] },
    { why: "space around is gone, space inside is kept", text: '[ 1 ,\n{ "a" : 2 } ]', elements: ["1", '{ "a" : 2 }'] },
    { why: "commas inside", text: '[[1,2],{"a":1,"b":2},"x,y"]', elements: ["[1,2]", '{"a":1,"b":2}', '"x,y"'] },
    { why: "quotes inside", text: '["a\\"],",2]', elements: ['"a\\"],"', "2"] },
    { why: "a backslash at the end of a text", text: '["\\\\",2]', elements: ['"\\\\"', "2"] },
    { why: "empty elements are kept, to be told of", text: "[1,,2]", elements: ["1", "", "2"] },
    { why: "behind a last comma too", text: "[1,]", elements: ["1", ""] },
    { why: "only commas", text: "[,]", elements: ["", ""] },
    { why: "an element that is no JSON", text: "[nope,1]", elements: ["nope", "1"] },
  ])("$why", ({ text, elements }) => {
    expect(splitJsonArray(text)).toEqual({ kind: "elements", elements });
  });

  test.each([
    { why: "not closed", text: "[1,2", detail: "the array does not end" },
    { why: "a text that is not closed", text: '[1,"2]', detail: "the array does not end" },
    { why: "closed by the wrong one", text: "[1}", detail: "a } at 2 where the array's ] was expected" },
    { why: "something behind it", text: "[1] 2", detail: "something stands behind the array, at 4" },
    { why: "another array behind it", text: "[1][2]", detail: "something stands behind the array, at 3" },
  ])("malformed: $why", ({ text, detail }) => {
    expect(splitJsonArray(text)).toEqual({ kind: "malformed", detail });
  });

  test("of any array each element is what JSON writes for it", () => {
    fc.assert(
      fc.property(fc.array(awkward), fc.constantFrom("", " ", "\n\t"), (values, space) => {
        const texts = values.map((value) => JSON.stringify(value));
        const text = `[${texts.map((each) => `${space}${each}${space}`).join(",")}]${space}`;
        expect(splitJsonArray(text)).toEqual({ kind: "elements", elements: texts });
      }),
    );
  });
});

describe("isLongerThanUtf8", () => {
  test.each([
    { why: "ASCII", text: "abc", size: 3 },
    { why: "two bytes", text: "é", size: 2 },
    { why: "three bytes", text: "€", size: 3 },
    { why: "a pair of surrogates is four", text: "😀", size: 4 },
    { why: "half a pair is written as U+FFFD, three", text: "\udc00", size: 3 },
    { why: "nothing", text: "", size: 0 },
  ])("$why", ({ text, size }) => {
    expect(Buffer.byteLength(text)).toBe(size);
    expect([isLongerThanUtf8(text, size), isLongerThanUtf8(text, size - 1)]).toEqual([false, true]);
  });

  test("of any well-formed text agrees with its encoding", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.nat(120), (text, byteCountMax) => {
        expect(isLongerThanUtf8(text, byteCountMax)).toBe(Buffer.byteLength(text) > byteCountMax);
      }),
      { numRuns: 1000 },
    );
  });
});
