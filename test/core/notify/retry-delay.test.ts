import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultRetryPolicy, retryDelayMs } from "../../../src/core/notify/retry-delay.ts";

const policy = { attemptCountMax: 10, delayMsMin: 1_000, delayMsMax: 60_000, factor: 4, wishedDelayMsMax: 300_000 };

test.each([
  { why: "the first delay, least drawn", attempt: 1, wished: undefined, lot: 0, expected: 500 },
  { why: "the first delay, half drawn", attempt: 1, wished: undefined, lot: 0.5, expected: 750 },
  { why: "four times as much after the second", attempt: 2, wished: undefined, lot: 0, expected: 2_000 },
  { why: "never above the maximum", attempt: 9, wished: undefined, lot: 0, expected: 30_000 },
  {
    why: "a power that is no number any more is the maximum",
    attempt: 100_000,
    wished: undefined,
    lot: 0,
    expected: 30_000,
  },
  { why: "a longer wish is followed", attempt: 1, wished: 90_000, lot: 0, expected: 90_000 },
  { why: "a shorter wish does not hasten", attempt: 9, wished: 1, lot: 0, expected: 30_000 },
  { why: "a wish for years is not", attempt: 1, wished: 1e12, lot: 0, expected: 300_000 },
])("$why", ({ attempt, wished, lot, expected }) => {
  expect(retryDelayMs(policy, attempt, wished, lot)).toBe(expected);
});

test("every delay is whole milliseconds between half of the exponential one and all of it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, lot) => {
      const full = Math.min(2_000 * 4 ** (attempt - 1), 3_600_000);
      const delay = retryDelayMs(defaultRetryPolicy, attempt, undefined, lot);
      expect(Number.isInteger(delay) && delay >= full / 2 && delay <= full).toBe(true);
    }),
  );
});
