import { describe, expect, test } from "vitest";
import { Calendar, type CalendarUnit } from "../../../src/core/time/calendar.ts";

const iso = (text: string) => Date.parse(text);

describe("the bounds of a calendar unit", () => {
  test.each<{ why: string; unit: CalendarUnit; zone: string; at: string; start: string; end: string }>([
    {
      why: "a day of 23 hours",
      unit: "day",
      zone: "Europe/Berlin",
      at: "2024-03-31T12:00:00Z",
      start: "2024-03-30T23:00:00Z",
      end: "2024-03-31T22:00:00Z",
    },
    {
      why: "a day of 25 hours",
      unit: "day",
      zone: "Europe/Berlin",
      at: "2024-10-27T12:00:00Z",
      start: "2024-10-26T22:00:00Z",
      end: "2024-10-27T23:00:00Z",
    },
    {
      why: "a week begins on Monday",
      unit: "week",
      zone: "America/New_York",
      at: "2024-03-10T12:00:00Z",
      start: "2024-03-04T05:00:00Z",
      end: "2024-03-11T04:00:00Z",
    },
    {
      why: "a month before the epoch, in a leap year",
      unit: "month",
      zone: "UTC",
      at: "1968-02-29T23:59:59.999Z",
      start: "1968-02-01T00:00:00Z",
      end: "1968-03-01T00:00:00Z",
    },
    {
      why: "an hour of a zone 5:30 ahead",
      unit: "hour",
      zone: "Asia/Kolkata",
      at: "2024-06-01T00:29:59.999Z",
      start: "2024-05-31T23:30:00Z",
      end: "2024-06-01T00:30:00Z",
    },
    {
      why: "the hour of 30 minutes behind a change forward",
      unit: "hour",
      zone: "Australia/Lord_Howe",
      at: "2024-10-05T15:40:00Z",
      start: "2024-10-05T15:30:00Z",
      end: "2024-10-05T16:00:00Z",
    },
    {
      why: "the half hour that comes again is of its own",
      unit: "hour",
      zone: "Australia/Lord_Howe",
      at: "2024-04-06T15:10:00Z",
      start: "2024-04-06T15:00:00Z",
      end: "2024-04-06T15:30:00Z",
    },
    {
      why: "the first of two equal hours",
      unit: "hour",
      zone: "Europe/Berlin",
      at: "2024-10-27T00:30:00Z",
      start: "2024-10-27T00:00:00Z",
      end: "2024-10-27T01:00:00Z",
    },
    {
      why: "a day without a midnight begins with the change",
      unit: "day",
      zone: "America/Sao_Paulo",
      at: "2018-11-04T12:00:00Z",
      start: "2018-11-04T03:00:00Z",
      end: "2018-11-05T02:00:00Z",
    },
    {
      why: "a midnight that comes twice: the first",
      unit: "day",
      zone: "America/Havana",
      at: "2024-11-03T12:00:00Z",
      start: "2024-11-03T04:00:00Z",
      end: "2024-11-04T05:00:00Z",
    },
    {
      why: "a clock set back over midnight does not return to the day before",
      unit: "day",
      zone: "America/St_Johns",
      at: "2010-11-07T02:45:00Z",
      start: "2010-11-07T02:30:00Z",
      end: "2010-11-08T03:30:00Z",
    },
    {
      why: "a date that was left out is no day",
      unit: "day",
      zone: "Pacific/Apia",
      at: "2011-12-30T09:59:59.999Z",
      start: "2011-12-29T10:00:00Z",
      end: "2011-12-30T10:00:00Z",
    },
  ])("$unit, $zone: $why", ({ unit, zone, at, start, end }) => {
    const calendar = new Calendar(unit, zone);
    expect([calendar.startOf(iso(at)), calendar.endOf(iso(at))]).toEqual([iso(start), iso(end)]);
  });

  test.each([-8.64e15, 8.64e15])("at the last instants there is a unit, %d", (at) => {
    for (const unit of ["hour", "day", "week", "month"] as const) {
      const calendar = new Calendar(unit, "Europe/Berlin");
      expect(calendar.startOf(at)).toBeLessThanOrEqual(at);
      expect(calendar.endOf(at)).toBeGreaterThan(at);
      expect(new Calendar(unit, "Europe/Berlin").startOf(calendar.endOf(at) - 1)).toBe(calendar.startOf(at));
    }
  });
});

/** What a clock on a wall shows, by Intl: another way than the calendar's. */
function clockOf(
  timeZone: string,
): (at: number) => { readonly date: string; readonly hour: string; readonly minute: string } {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return {
      date: `${parts["year"]}-${parts["month"]}-${parts["day"]}`,
      hour: parts["hour"] ?? "",
      minute: parts["minute"] ?? "",
    };
  };
}

const minuteMs = 60_000;

describe("against a scan of the wall clock minute by minute", () => {
  test.each([
    { zone: "Europe/Berlin", around: "2024-03-31T01:00:00Z" },
    { zone: "Europe/Berlin", around: "2024-10-27T01:00:00Z" },
    { zone: "America/New_York", around: "2024-03-10T07:00:00Z" },
    { zone: "America/New_York", around: "2024-11-03T06:00:00Z" },
    { zone: "Australia/Lord_Howe", around: "2024-04-06T15:00:00Z" },
    { zone: "Australia/Lord_Howe", around: "2024-10-05T15:30:00Z" },
    { zone: "Asia/Kolkata", around: "2024-06-01T00:00:00Z" },
    { zone: "America/St_Johns", around: "2010-11-07T02:31:00Z" },
    { zone: "America/Havana", around: "2024-11-03T05:00:00Z" },
    { zone: "Pacific/Apia", around: "2011-12-30T10:00:00Z" },
  ])("$zone around $around: hours, days, weeks and months begin where the clock says so", ({ zone, around }) => {
    const clock = clockOf(zone);
    const from = iso(around) - 40 * 60 * minuteMs;
    const begins = {
      hour: new Set<number>(),
      day: new Set<number>(),
      week: new Set<number>(),
      month: new Set<number>(),
    };
    let before = clock(from - minuteMs);
    let latest = clock(from - 3 * 24 * 60 * minuteMs).date;
    for (let at = from - 3 * 24 * 60 * minuteMs; at < from; at += 60 * minuteMs)
      if (clock(at).date > latest) latest = clock(at).date;
    const upTo = from + 80 * 60 * minuteMs;
    for (let at = from; at < upTo; at += minuteMs) {
      const now = clock(at);
      const isNextMinute = (Number(before.minute) + 1) % 60 === Number(now.minute);
      const isNextHour =
        before.hour === now.hour || (now.minute === "00" && (Number(before.hour) + 1) % 24 === Number(now.hour));
      if (now.minute === "00" || !isNextMinute || !isNextHour) begins.hour.add(at);
      if (now.date > latest) {
        begins.day.add(at);
        if (new Date(`${now.date}T00:00:00Z`).getUTCDay() === 1) begins.week.add(at);
        if (now.date.slice(0, 7) !== latest.slice(0, 7)) begins.month.add(at);
        latest = now.date;
      }
      before = now;
    }
    for (const unit of ["hour", "day", "week", "month"] as const) {
      const calendar = new Calendar(unit, zone);
      const found = new Set<number>();
      for (let at = from; at < upTo; at += minuteMs) if (calendar.startOf(at) === at) found.add(at);
      expect([unit, [...found]]).toEqual([unit, [...begins[unit]]]);
      for (let at = from; at < upTo; at += 7 * minuteMs)
        expect(calendar.startOf(calendar.endOf(at))).toBe(calendar.endOf(at));
    }
  });
});
