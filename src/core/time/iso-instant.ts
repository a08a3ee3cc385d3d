import { assert } from "../base/assert.ts";
import { type EventTimeMs, eventTimeMs } from "./instant.ts";

/** How a source writes time: ISO 8601 text, epoch milliseconds, epoch seconds, or (`auto`) the first two by type. */
export type InstantFormat = "iso" | "ms" | "s" | "auto";

/** 100,000,000 days around the epoch, as in ECMA-262's time values; within it every millisecond is an exact number. */
export const instantMsMax = 8.64e15;

const dayMs = 86_400_000;

/**
 * The instant that `value` names, or undefined where it is no usable time.
 *
 * Numbers are finite and floored to the millisecond. Text is ISO 8601's date and time with an offset:
 * `YYYY-MM-DDThh:mm[:ss[.fraction]]` and `Z`, `±hh:mm`, `±hhmm` or `±hh`. `T` and `Z` may be lower case and `T` one
 * space, as RFC 3339, 5.6 allows; years outside 0 to 9999 have a sign and six digits, as in ECMA-262. A fraction of any
 * length, after a point or a comma, is cut to the millisecond. Without an offset a text names no instant. Hour 24 and days
 * that the month does not have are refused. Second 60, a leap second, is the next minute's second 0: epoch time has no
 * number of its own for it, and a source that sends one means it.
 *
 * Runs once an event, so it reads digits where they must stand, without a regular expression.
 */
export function parseInstant(value: unknown, format: InstantFormat): EventTimeMs | undefined {
  if (typeof value === "string") return format === "iso" || format === "auto" ? parseIsoInstant(value) : undefined;
  if (typeof value !== "number" || !Number.isFinite(value) || format === "iso") return undefined;
  return inRange(format === "s" ? secondsToMs(value) : Math.floor(value));
}

/** Floors too, but takes `1.001` for 1001 ms, though `1.001 * 1000` is below it. */
function secondsToMs(seconds: number): number {
  const nearestMs = Math.round(seconds * 1000);
  return nearestMs / 1000 === seconds ? nearestMs : Math.floor(seconds * 1000);
}

function inRange(ms: number): EventTimeMs | undefined {
  return Math.abs(ms) <= instantMsMax ? eventTimeMs(ms + 0) : undefined;
}

/**
 * The instant that ASCII `bytes` from `start` up to `end` name as `2024-02-29T12:00:00Z` or `2024-02-29T12:00:00.000Z`, the
 * same as `parseInstant` of the text; NaN for any other text, though it may name one.
 */
export function utcInstantAt(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if ((length !== 20 && length !== 24) || bytes[end - 1] !== 0x5a) return Number.NaN;
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d || bytes[start + 10] !== 0x54) return Number.NaN;
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return Number.NaN;
  if (length === 24 && bytes[start + 19] !== 0x2e) return Number.NaN;
  const year = twoDigitsAt(bytes, start) * 100 + twoDigitsAt(bytes, start + 2);
  const month = twoDigitsAt(bytes, start + 5);
  const day = twoDigitsAt(bytes, start + 8);
  const hour = twoDigitsAt(bytes, start + 11);
  const minute = twoDigitsAt(bytes, start + 14);
  const second = twoDigitsAt(bytes, start + 17);
  const ms = length === 20 ? 0 : twoDigitsAt(bytes, start + 20) * 10 + oneDigitAt(bytes, start + 22);
  if (!(year >= 0 && ms >= 0 && second >= 0 && second <= 60 && minute >= 0 && minute <= 59)) return Number.NaN;
  if (!(hour >= 0 && hour <= 23 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)))
    return Number.NaN;
  return daysFromCivil(year, month, day) * dayMs + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms;
}

/** A large negative number where one of them is no digit, so that a sum with it is negative too. */
function twoDigitsAt(bytes: Uint8Array, at: number): number {
  return oneDigitAt(bytes, at) * 10 + oneDigitAt(bytes, at + 1);
}

function oneDigitAt(bytes: Uint8Array, at: number): number {
  const digit = (bytes[at] ?? 0) - 48;
  return digit >= 0 && digit <= 9 ? digit : -1_000_000;
}

