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

describe("functions of numbers", () => {
  test.each([
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
    { why: "a quarter of the equator", text: "math.round(distanceKm(0, 0, 0, 90))", value: 10008 },
    { why: "latitude first", text: "distanceKm(n + 90, 0, 0, 0)", value: "error:argument" },
    { why: "no place", text: "distanceKm(absent, 0, 0, 0)", value: "error:type" },
  ])("$why", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});
