import fc from "fast-check";
import { expect, test } from "vitest";
import { type Prng, prngFromSeed } from "../../../src/core/base/prng.ts";

function drawn(prng: Prng, count: number): number[] {
  return Array.from({ length: count }, () => prng.nextUint32());
}

test("draws what the reference implementation of sfc32 draws", () => {
  // From a = 0, b = 1, c = 0, counter = 1, after 15 rounds.
  expect(drawn(prngFromSeed(1), 4)).toEqual([1779833415, 2026416846, 1661539736, 2729060721]);
});

test("equal seeds draw alike, and seeds that differ in any part differently", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (seed, other) => {
      fc.pre(seed !== other);
      expect(drawn(prngFromSeed(seed), 8)).toEqual(drawn(prngFromSeed(seed), 8));
      expect(drawn(prngFromSeed(seed), 8)).not.toEqual(drawn(prngFromSeed(other), 8));
    }),
  );
});

test("a fork depends on the seed and its label alone, and moves nothing else", () => {
  const whole = prngFromSeed(7);
  const forked = prngFromSeed(7);
  const early = drawn(forked.fork("network"), 5);
  expect(drawn(forked, 5)).toEqual(drawn(whole, 5));
  expect(drawn(forked.fork("network"), 5)).toEqual(early);
  expect(drawn(forked.fork("clock"), 5)).not.toEqual(early);
  expect(drawn(prngFromSeed(8).fork("network"), 5)).not.toEqual(early);
  expect(drawn(forked.fork("network").fork("a"), 5)).not.toEqual(drawn(forked.fork("networka"), 5));
});

test("every number below a limit is as likely", () => {
  const prng = prngFromSeed(42);
  for (const limit of [1, 2, 3, 10]) {
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 10_000 * limit; draw += 1) {
      const number = prng.nextBelow(limit);
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: limit }, (_, index) => index));
    // The deviation of a count is about 100; five times that, and this seed is fixed.
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  }
});

test("a limit that does not divide 2^32 draws again what would favour some", () => {
  const limit = 3 * 2 ** 30;
  const prng = prngFromSeed(5);
  let lowCount = 0;
  for (let draw = 0; draw < 30_000; draw += 1) if (prng.nextBelow(limit) < 2 ** 30) lowCount += 1;
  // A plain remainder would give about 15,000.
  expect(Math.abs(lowCount - 10_000)).toBeLessThan(500);
});

test("a float is in [0, 1) and fills it", () => {
  const prng = prngFromSeed(3);
  const floats = Array.from({ length: 10_000 }, () => prng.nextFloat());
  expect(floats.every((float) => float >= 0 && float < 1)).toBe(true);
  expect(Math.min(...floats)).toBeLessThan(0.001);
  expect(Math.max(...floats)).toBeGreaterThan(0.999);
  expect(Math.abs(floats.reduce((sum, float) => sum + float, 0) / 10_000 - 0.5)).toBeLessThan(0.02);
});

test.each([0, -1, 1.5, 2 ** 32 + 1, NaN])("a limit of %d is a bug", (limit) => {
  expect(() => prngFromSeed(1).nextBelow(limit)).toThrow("a limit is an integer");
});