function parseIsoInstant(text: string): EventTimeMs | undefined {
  const year = yearOf(text);
  if (year === undefined) return undefined;
  // Of `-MM-DDThh:mm`, which follows the year.
  const at = year.length;
  if (text[at] !== "-" || text[at + 3] !== "-" || !isTimeMark(text[at + 6]) || text[at + 9] !== ":") return undefined;
  const month = digits(text, at + 1, 2);
  const day = digits(text, at + 4, 2);
  const hour = digits(text, at + 7, 2);
  const minute = digits(text, at + 10, 2);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year.value, month)) return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return undefined;
  const seconds = secondsOf(text, at + 12);
  if (seconds === undefined) return undefined;
  const offsetMs = offsetMsOf(text, at + 12 + seconds.length);
  if (offsetMs === undefined) return undefined;
  const days = daysFromCivil(year.value, month, day);
  return inRange(days * dayMs + hour * 3_600_000 + minute * 60_000 + seconds.ms - offsetMs);
}

/** Number of `count` decimal digits from `at` on; -1 where one of them is none. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function isTimeMark(mark: string | undefined): boolean {
  return mark === "T" || mark === "t" || mark === " ";
}

function yearOf(text: string): { readonly value: number; readonly length: number } | undefined {
  const sign = text[0];
  const isExpanded = sign === "+" || sign === "-";
  const value = isExpanded ? digits(text, 1, 6) : digits(text, 0, 4);
  if (value < 0 || (sign === "-" && value === 0)) return undefined;
  return isExpanded ? { value: sign === "-" ? -value : value, length: 7 } : { value, length: 4 };
}

/** Of `[:ss[.fraction]]` from `at` on. */
function secondsOf(text: string, at: number): { readonly ms: number; readonly length: number } | undefined {
  if (text[at] !== ":") return { ms: 0, length: 0 };
  const second = digits(text, at + 1, 2);
  if (second < 0 || second > 60) return undefined;
  const mark = text[at + 3];
  if (mark !== "." && mark !== ",") return { ms: second * 1000, length: 3 };
  let digitCount = 0;
  let ms = 0;
  for (;;) {
    const digit = digits(text, at + 4 + digitCount, 1);
    if (digit < 0) break;
    if (digitCount < 3) ms += digit * 10 ** (2 - digitCount);
    digitCount += 1;
  }
  return digitCount === 0 ? undefined : { ms: second * 1000 + ms, length: 4 + digitCount };
}

/** Of `Z`, `±hh:mm`, `±hhmm` or `±hh`, which is all that is left from `at` on. */
function offsetMsOf(text: string, at: number): number | undefined {
  const sign = text[at];
  const length = text.length - at;
  if (sign === "Z" || sign === "z") return length === 1 ? 0 : undefined;
  if (sign !== "+" && sign !== "-") return undefined;
  const hasColon = text[at + 3] === ":";
  if (length !== 3 && length !== (hasColon ? 6 : 5)) return undefined;
  const hours = digits(text, at + 1, 2);
  const minutes = length === 3 ? 0 : digits(text, at + (hasColon ? 4 : 3), 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  const offsetMs = hours * 3_600_000 + minutes * 60_000;
  return sign === "-" ? -offsetMs : offsetMs;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/**
 * Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years are counted from March, so that the leap day
 * ends one: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
 */
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The way back: `civil_from_days` of the same page. */
function civilFromDays(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** ISO 8601 in UTC with milliseconds, `"2024-02-29T12:00:00.000Z"`: what `Date.prototype.toISOString` gives. */
export function formatInstant(at: EventTimeMs): string {
  assert(Number.isInteger(at) && Math.abs(at) <= instantMsMax, "an instant is within 100,000,000 days of the epoch");
  const days = Math.floor(at / dayMs);
  const { year, month, day } = civilFromDays(days);
  const ms = at - days * dayMs;
  const time = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  const clock = time.map((part) => padded(part, 2)).join(":");
  return `${yearText(year)}-${padded(month, 2)}-${padded(day, 2)}T${clock}.${padded(ms % 1000, 3)}Z`;
}

function yearText(year: number): string {
  if (year >= 0 && year <= 9999) return padded(year, 4);
  return `${year < 0 ? "-" : "+"}${padded(Math.abs(year), 6)}`;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
