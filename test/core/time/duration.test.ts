import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../../src/core/time/duration.ts";
import { durationMs } from "../../../src/core/time/instant.ts";
import { durationSchema } from "../../../src/spec/value.ts";

describe("parseDuration", () => {
  test.each([
    { text: "500ms", ms: 500, why: "milliseconds" },
    { text: "30s", ms: 30_000, why: "seconds" },
    { text: "10m", ms: 600_000, why: "minutes, not months" },
    { text: "1h30m", ms: 5_400_000, why: "two units" },
    { text: "7d", ms: 604_800_000, why: "days of 24 hours" },
    { text: "2w", ms: 1_209_600_000, why: "weeks" },
    { text: "1w1d1h1m1s1ms", ms: 694_861_001, why: "every unit" },
    { text: "5m30ms", ms: 300_030, why: "m before ms" },
    { text: "0s", ms: 0, why: "no time at all is a length" },
    { text: "007s", ms: 7_000, why: "leading zeros" },
    { text: "1.5h", ms: 5_400_000, why: "a fraction that comes to whole milliseconds" },
    { text: "1.005s", ms: 1_005, why: "exact, though 1.005 * 1000 is not 1005 in doubles" },
    { text: "0.001s", ms: 1, why: "the least fraction of a second" },
    { text: "PT10M", ms: 600_000, why: "ISO 8601 minutes" },
    { text: "P1DT2H", ms: 93_600_000, why: "ISO 8601 days and hours" },
    { text: "P2W", ms: 1_209_600_000, why: "ISO 8601 weeks" },
    { text: "PT0.5S", ms: 500, why: "ISO 8601 with a fraction" },
    { text: "9007199254740991ms", ms: Number.MAX_SAFE_INTEGER, why: "the greatest" },
  ])("$text is $ms ms: $why", ({ text, ms }) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    { text: "", why: "nothing" },
    { text: "10", why: "no unit" },
    { text: "m", why: "no number" },
    { text: "-5m", why: "a sign" },
    { text: "+5m", why: "a sign" },
    { text: "5 m", why: "a space" },
    { text: " 5m", why: "a space before" },
    { text: "5M", why: "units are lower case" },
    { text: "30m1h", why: "the lesser unit first" },
    { text: "1h1h", why: "a unit twice" },
    { text: "1.5", why: "a fraction and no unit" },
    { text: "1.m", why: "a point without a fraction" },
    { text: ".5m", why: "a fraction without a whole part" },
    { text: "1e3s", why: "an exponent" },
    { text: "0.0001s", why: "less than a millisecond" },
    { text: "1.5ms", why: "half a millisecond" },
    { text: "1y", why: "no fixed length" },
    { text: "P", why: "ISO 8601 without a part" },
    { text: "PT", why: "ISO 8601 without a part of time" },
    { text: "P1DT", why: "ISO 8601 with an empty time" },
    { text: "P1M", why: "a month has no fixed length" },
    { text: "P1Y", why: "nor has a year" },
    { text: "PT1.5H", why: "a fraction that is not of the seconds" },
    { text: "PT0,5S", why: "a comma, which the documents' schema does not know" },
    { text: "pt10m", why: "ISO 8601 in lower case" },
    { text: "9007199254740992ms", why: "one above the greatest" },
    { text: `${"9".repeat(400)}d`, why: "far above it" },
    { text: "10m\n", why: "a line end" },
  ])("refuses $text: $why", ({ text }) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test("takes nothing that the documents' schema refuses", () => {
    const part = fc.tuple(
      fc.constantFrom("0", "1", "12", "1.5", "1,5", "", "."),
      fc.constantFrom("w", "d", "h", "m", "s", "ms", "", "D", "T", "M", "S"),
    );
    const text = fc
      .tuple(fc.constantFrom("", "P", "PT"), fc.array(part, { maxLength: 4 }))
      .map(([head, parts]) => head + parts.flat().join(""));
    fc.assert(
      fc.property(text, (written) => {
        const isTaken = parseDuration(written) !== undefined;
        expect(isTaken && !durationSchema.safeParse(written).success).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("formatDuration", () => {
  test.each([
    { ms: 0, text: "0s" },
    { ms: 1, text: "1ms" },
    { ms: 1_500, text: "1s500ms" },
    { ms: 600_000, text: "10m" },
    { ms: 5_400_000, text: "1h30m" },
    { ms: 604_800_000, text: "7d" },
    { ms: 86_400_000 + 1, text: "1d1ms" },
  ])("$ms ms is $text", ({ ms, text }) => {
    expect(formatDuration(durationMs(ms))).toBe(text);
  });

  test("is read back to the same length", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (ms) => {
        expect(parseDuration(formatDuration(durationMs(ms)))).toBe(ms);
      }),
    );
  });

  test.each([-1, 0.5, NaN, Infinity])("%d is a bug", (ms) => {
    expect(() => formatDuration(durationMs(ms))).toThrow("whole number of milliseconds");
  });
});
