import { describe, expect, test } from "vitest";
import { evaluate } from "../expr-fixture.ts";

const fields = { n: 5, s: "abc", yes: true, list: [1, "a", [2]], map: { a: 1, none: null }, none: null };

describe("CEL's operators", () => {
  test.each([
    { why: "every number is a double: real division", text: "7 / 2", value: 3.5 },
    { why: "integer literals coerce", text: "n + 1 == 6.0", value: true },
    { why: "unsigned literals too", text: "1u + 1", value: 2 },
    { why: "hexadecimal", text: "0x10", value: 16 },
    { why: "division by zero", text: "1 / 0", value: "error:division-by-zero" },
    { why: "remainder by zero", text: "n % 0", value: "error:division-by-zero" },
    { why: "a remainder has the sign of its left side", text: "-7 % 4", value: -3 },
    { why: "precedence", text: "1 + 2 * 3 - 4", value: 3 },
    { why: "texts are joined", text: "s + 'd'", value: "abcd" },
    { why: "lists are joined", text: "[1] + [2]", value: [1, 2] },
    { why: "no coercion of text", text: "'1' + 1", value: "error:type" },
    { why: "null in +", text: "absent + 1", value: "error:type" },
    { why: "null in -", text: "1 - none", value: "error:type" },
    { why: "null in *", text: "none * 2", value: "error:type" },
    { why: "null in <", text: "absent < 1", value: "error:type" },
    { why: "null negated", text: "-absent", value: "error:type" },
    { why: "numbers in order", text: "n >= 5 && n <= 5 && !(n < 5) && !(n > 5)", value: true },
    { why: "texts in order", text: "'abc' < 'abd'", value: true },
    { why: "false before true", text: "false < yes", value: true },
    { why: "no order across types", text: "1 < 'a'", value: "error:type" },
    { why: "absent equals null", text: "absent == null", value: true },
    { why: "null equals only null", text: "none == 0 || none == '' || none == false", value: false },
    { why: "absent differs from a value", text: "absent != 'x'", value: true },
    { why: "across types equality is false", text: "1 == '1'", value: false },
    { why: "lists by what they hold", text: "list == [1, 'a', [2]]", value: true },
    { why: "lists of other length", text: "list == [1, 'a']", value: false },
    { why: "maps by what they hold", text: "map == {'none': null, 'a': 1}", value: true },
    { why: "maps of other keys", text: "map != {'a': 1, 'b': null}", value: true },
    { why: "an error in a side of ==", text: "1 / 0 == 1", value: "error:division-by-zero" },
    { why: "an item of a list", text: "[2] in list", value: true },
    { why: "no item of a list", text: "'b' in list", value: false },
    { why: "a key of a map", text: "'none' in map", value: true },
    { why: "no key of a map", text: "'constructor' in map", value: false },
    { why: "a text holds no items", text: "'a' in s", value: "error:type" },
    { why: "null holds nothing", text: "1 in absent", value: "error:type" },
  ])("$why: $text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});
