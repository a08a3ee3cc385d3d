import { DateTime } from "luxon";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileActiveTimes, dayNames } from "../../../src/core/time/active-times.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";

interface Row {
  readonly why: string;
  readonly timeZone?: string;
  readonly days?: readonly string[];
  readonly hours?: readonly string[];
  /** Instants in ISO 8601; with an offset where it matters. */
  readonly inside: readonly string[];
  readonly outside: readonly string[];
}

const rows: readonly Row[] = [
  {
    why: "hours of each day, the end not among them",
    hours: ["09:00-17:00"],
    inside: ["2024-03-04T09:00:00Z", "2024-03-09T16:59:59.999Z"],
    outside: ["2024-03-04T08:59:59.999Z", "2024-03-04T17:00:00Z"],
  },
  {
    why: "days, and a range over the week's end",
    days: ["fri-mon", "wed"],
    inside: ["2024-03-08T00:00:00Z", "2024-03-10T12:00:00Z", "2024-03-11T23:59:59Z", "2024-03-06T12:00:00Z"],
    outside: ["2024-03-05T12:00:00Z", "2024-03-07T23:59:59Z"],
  },
  {
    why: "several ranges; until 24:00",
    days: ["mon-fri"],
    hours: ["00:00-06:30", "22:15-24:00"],
    inside: ["2024-03-04T06:29:00Z", "2024-03-04T23:59:59Z"],
    outside: ["2024-03-04T06:30:00Z", "2024-03-04T22:14:59Z", "2024-03-09T23:00:00Z"],
  },
  {
    why: "hours over midnight belong to the day on which they begin",
    days: ["fri"],
    hours: ["22:00-06:00"],
    inside: ["2024-03-08T22:00:00Z", "2024-03-09T05:59:59Z"],
    outside: ["2024-03-08T05:00:00Z", "2024-03-08T21:59:00Z", "2024-03-09T06:00:00Z", "2024-03-09T22:00:00Z"],
  },
  {
    why: "a week's end in Shanghai is not that in UTC",
    timeZone: "Asia/Shanghai",
    days: ["sat-sun"],
    inside: ["2024-03-08T16:00:00Z", "2024-03-10T15:59:59Z"],
    outside: ["2024-03-08T15:59:59Z", "2024-03-10T16:00:00Z"],
  },
  {
    why: "before the epoch",
    days: ["wed"],
    hours: ["10:00-11:00"],
    inside: ["1969-12-31T10:30:00Z"],
    outside: ["1969-12-30T10:30:00Z", "1970-01-01T10:30:00Z"],
  },
  {
    why: "Berlin in spring: from 02:00 to 03:00 there is nothing, and the hours after it begin an hour of UTC sooner",
    timeZone: "Europe/Berlin",
    hours: ["02:30-04:00"],
    inside: ["2024-03-30T01:30:00Z", "2024-03-31T01:00:00Z", "2024-03-31T01:59:59Z", "2024-04-01T00:30:00Z"],
    outside: ["2024-03-31T00:59:59Z", "2024-03-31T02:00:00Z", "2024-04-01T02:00:00Z"],
  },
  {
    why: "Berlin in autumn: 02:00 to 03:00 comes twice",
    timeZone: "Europe/Berlin",
    hours: ["02:15-02:45"],
    inside: ["2024-10-27T00:15:00Z", "2024-10-27T01:15:00Z", "2024-10-27T01:44:59Z"],
    outside: ["2024-10-27T00:14:59Z", "2024-10-27T00:45:00Z", "2024-10-27T01:45:00Z"],
  },
  {
    why: "New York in spring and autumn",
    timeZone: "America/New_York",
    days: ["sun"],
    hours: ["01:30-03:30"],
    inside: [
      "2024-03-10T06:30:00Z",
      "2024-03-10T07:29:59Z",
      "2024-11-03T05:30:00Z",
      "2024-11-03T06:30:00Z",
      "2024-11-03T08:29:59Z",
    ],
    outside: ["2024-03-10T06:29:59Z", "2024-03-10T07:30:00Z", "2024-11-03T06:00:00Z", "2024-11-03T08:30:00Z"],
  },
];

function compiled(options: Parameters<typeof compileActiveTimes>[0]) {
  const { activeTimes, faults } = compileActiveTimes(options);
  if (activeTimes === undefined) throw new Error(JSON.stringify(faults));
  return (iso: string) => activeTimes.isActiveAt(eventTimeMs(DateTime.fromISO(iso, { setZone: true }).toMillis()));
}

describe("active times", () => {
  test.each(rows)("$why", ({ inside, outside, ...options }) => {
    const isActive = compiled(options);
    expect(inside.filter((at) => !isActive(at))).toEqual([]);
    expect(outside.filter((at) => isActive(at))).toEqual([]);
  });

  test.each([
    { why: "a zone that there is not", options: { timeZone: "Europe/Berln", days: ["mon"] }, at: ["timeZone 0"] },
    { why: "a day", options: { days: ["mon", "tues", "mon-fri-sat", "fri-"] }, at: ["days 1", "days 2", "days 3"] },
    {
      why: "hours",
      options: { hours: ["9:00-17:00", "09:00-09:00", "24:00-25:00", "09:60-10:00", "09:00", "23:00-24:00"] },
      at: ["hours 0", "hours 1", "hours 2", "hours 3", "hours 4"],
    },
  ])("refused: $why", ({ options, at }) => {
    const { activeTimes, faults } = compileActiveTimes(options);
    expect(activeTimes).toBeUndefined();
    expect(faults.map((fault) => `${fault.at} ${fault.index}`)).toEqual(at);
  });

  test("behind the calendar's end it still answers", () => {
    const { activeTimes } = compileActiveTimes({ timeZone: "Europe/Berlin", hours: ["00:00-24:00"] });
    expect(activeTimes?.isActiveAt(eventTimeMs(8.7e15))).toBe(true);
  });

  test("as the calendar says, whatever was asked before", () => {
    const zone = fc.constantFrom("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC");
    const minute = fc.integer({ min: 0, max: 1_439 });
    const clock = (at: number) => `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
    const instants = fc.array(fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2030, 0) }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(zone, fc.constantFrom(...dayNames), minute, minute, instants, (timeZone, day, from, until, all) => {
        fc.pre(from !== until);
        const { activeTimes } = compileActiveTimes({
          timeZone,
          days: [day],
          hours: [`${clock(from)}-${clock(until)}`],
        });
        for (const at of all) {
          const local = DateTime.fromMillis(at, { zone: timeZone });
          const now = clock(local.hour * 60 + local.minute);
          const isDay = (of: DateTime) => dayNames[of.weekday - 1] === day;
          const yesterday = DateTime.fromObject(
            { year: local.year, month: local.month, day: local.day },
            { zone: "UTC" },
          ).minus({ days: 1 });
          const expected =
            from < until
              ? isDay(local) && now >= clock(from) && now < clock(until)
              : (isDay(local) && now >= clock(from)) || (isDay(yesterday) && now < clock(until));
          expect(activeTimes?.isActiveAt(eventTimeMs(at))).toBe(expected);
        }
      }),
    );
  });
});
