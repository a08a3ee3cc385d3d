import { describe, expect, test } from "vitest";
import { evaluate } from "../expr-fixture.ts";

const fields = {
  n: 12,
  s: "abc",
  ip: "10.1.2.3",
  list: ["b", "a"],
  map: { a: 1 },
  math: "xmathx",
  sets: "abc",
  pattern: "b+",
  bad: "(",
};

describe("functions of text", () => {
  test.each([
    { why: "as a method", text: "s.startsWith('ab')", value: true },
    { why: "as a function", text: "endsWith(s, 'bc')", value: true },
    { why: "containsText is contains", text: "s.contains('b') && containsText(s, 'b')", value: true },
    { why: "null contains no text", text: "absent.contains('b')", value: "error:type" },
    { why: "case", text: "upper(lower('ÀB')) + 'Àb'.lowerAscii() + 'àb'.upperAscii()", value: "ÀBÀbàB" },
    { why: "spaces", text: "' a '.trim()", value: "a" },
    { why: "back to front", text: "'a😀b'.reverse() + string(list.reverse() == ['a', 'b'])", value: "b😀atrue" },
    { why: "a character", text: "'a😀b'.charAt(1)", value: "😀" },
    { why: "behind the last is none", text: "'ab'.charAt(2)", value: "" },
    { why: "farther is an error", text: "s.charAt(n)", value: "error:argument" },
    { why: "a position counts characters", text: "'😀b'.indexOf('b')", value: 1 },
    { why: "from a position", text: "'abab'.indexOf('b', 2)", value: 3 },
    { why: "not there", text: "'abab'.indexOf('x')", value: -1 },
    { why: "from the end", text: "'abab'.lastIndexOf('b')", value: 3 },
    { why: "from the end, up to a position", text: "'abab'.lastIndexOf('b', 2)", value: 1 },
    { why: "a position outside", text: "s.indexOf('a', n)", value: "error:argument" },
    { why: "every place", text: "'aaa'.replace('a', 'b')", value: "bbb" },
    { why: "the first places", text: "'aaa'.replace('a', 'b', 2)", value: "bba" },
    { why: "no place", text: "'aaa'.replace('a', 'b', 0)", value: "aaa" },
    { why: "pieces", text: "'a,b,c'.split(',')", value: ["a", "b", "c"] },
    { why: "the last piece holds the rest", text: "'a,b,c'.split(',', 2)", value: ["a", "b,c"] },
    { why: "no pieces", text: "'a,b'.split(',', 0)", value: [] },
    { why: "characters", text: "'a😀'.split('')", value: ["a", "😀"] },
    { why: "joined", text: "list.join('-') + ['x', 'y'].join()", value: "b-axy" },
    { why: "only texts are joined", text: "[n].join()", value: "error:type" },
    { why: "an error in an argument", text: "s.replace('a', string(1 / 0))", value: "error:division-by-zero" },
  ])("$why", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });

  test("no function makes a text without end", () => {
    const long = { text: "a".repeat(1_000_000) };
    expect(evaluate("text.replace('', text)", { fields: long })).toBe("error:argument");
    expect(evaluate("[text, text, text, text, text].join()", { fields: long })).toBe("error:argument");
    expect(evaluate("text + text + text + text + text", { fields: long })).toBe("error:argument");
  });
});
