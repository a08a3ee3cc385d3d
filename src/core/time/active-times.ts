import { IANAZone, type Zone } from "luxon";
import type { EventTimeMs } from "./instant.ts";
import { isTimeZone } from "./time-zone.ts";

/** Days of the week in the order of ISO 8601. */
export const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const minuteMs = 60_000;
const dayMinutes = 1_440;
/** 1970-01-01 was a Thursday. */
const epochDay = 3;

/** Minutes of the day, from 0 to 1440; `[from, until)`. Over midnight where `until` is not after `from`. */
interface HourRange {
  readonly from: number;
  readonly until: number;
}

/** Days of the week and hours of the day by a zone's clock, to the minute. */
export interface ActiveTimes {
  /** False where a result is to be dropped. */
  isActiveAt(at: EventTimeMs): boolean;
}

/** What is wrong in one of the texts, in words that say how to mend it. */
export interface ActiveTimesFault {
  readonly at: "timeZone" | "days" | "hours";
  /** Place in the list. */
  readonly index: number;
  readonly message: string;
}

/**
 * Compiles days (`sat`, `mon-fri`; a range may go over the week's end) and hours (`09:00-17:00`, without the end; one that
 * goes over midnight, such as `22:00-06:00`, belongs to the day on which it begins). Absent days are all days, absent
 * hours the whole day.
 *
 * A result depends on the minute alone, as the zone's clock shows it: what is skipped in spring has no minute, and what is
 * repeated in autumn counts both times. The last minute asked for is remembered: events come in nearly the order of time.
 */
export function compileActiveTimes({
  timeZone = "UTC",
  days,
  hours,
}: {
  readonly timeZone?: string | undefined;
  readonly days?: readonly string[] | undefined;
  readonly hours?: readonly string[] | undefined;
}): { readonly activeTimes: ActiveTimes | undefined; readonly faults: readonly ActiveTimesFault[] } {
  const faults: ActiveTimesFault[] = [];
  if (!isTimeZone(timeZone)) {
    const message = `\`${timeZone}\` is no time zone; write an IANA name such as Europe/Berlin`;
    faults.push({ at: "timeZone", index: 0, message });
  }
  const activeDays = new Set<number>();
  for (const [index, text] of (days ?? ["mon-sun"]).entries()) {
    const range = parseDays(text);
    if (range === undefined) faults.push({ at: "days", index, message: daysMessage(text) });
    for (const day of range ?? []) activeDays.add(day);
  }
  const ranges: HourRange[] = [];
  for (const [index, text] of (hours ?? ["00:00-24:00"]).entries()) {
    const range = parseHours(text);
    if (range === undefined) faults.push({ at: "hours", index, message: hoursMessage(text) });
    else ranges.push(range);
  }
  if (faults.length > 0) return { activeTimes: undefined, faults };
  return { activeTimes: remembering(IANAZone.create(timeZone), activeDays, ranges), faults };
}

function remembering(zone: Zone, days: ReadonlySet<number>, ranges: readonly HourRange[]): ActiveTimes {
  let lastMinute = Number.NaN;
  let wasActive = false;
  return {
    isActiveAt(at) {
      const minute = Math.floor(at / minuteMs);
      if (minute !== lastMinute) {
        wasActive = isActive(localMinute(zone, minute), days, ranges);
        lastMinute = minute;
      }
      return wasActive;
    },
  };
}

/** Minutes that the zone's clock shows at a minute of UTC, since the epoch. */
function localMinute(zone: Zone, minute: number): number {
  const offsetMinutes = zone.offset(minute * minuteMs);
  // The calendar ends in the year 275760; a deadline may lie behind it.
  return Math.floor(minute + (Number.isFinite(offsetMinutes) ? offsetMinutes : 0));
}

function isActive(minute: number, days: ReadonlySet<number>, ranges: readonly HourRange[]): boolean {
  const day = Math.floor(minute / dayMinutes);
  const minuteOfDay = minute - day * dayMinutes;
  const isToday = days.has(weekday(day));
  const wasYesterday = days.has(weekday(day - 1));
  return ranges.some(({ from, until }) => {
    if (from < until) return isToday && from <= minuteOfDay && minuteOfDay < until;
    return (isToday && from <= minuteOfDay) || (wasYesterday && minuteOfDay < until);
  });
}

function weekday(day: number): number {
  return (((day + epochDay) % 7) + 7) % 7;
}

function parseDays(text: string): readonly number[] | undefined {
  const [first = "", last = first, ...rest] = text.split("-");
  const from = dayIndex(first);
  const until = dayIndex(last);
  if (from === -1 || until === -1 || rest.length > 0) return undefined;
  const count = ((until - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => (from + index) % 7);
}

function dayIndex(text: string): number {
  return dayNames.findIndex((name) => name === text);
}

function parseHours(text: string): HourRange | undefined {
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [fromHour = 0, fromMinute = 0, untilHour = 0, untilMinute = 0] = match.slice(1).map(Number);
  const from = fromHour * 60 + fromMinute;
  const until = untilHour * 60 + untilMinute;
  if (fromMinute > 59 || untilMinute > 59 || from >= dayMinutes || until > dayMinutes || from === until)
    return undefined;
  return { from, until };
}

function daysMessage(text: string): string {
  return `\`${text}\` is no day; write one of ${dayNames.join(", ")}, or a range such as mon-fri`;
}

function hoursMessage(text: string): string {
  return `\`${text}\` is no range of hours; write one such as 09:00-17:00, or 22:00-06:00 over midnight; the whole day is 00:00-24:00`;
}
