import { describe, expect, test } from "vitest";
import { evaluate } from "../expr-fixture.ts";

const fields = {
  items: [{ q: 2, s: "a" }, { q: 1, s: "b" }, { q: "x" }],
  numbers: [3, 1, 2],
  map: { a: 1, b: 2 },
  empty: [],
  i: 9,
};

describe("macros", () => {
  test.each([
    { why: "all", text: "numbers.all(i, i > 0)", value: true },
    { why: "all of none", text: "empty.all(i, false)", value: true },
    { why: "all: an item that decides wins over another's error", text: "items.all(i, i.q > 1)", value: false },
    { why: "all: an error where no item decides", text: "items.all(i, i.q > 0)", value: "error:type" },
    { why: "exists", text: "numbers.exists(i, i == 2)", value: true },
    { why: "exists of none", text: "empty.exists(i, true)", value: false },
    {
      why: "exists: an item that decides wins over another's error",
      text: "items.exists(i, i.q - 1 == 0)",
      value: true,
    },
    { why: "exists: an error where no item decides", text: "items.exists(i, i.q > 5)", value: "error:type" },
    { why: "all: one that decides behind the error", text: "['x', 1].all(i, i > 1)", value: false },
    { why: "exists: one that decides behind the error", text: "['x', 1].exists(i, i > 0)", value: true },
    { why: "exists_one", text: "numbers.exists_one(i, i > 2)", value: true },
    { why: "exists_one of two", text: "numbers.exists_one(i, i > 1)", value: false },
    { why: "exists_one does not absorb errors", text: "items.exists_one(i, i.q > 1)", value: "error:type" },
    { why: "map", text: "numbers.map(i, i * 2)", value: [6, 2, 4] },
    { why: "map with a test", text: "numbers.map(i, i > 1, i * 2)", value: [6, 4] },
    { why: "map with an error", text: "items.map(i, i.q + 1)", value: "error:type" },
    { why: "filter", text: "numbers.filter(i, i > 1)", value: [3, 2] },
    { why: "filter with a test that is no boolean", text: "numbers.filter(i, i)", value: "error:type" },
    { why: "a map gives its keys", text: "map.filter(k, map[k] > 1)", value: ["b"] },
    { why: "no list", text: "i.all(x, true)", value: "error:type" },
    { why: "absent", text: "absent.exists(x, true)", value: "error:type" },
    { why: "a variable hides a field inside only", text: "numbers.exists(i, i == 3) && i == 9", value: true },
    { why: "one macro in another", text: "numbers.map(i, numbers.filter(j, j < i).size())", value: [2, 0, 1] },
    { why: "the inner of equal names", text: "numbers.map(i, [7].map(i, i))", value: [[7], [7], [7]] },
    { why: "has of a variable", text: "[1].map(x, has(x))", value: [true] },
  ])("$why: $text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});
