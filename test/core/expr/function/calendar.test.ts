import { describe, expect, test } from "vitest";
import { calendarField, parseTimeZone } from "../../../../src/core/expr/function/calendar.ts";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";
import { isCalendarFunction } from "../../../../src/core/expr/function/time-functions.ts";
import { evaluate } from "../expr-fixture.ts";

/** Thursday 2024-02-29 23:30:15.250 UTC. */
const leapDay = Date.UTC(2024, 1, 29, 23, 30, 15, 250);
const fields = { t: leapDay, zone: "Asia/Shanghai", bad: "Nowhere/Land", text: "2024-03-31T01:30:00+01:00" };

describe("fields of a time", () => {
  test.each([
    { why: "the year", text: "t.getFullYear()", value: 2024 },
    { why: "months from 0", text: "t.getMonth()", value: 1 },
    { why: "the date from 1", text: "t.getDate()", value: 29 },
    { why: "days of the month from 0", text: "t.getDayOfMonth()", value: 28 },
    { why: "weeks from Sunday, 0", text: "t.getDayOfWeek()", value: 4 },
    { why: "days of the year from 0", text: "t.getDayOfYear()", value: 59 },
    { why: "the hour in UTC, whatever the machine's zone", text: "t.getHours()", value: 23 },
    { why: "minutes", text: "t.getMinutes()", value: 30 },
    { why: "seconds", text: "t.getSeconds()", value: 15 },
    { why: "milliseconds", text: "t.getMilliseconds()", value: 250 },
    {
      why: "in a zone the next day",
      text: "[t.getHours('Asia/Shanghai'), t.getDate('Asia/Shanghai'), t.getMonth(zone)]",
      value: [7, 1, 2],
    },
    { why: "by an offset", text: "t.getHours('+05:30')", value: 5 },
    { why: "by an offset behind", text: "t.getHours('-08:00')", value: 15 },
    {
      why: "across the change to summer time",
      text: "[timestamp(text).getHours('Europe/Berlin'), (timestamp(text) + ms('1h')).getHours('Europe/Berlin')]",
      value: [1, 3],
    },
    { why: "a Sunday", text: "timestamp(text).getDayOfWeek('Europe/Berlin')", value: 0 },
    { why: "no zone", text: "t.getHours(bad)", value: "error:argument" },
    { why: "no time", text: "zone.getHours()", value: "error:type" },
    { why: "beyond all time", text: "(t * 1000000).getHours()", value: "error:argument" },
  ])("$why", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});

describe("times and durations are numbers of milliseconds", () => {
  test.each([
    { why: "ISO 8601", text: "timestamp('2024-02-29T23:30:15.250Z')", value: leapDay },
    { why: "epoch milliseconds", text: "timestamp(t)", value: leapDay },
    { why: "a span", text: "timestamp('1970-01-01T00:01:00Z') - timestamp(0)", value: 60_000 },
    { why: "a duration", text: "ms('1h30m')", value: 5_400_000 },
    { why: "CEL's name for it, with a sign", text: "duration('-90s')", value: -90_000 },
    { why: "no time", text: "timestamp(zone)", value: "error:argument" },
    { why: "no duration", text: "ms(zone)", value: "error:argument" },
    { why: "null is no time", text: "timestamp(absent)", value: "error:type" },
    { why: "null is no duration", text: "duration(absent)", value: "error:type" },
  ])("$why", ({ text, value }) => {
    expect(evaluate(text, { fields })).toBe(value);
  });
});

test("zones: names in any case, offsets, and nothing else", () => {
  const utc = parseTimeZone("UTC");
  const shanghai = parseTimeZone("asia/SHANGHAI");
  if (utc instanceof ExprError || shanghai instanceof ExprError) throw new Error("no zone");
  expect(calendarField("getHours", 0, utc)).toBe(0);
  expect(calendarField("getHours", 0, shanghai)).toBe(8);
  for (const text of ["", "local", "system", "x".repeat(100), "UTC+99:99:99", "../etc"])
    expect(parseTimeZone(text)).toBeInstanceOf(ExprError);
  for (let index = 0; index < 1100; index += 1) parseTimeZone(`none${index}`);
  expect(parseTimeZone("Asia/Shanghai")).not.toBeInstanceOf(ExprError);
  expect(isCalendarFunction("getHours") && !isCalendarFunction("ms")).toBe(true);
});
