import { describe, expect, test } from "vitest";
import { evaluate } from "../expr-fixture.ts";

describe("CEL's lists extension", () => {
  test.each([
    { text: "[1,2,3,4].slice(1, 3)", value: [2, 3] },
    { text: "[1,2,3,4].slice(2, 2)", value: [] },
    { text: "[1,2].slice(1, 3)", value: "error:argument" },
    { text: "[1,2].slice(-1, 1)", value: "error:argument" },
    { text: "[1,2].slice(2, 1)", value: "error:argument" },
    { text: "[1,[2,3],[4]].flatten()", value: [1, 2, 3, 4] },
    { text: "[1,[2,[3,4]]].flatten()", value: [1, 2, [3, 4]] },
    { text: "[1,[2,[3,[4]]]].flatten(2)", value: [1, 2, 3, [4]] },
    { text: "[].flatten()", value: [] },
    { text: "[1, [2]].flatten(-1)", value: "error:type" },
    { text: "[1,2,2,1,3].distinct()", value: [1, 2, 3] },
    { text: "['b','b','c','a','c'].distinct()", value: ["b", "c", "a"] },
    { text: "[1,'1',true,[1],[1],{'a':1},{'a':1},null,null].distinct()", value: [1, "1", true, [1], { a: 1 }, null] },
    { text: "[4, 3, 2, 1].sort()", value: [1, 2, 3, 4] },
    { text: "['d','a','c','b'].sort()", value: ["a", "b", "c", "d"] },
    { text: "[true, false].sort()", value: [false, true] },
    { text: "[10, 9, 1].sort()", value: [1, 9, 10] },
    { text: "['d', 3].sort()", value: "error:type" },
    { text: "[[1], [2]].sort()", value: "error:type" },
    { text: "[].sort()", value: [] },
    { text: "[5,3,1,2].reverse()", value: [2, 1, 3, 5] },
    { text: "lists.range(4)", value: [0, 1, 2, 3] },
    { text: "lists.range(0)", value: [] },
    { text: "n.lists.range(1)", value: "fault" },
    { text: "[1,2].first() + [1,2].last()", value: 3 },
    { text: "[].first()", value: null },
    { text: "lists.range(n)", value: "error:argument" },
  ])("$text", ({ text, value }) => {
    const result = evaluate(text, { fields: { n: 100_001 } });
    if (value === "fault") expect(result).toEqual([expect.stringContaining("unknown function")]);
    else expect(result).toEqual(value);
  });
});
