import { expect, test } from "vitest";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";
import { compilePattern, PatternCache } from "../../../../src/core/expr/function/regular-expression.ts";

test.each([
  { why: "any part", pattern: "b+", text: "abbc", ignoreCase: false, fits: true },
  { why: "anchors", pattern: "^b+$", text: "abbc", ignoreCase: false, fits: false },
  { why: "case", pattern: "B", text: "abc", ignoreCase: false, fits: false },
  { why: "no case", pattern: "B", text: "abc", ignoreCase: true, fits: true },
  { why: "classes", pattern: "^[[:alpha:]]+\\d$", text: "abc1", ignoreCase: false, fits: true },
  {
    why: "what would take a backtracking engine for ever",
    pattern: "^(a+)+$",
    text: `${"a".repeat(5000)}b`,
    ignoreCase: false,
    fits: false,
  },
])("$why", ({ pattern, text, ignoreCase, fits }) => {
  const matches = compilePattern(pattern, { ignoreCase });
  if (matches instanceof ExprError) throw new Error(matches.message);
  expect(matches(text)).toBe(fits);
});

test.each(["(", "a(?=b)", "(a)\\1", "[", "a{1001}", "x".repeat(5000)])("no pattern of RE2: %s", (pattern) => {
  expect(compilePattern(pattern, { ignoreCase: false })).toBeInstanceOf(ExprError);
});

test("the cache keeps what it is given and lets the oldest go", () => {
  const cache = new PatternCache(2, { ignoreCase: false });
  const first = cache.get("a");
  expect(cache.get("a")).toBe(first);
  cache.get("b");
  cache.get("(");
  expect([...cache.patterns.keys()]).toEqual(["b", "("]);
  expect(cache.get("(")).toBeInstanceOf(ExprError);
});
