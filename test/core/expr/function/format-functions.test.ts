import { describe, expect, test } from "vitest";
import { evaluate } from "../expr-fixture.ts";

describe("format and quote", () => {
  test.each([
    { text: "'no clauses'.format([])", value: "no clauses" },
    { text: "'%s: %d'.format(['count', 3])", value: "count: 3" },
    { text: "'%.2f'.format([3.14159])", value: "3.14" },
    { text: "'%f'.format([2.5])", value: "2.500000" },
    { text: "'%e'.format([1052.032911275])", value: "1.052033e+03" },
    { text: "'%.3e'.format([0.00012])", value: "1.200e-04" },
    { text: "'%x %X %o %b'.format([255, 255, 8, 5])", value: "ff FF 10 101" },
    { text: "'%b'.format([true])", value: "1" },
    { text: "'100%%'.format([])", value: "100%" },
    { text: "'%s'.format([[1, 'a', null, true]])", value: "[1, a, null, true]" },
    { text: "'%s'.format([{'b': 1, 'a': [2]}])", value: "{a: [2], b: 1}" },
    { text: "'%d'.format(['x'])", value: "error:type" },
    { text: "'%d %d'.format([1])", value: "error:argument" },
    { text: "'%z'.format([1])", value: "error:argument" },
    { text: "'50%'.format([1])", value: "error:argument" },
    { text: "'%x'.format([1.5])", value: "error:type" },
    { text: "strings.quote('first\\nsecond \"x\" \\\\')", value: '"first\\nsecond \\"x\\" \\\\"' },
    { text: "strings.quote(1 + 1)", value: "error:type" },
  ])("$text", ({ text, value }) => {
    expect(evaluate(text, { fields: {} })).toEqual(value);
  });
});

describe("bits", () => {
  test.each([
    { text: "math.bitAnd(3, 2)", value: 2 },
    { text: "math.bitOr(1, 2)", value: 3 },
    { text: "math.bitXor(3, 5)", value: 6 },
    { text: "math.bitNot(1)", value: -2 },
    { text: "math.bitNot(-1)", value: 0 },
    { text: "math.bitShiftLeft(1, 2)", value: 4 },
    { text: "math.bitShiftLeft(1, 200)", value: 0 },
    { text: "math.bitShiftRight(1024, 2)", value: 256 },
    { text: "math.bitShiftRight(-1024, 3)", value: 2 ** 61 },
  ])("$text", ({ text, value }) => {
    expect(evaluate(text, { fields: {} })).toEqual(value);
  });
});
