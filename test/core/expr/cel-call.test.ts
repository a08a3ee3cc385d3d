import { describe, expect, test } from "vitest";
import { qualifiedName } from "../../../src/core/expr/cel-call.ts";
import { compileExpression } from "../../../src/core/expr/compile-expression.ts";
import { fixed, ranged, typeNameOf, variadic } from "../../../src/core/expr/function-entry.ts";
import { functionNames, functionOf } from "../../../src/core/expr/function-table.ts";
import { contextWith, evaluate } from "./expr-fixture.ts";

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

describe("functions", () => {
  test.each([
    { why: "characters, not UTF-16 units", text: "size('é😀')", value: 2 },
    { why: "items", text: "list.size()", value: 2 },
    { why: "members", text: "size(map)", value: 1 },
    { why: "null has no size", text: "size(absent)", value: "error:type" },
    { why: "as a method", text: "s.startsWith('ab')", value: true },
    { why: "as a function", text: "endsWith(s, 'bc')", value: true },
    { why: "containsText is contains", text: "s.contains('b') && containsText(s, 'b')", value: true },
    { why: "null contains no text", text: "absent.contains('b')", value: "error:type" },
    { why: "a pattern fits any part", text: "s.matches('b.')", value: true },
    { why: "an anchored pattern", text: "s.matches('^b')", value: false },
    { why: "a pattern out of the event", text: "s.matches(pattern)", value: true },
    { why: "a bad pattern out of the event", text: "s.matches(bad)", value: "error:argument" },
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
    { why: "a part", text: "'a😀bc'.substring(1, 3)", value: "😀b" },
    { why: "to the end", text: "'abc'.substring(1)", value: "bc" },
    { why: "a part that ends before it starts", text: "s.substring(2, n - 11)", value: "error:argument" },
    { why: "half a position", text: "s.substring(n / 8)", value: "error:type" },
    { why: "every place", text: "'aaa'.replace('a', 'b')", value: "bbb" },
    { why: "the first places", text: "'aaa'.replace('a', 'b', 2)", value: "bba" },
    { why: "no place", text: "'aaa'.replace('a', 'b', 0)", value: "aaa" },
    { why: "pieces", text: "'a,b,c'.split(',')", value: ["a", "b", "c"] },
    { why: "the last piece holds the rest", text: "'a,b,c'.split(',', 2)", value: ["a", "b,c"] },
    { why: "no pieces", text: "'a,b'.split(',', 0)", value: [] },
    { why: "characters", text: "'a😀'.split('')", value: ["a", "😀"] },
    { why: "joined", text: "list.join('-') + ['x', 'y'].join()", value: "b-axy" },
    { why: "only texts are joined", text: "[n].join()", value: "error:type" },
    {
      why: "greatest and least",
      text: "[math.greatest(1, n, 3), math.least([3, 2, n]), math.greatest(n)]",
      value: [12, 2, 12],
    },
    { why: "of none", text: "math.least([].filter(x, true))", value: "error:argument" },
    { why: "of no numbers", text: "math.greatest(1, s)", value: "error:type" },
    {
      why: "rounding",
      text: "[math.round(-2.5), math.round(2.5), math.round(0.49999999999999994), math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5)]",
      value: [-3, 3, 0, -2, -1, -1],
    },
    { why: "signs", text: "[math.abs(-n), math.sign(-n), math.sqrt(n + 4)]", value: [12, -1, 4] },
    {
      why: "what is no number",
      text: "math.isNaN(math.sqrt(-1)) && !math.isFinite(1e308 * 10) && math.isInf(1e308 * 10)",
      value: true,
    },
    { why: "a field called math keeps its methods", text: "math.contains('math') && sets.contains('a')", value: true },
    {
      why: "sets",
      text: "[sets.contains(list, ['a']), sets.intersects(list, [1, 'a']), sets.equivalent(list, ['a', 'b', 'a'])]",
      value: [true, true, true],
    },
    {
      why: "sets that differ",
      text: "[sets.contains(['a'], list), sets.intersects(list, [1]), sets.equivalent(list, ['a'])]",
      value: [false, false, false],
    },
    { why: "sets of no list", text: "sets.intersects(list, n)", value: "error:type" },
    {
      why: "conversions",
      text: "[string(1.5), string(true), double('1e3'), int(-1.7), int('12'), bool('true'), dyn(1), uint(3.9)]",
      value: ["1.5", "true", 1000, -1, 12, true, 1, 3],
    },
    { why: "no number", text: "double(s)", value: "error:argument" },
    { why: "no boolean", text: "bool(s)", value: "error:argument" },
    { why: "no unsigned number", text: "uint(-n)", value: "error:argument" },
    { why: "no text of a list", text: "string(list)", value: "error:type" },
    { why: "no whole number", text: "int(math.sqrt(-n))", value: "error:argument" },
    {
      why: "exists",
      text: "[exists(n), exists(absent), exists(map.a.b), n.exists()]",
      value: [true, false, false, true],
    },
    { why: "exists passes other errors on", text: "exists(n / 0)", value: "error:division-by-zero" },
    {
      why: "between",
      text: "[between(n, 12, 13), n.between([1, 11]), 'b'.between('a', 'c')]",
      value: [true, false, true],
    },
    { why: "between of null", text: "between(absent, 1, 2)", value: "error:type" },
    { why: "between across types", text: "between(n, 'a', 'b')", value: "error:type" },
    { why: "in a block", text: "inCidr(ip, '10.0.0.0/8') && !ip.inCidr(['11.0.0.0/8', '::/8'])", value: true },
    { why: "in a block out of the event", text: "inCidr('10.9.9.9', ip + '/8')", value: true },
    { why: "no block out of the event", text: "inCidr(ip, s)", value: "error:argument" },
    { why: "null is no address", text: "inCidr(absent, '10.0.0.0/8')", value: "error:type" },
    {
      why: "a block",
      text: "[cidrBlock(ip, 16), cidrBlock('2001:db8:1:2::3', 48)]",
      value: ["10.1.0.0/16", "2001:db8:1::/48"],
    },
    { why: "no such block", text: "cidrBlock(ip, n + 21)", value: "error:argument" },
    { why: "no address", text: "cidrBlock(s, n)", value: "error:argument" },
    { why: "a quarter of the equator", text: "math.round(distanceKm(0, 0, 0, 90))", value: 10008 },
    { why: "latitude first", text: "distanceKm(n + 90, 0, 0, 0)", value: "error:argument" },
    { why: "no place", text: "distanceKm(absent, 0, 0, 0)", value: "error:type" },
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

describe("calls that can never work are faults", () => {
  test.each([
    {
      why: "an unknown function",
      text: "1 + lowr('a')",
      at: 4,
      code: "unknown-name",
      message: 'unknown function "lowr"; did you mean "lower"?',
    },
    {
      why: "an unknown method",
      text: "s.trimm()",
      at: 2,
      code: "unknown-name",
      message: 'unknown function "trimm"; did you mean "trim"?',
    },
    {
      why: "an unknown function of a namespace",
      text: "math.foor(1)",
      at: 0,
      code: "unknown-name",
      message: 'unknown function "math.foor"; did you mean "math.floor"?',
    },
    {
      why: "too many arguments",
      text: "size(1, 2)",
      at: 0,
      code: "expression",
      message: "size takes 1 argument, not 2",
    },
    {
      why: "too few for a method",
      text: "s.replace('a')",
      at: 2,
      code: "expression",
      message: "replace takes 3 or 4 arguments, not 2",
    },
    {
      why: "no numbers at all",
      text: "math.greatest()",
      at: 0,
      code: "expression",
      message: "math.greatest takes 1 to 32 arguments, not 0",
    },
    {
      why: "a bad pattern",
      text: "s.matches('(')",
      at: 2,
      code: "expression",
      message: expect.stringContaining("RE2 syntax"),
    },
    {
      why: "a bad block",
      text: "inCidr(ip, ['10.0.0.0/8', 'x'])",
      at: 0,
      code: "expression",
      message: expect.stringContaining('"x" is no CIDR block'),
    },
    {
      why: "a bad duration",
      text: "n > ms('1x')",
      at: 4,
      code: "expression",
      message: expect.stringContaining("is no duration"),
    },
    {
      why: "a literal of the wrong type",
      text: "lower(1)",
      at: 0,
      code: "expression",
      message: "lower takes a string, not a number",
    },
    {
      why: "a field of a duration",
      text: "duration('1h').getHours()",
      at: 0,
      code: "expression",
      message: expect.stringContaining("divide a duration"),
    },
    {
      why: "a later version's function",
      text: "inList(ip, 'x')",
      at: 0,
      code: "unsupported",
      message: expect.stringContaining("not supported yet"),
    },
    { why: "has of no name", text: "has(1)", at: 0, code: "expression", message: expect.stringContaining("has takes") },
    {
      why: "cond of no text",
      text: "cond(s)",
      at: 0,
      code: "expression",
      message: expect.stringContaining("cond takes"),
    },
    {
      why: "bind of nothing",
      text: "cel.bind(x, 2)",
      at: 0,
      code: "expression",
      message: expect.stringContaining("cel.bind takes"),
    },
    {
      why: "a prototype's name",
      text: "constructor()",
      at: 0,
      code: "unknown-name",
      message: 'unknown function "constructor"',
    },
  ])("$why", ({ text, at, code, message }) => {
    const { compiled, faults } = compileExpression(text, "/x", contextWith());
    expect(compiled).toBeUndefined();
    expect(faults).toMatchObject([{ pointer: "/x", at, severity: "error", code, message }]);
  });
});

test("a namespace's function wins only where its count of arguments fits", () => {
  expect(qualifiedName("sets", "contains", 2)).toBe("sets.contains");
  expect(qualifiedName("sets", "contains", 1)).toBeUndefined();
  expect(qualifiedName("math", "foor", 1)).toBe("math.foor");
  expect(qualifiedName("device", "contains", 1)).toBeUndefined();
});

test("every function of the table has its name among the names, and says how many arguments it takes", () => {
  for (const name of functionNames) {
    const entry = functionOf(name);
    if (entry !== undefined) expect(entry.argCountMin).toBeLessThanOrEqual(entry.argCountMax);
  }
  expect([fixed(2, () => 1), ranged(1, 2, () => 1), variadic(() => 1)].map(({ argCountMin }) => argCountMin)).toEqual([
    2, 1, 1,
  ]);
  expect([null, [], 1, "", true, {}].map(typeNameOf)).toEqual([
    "null",
    "a list",
    "a number",
    "a string",
    "a boolean",
    "a map",
  ]);
});
