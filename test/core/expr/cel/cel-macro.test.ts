import { describe, expect, test } from "vitest";
import { evaluate } from "../expr-fixture.ts";

const fields = { prices: { a: 1, b: 5, c: 9 }, list: [4, 6], order: { total: 12 }, text: "x", nested: [[1], [2, [3]]] };

describe("macros with two variables", () => {
  test.each([
    { text: "prices.all(k, v, v > 0)", value: true },
    { text: "prices.all(k, v, k != 'b' || v > 5)", value: false },
    { text: "prices.exists(k, v, k == 'c' && v == 9)", value: true },
    { text: "prices.existsOne(k, v, v > 4)", value: false },
    { text: "prices.exists_one(k, v, v > 5)", value: true },
    { text: "list.all(i, v, v == 4 + 2 * i)", value: true },
    { text: "list.transformList(i, v, i * 10 + v)", value: [4, 16] },
    { text: "list.transformList(i, v, i > 0, v)", value: [6] },
    { text: "prices.transformMap(k, v, v * 2)", value: { a: 2, b: 10, c: 18 } },
    { text: "prices.transformMap(k, v, v > 1, k + '!')", value: { b: "b!", c: "c!" } },
    { text: "list.transformMap(i, v, v)", value: { "0": 4, "1": 6 } },
    {
      text: "prices.transformList(k, v, list.transformList(i, w, v + w))",
      value: [
        [5, 7],
        [9, 11],
        [13, 15],
      ],
    },
    { text: "text.all(k, v, true)", value: "error:type" },
    { text: "absent.exists(k, v, true)", value: "error:type" },
    { text: "prices.exists(k, v, v / 0 > 1 || v == 5)", value: true },
    { text: "list.existsOne(v, v > 4)", value: true },
  ])("$text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});

describe("optional values", () => {
  test.each([
    { text: "order.?total.orValue(0)", value: 12 },
    { text: "order.?discount.orValue(0)", value: 0 },
    { text: "missing.?total.?net.orValue(7)", value: 7 },
    { text: "list[?5].orValue(-1)", value: -1 },
    { text: "list[?0].orValue(-1)", value: 4 },
    { text: "prices[?'z'].hasValue()", value: false },
    { text: "prices[?'a'].hasValue()", value: true },
    { text: "prices[?'a'].value()", value: 1 },
    { text: "optional.of(5).orValue(1)", value: 5 },
    { text: "optional.none().orValue(1)", value: 1 },
    { text: "order.?discount.or(order.?total).orValue(0)", value: 12 },
    { text: "order.?total.optMap(t, t * 2).orValue(0)", value: 24 },
    { text: "order.?discount.optMap(t, t * 2)", value: null },
    { text: "text.?x", value: "error:no-such-key" },
  ])("$text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});
