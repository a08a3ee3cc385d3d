import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { formatInstant, type InstantFormat, parseInstant, utcInstantAt } from "../../../src/core/time/iso-instant.ts";

const at = Date.UTC(2024, 1, 29, 12, 30, 45);

describe("ISO 8601 text", () => {
  test.each([
    { text: "2024-02-29T12:30:45Z", ms: at, why: "UTC" },
    { text: "2024-02-29T12:30:45.5Z", ms: at + 500, why: "one digit of a fraction" },
    { text: "2024-02-29T12:30:45.123456789Z", ms: at + 123, why: "a long fraction is cut" },
    { text: "2024-02-29T12:30:45.9999Z", ms: at + 999, why: "cut, not rounded" },
    { text: `2024-02-29T12:30:45.000${"9".repeat(1000)}Z`, ms: at, why: "of any length" },
    { text: "2024-02-29T12:30:45,25Z", ms: at + 250, why: "a comma, as ISO 8601 has it" },
    { text: "2024-02-29T12:30Z", ms: at - 45_000, why: "without seconds" },
    { text: "2024-02-29t12:30:45z", ms: at, why: "lower case" },
    { text: "2024-02-29 12:30:45Z", ms: at, why: "a space, as RFC 3339 allows" },
    { text: "2024-02-29T13:30:45+01:00", ms: at, why: "east" },
    { text: "2024-02-29T18:00:45+0530", ms: at, why: "an offset without a colon" },
    { text: "2024-02-29T07:30:45-05", ms: at, why: "an offset of hours alone" },
    { text: "2024-03-01T02:30:45+14:00", ms: at, why: "the next day elsewhere" },
    { text: "2024-02-29T12:30:45-00:00", ms: at, why: "no known zone, but UTC" },
    { text: "2016-12-31T23:59:60Z", ms: Date.UTC(2017, 0, 1), why: "a leap second is the next minute's 0" },
    { text: "1969-12-31T23:59:59.999Z", ms: -1, why: "before the epoch" },
    { text: "1969-12-31T23:59:59.9999Z", ms: -1, why: "before the epoch a fraction is cut off its digits too" },
    { text: "0000-03-01T00:00:00Z", ms: Date.parse("0000-03-01T00:00:00Z"), why: "the year 0" },
    { text: "1900-02-28T00:00:00Z", ms: Date.UTC(1900, 1, 28), why: "1900 was no leap year" },
    { text: "2000-02-29T00:00:00Z", ms: Date.UTC(2000, 1, 29), why: "2000 was one" },
    { text: "+012024-02-29T12:30:45Z", ms: Date.parse("+012024-02-29T12:30:45Z"), why: "a year with six digits" },
    { text: "-000001-12-31T00:00:00Z", ms: Date.parse("-000001-12-31T00:00:00Z"), why: "a year before 0" },
    { text: "+275760-09-13T00:00:00.000Z", ms: 8.64e15, why: "the last instant" },
  ])("$text: $why", ({ text, ms }) => {
    expect(parseInstant(text, "iso")).toBe(ms);
    expect(parseInstant(text, "auto")).toBe(ms);
  });

  test.each([
    { text: "2024-02-29T12:30:45", why: "no offset: it names no instant" },
    { text: "2024-02-29", why: "no time" },
    { text: "12:30:45Z", why: "no date" },
    { text: "", why: "nothing" },
    { text: "1709209845000", why: "epoch milliseconds as text" },
    { text: "2023-02-29T00:00:00Z", why: "no leap year" },
    { text: "1900-02-29T00:00:00Z", why: "no leap year, though divisible by 4" },
    { text: "2200-02-29T00:00:00Z", why: "no leap year, though divisible by 200" },
    { text: "2024-04-31T00:00:00Z", why: "a month of 30 days" },
    { text: "2024-13-01T00:00:00Z", why: "month 13" },
    { text: "2024-00-01T00:00:00Z", why: "month 0" },
    { text: "2024-01-00T00:00:00Z", why: "day 0" },
    { text: "2024-01-32T00:00:00Z", why: "day 32" },
    { text: "2024-01-01T24:00:00Z", why: "hour 24" },
    { text: "2024-01-01T00:60:00Z", why: "minute 60" },
    { text: "2024-01-01T00:00:61Z", why: "second 61" },
    { text: "2024-01-01T00:00:00.Z", why: "a point without a fraction" },
    { text: "2024-01-01T00:00:00+24:00", why: "an offset of a day" },
    { text: "2024-01-01T00:00:00+01:60", why: "minute 60 of an offset" },
    { text: "2024-01-01T00:00:00+1:00", why: "one digit" },
    { text: "2024-01-01T00:00:00+01:0", why: "one digit" },
    { text: "2024-01-01T00:00:00+010", why: "three digits" },
    { text: "2024-01-01T00:00:00ZZ", why: "something behind" },
    { text: "2024-01-01T00:00:00Z ", why: "a space behind" },
    { text: " 2024-01-01T00:00:00Z", why: "a space before" },
    { text: "2024-1-01T00:00:00Z", why: "one digit" },
    { text: "24-01-01T00:00:00Z", why: "a short year" },
    { text: "20240101T000000Z", why: "the basic format" },
    { text: "2024-W01-1T00:00:00Z", why: "a week date" },
    { text: "2024/01/01T00:00:00Z", why: "slashes" },
    { text: "２024-01-01T00:00:00Z", why: "a digit of another script" },
    { text: "-000000-01-01T00:00:00Z", why: "minus 0" },
    { text: "+275760-09-13T00:00:00.001Z", why: "behind the last instant" },
    { text: "Thu, 29 Feb 2024 12:30:45 GMT", why: "another format" },
  ])("is refused: $text: $why", ({ text }) => {
    expect(parseInstant(text, "iso")).toBeUndefined();
    expect(parseInstant(text, "auto")).toBeUndefined();
  });

  test("names the instant that the platform's own calendar names, in any zone", () => {
    const instant = fc.integer({ min: -8.64e15, max: 8.64e15 });
    const near = fc.integer({ min: -4e12, max: 4e12 });
    fc.assert(
      fc.property(fc.oneof(instant, near), fc.integer({ min: -1439, max: 1439 }), (ms, offsetMinutes) => {
        const local = ms + offsetMinutes * 60_000;
        fc.pre(Math.abs(local) <= 8.64e15);
        const size = Math.abs(offsetMinutes);
        const clock = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, "0"));
        const text = new Date(local).toISOString().replace("Z", `${offsetMinutes < 0 ? "-" : "+"}${clock.join(":")}`);
        expect(parseInstant(text, "iso")).toBe(ms);
        expect(formatInstant(eventTimeMs(ms))).toBe(new Date(ms).toISOString());
      }),
      { numRuns: 2000 },
    );
  });

  test("reads every day from 1599 to 2401 as the platform does", () => {
    const misread: string[] = [];
    for (let ms = Date.UTC(1599, 0, 1); ms < Date.UTC(2401, 0, 1); ms += 86_400_000) {
      const text = new Date(ms).toISOString();
      if (parseInstant(text, "iso") !== ms || formatInstant(eventTimeMs(ms)) !== text) misread.push(text);
    }
    expect(misread).toEqual([]);
  });

  test("takes no day that the platform does not know", () => {
    const parts = fc.tuple(fc.integer({ min: 1590, max: 2410 }), fc.nat(14), fc.nat(33));
    fc.assert(
      fc.property(parts, ([year, month, day]) => {
        const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}T00:00:00.000Z`;
        const date = new Date(text);
        const isReal = !Number.isNaN(date.getTime()) && date.toISOString() === text;
        expect(parseInstant(text, "iso")).toBe(isReal ? date.getTime() : undefined);
      }),
      { numRuns: 2000 },
    );
  });

  test("never throws, whatever the text", () => {
    const text = fc
      .array(fc.constantFrom(..."0123456789-+:.,TZ tz".split("")), { maxLength: 30 })
      .map((characters) => characters.join(""));
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (written) => {
        const parsed = parseInstant(written, "iso");
        expect(parsed === undefined || Number.isInteger(parsed)).toBe(true);
      }),
    );
  });
});

describe("numbers and the rest", () => {
  test.each<{ value: unknown; format: InstantFormat; ms: number | undefined; why: string }>([
    { value: 1000, format: "auto", ms: 1000, why: "epoch milliseconds" },
    { value: 1000.9, format: "ms", ms: 1000, why: "floored" },
    { value: -1.5, format: "ms", ms: -2, why: "floored, not cut" },
    { value: -0, format: "ms", ms: 0, why: "one zero" },
    { value: 1000, format: "s", ms: 1_000_000, why: "epoch seconds" },
    { value: 1.001, format: "s", ms: 1001, why: "though 1.001 * 1000 is less in doubles" },
    { value: 1709209845.123, format: "s", ms: 1709209845123, why: "a stamp of today" },
    { value: 1.0019, format: "s", ms: 1001, why: "floored" },
    { value: -1.0001, format: "s", ms: -1001, why: "floored, not cut" },
    { value: 8.64e15, format: "ms", ms: 8.64e15, why: "the last instant" },
    { value: 8.64e15 + 1, format: "ms", ms: undefined, why: "behind it" },
    { value: -8.64e15 - 1, format: "auto", ms: undefined, why: "before the first" },
    { value: 8.64e12 + 1, format: "s", ms: undefined, why: "behind it, in seconds" },
    { value: NaN, format: "ms", ms: undefined, why: "no number" },
    { value: Infinity, format: "s", ms: undefined, why: "not finite" },
    { value: 1000, format: "iso", ms: undefined, why: "a number where text is said" },
    { value: "2024-02-29T12:30:45Z", format: "ms", ms: undefined, why: "text where a number is said" },
    { value: "1000", format: "s", ms: undefined, why: "text where a number is said" },
    { value: null, format: "auto", ms: undefined, why: "null" },
    { value: undefined, format: "auto", ms: undefined, why: "absent" },
    { value: true, format: "auto", ms: undefined, why: "a boolean" },
    { value: [1000], format: "auto", ms: undefined, why: "an array" },
  ])("$value as $format is $ms: $why", ({ value, format, ms }) => {
    expect(parseInstant(value, format)).toBe(ms);
  });

  test("seconds with a fraction of milliseconds are taken as written", () => {
    fc.assert(
      fc.property(fc.integer({ min: -4e12, max: 4e12 }), (ms) => {
        expect(parseInstant(ms / 1000, "s")).toBe(ms + 0);
      }),
    );
  });

  test.each([NaN, 0.5, 8.64e15 + 1, -Infinity])("formatting %d is a bug", (ms) => {
    expect(() => formatInstant(eventTimeMs(ms))).toThrow("100,000,000 days");
  });
});

describe("UTC read from bytes", () => {
  function read(text: string) {
    const bytes = Buffer.from(`"${text}"`);
    return utcInstantAt(bytes, 1, bytes.length - 1);
  }

  test.each([
    { text: "2024-02-29T12:30:45Z", ms: at },
    { text: "2024-02-29T12:30:45.678Z", ms: at + 678 },
    { text: "0000-01-01T00:00:00Z", ms: -62_167_219_200_000 },
    { text: "2024-02-29T12:30:60Z", ms: at + 15_000 },
  ])("$text", ({ text, ms }) => expect(read(text)).toBe(ms));

  test("it reads what parseInstant reads, to the same instant, or leaves it to it", () => {
    const damaged = fc
      .tuple(
        fc.integer({ min: -70_000_000_000_000, max: 260_000_000_000_000 }),
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(23), fc.constantFrom(..."0123456789-:.TZ t".split(""))), { maxLength: 2 }),
      )
      .map(([ms, hasFraction, changes]) => {
        const text = new Date(ms).toISOString();
        const characters = (hasFraction ? text : text.replace(/\.\d+/, "")).split("");
        for (const [place, character] of changes) characters[place % characters.length] = character;
        return characters.join("");
      });
    let readCount = 0;
    fc.assert(
      fc.property(damaged, (text) => {
        const ms = read(text);
        if (Number.isNaN(ms)) return;
        readCount += 1;
        expect(ms).toBe(parseInstant(text, "iso"));
      }),
      { numRuns: 2_000 },
    );
    expect(readCount).toBeGreaterThan(500);
  });
});
