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

describe("functions of any value", () => {
  test.each([
    { why: "characters, not UTF-16 units", text: "size('é😀')", value: 2 },
    { why: "items", text: "list.size()", value: 2 },
    { why: "members", text: "size(map)", value: 1 },
    { why: "null has no size", text: "size(absent)", value: "error:type" },
    { why: "a part", text: "'a😀bc'.substring(1, 3)", value: "😀b" },
    { why: "to the end", text: "'abc'.substring(1)", value: "bc" },
    { why: "a part that ends before it starts", text: "s.substring(2, n - 11)", value: "error:argument" },
    { why: "half a position", text: "s.substring(n / 8)", value: "error:type" },
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
  ])("$why", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});
