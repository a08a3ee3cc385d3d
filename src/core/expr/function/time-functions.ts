import { FixedOffsetZone } from "luxon";
import { parseDuration } from "../../time/duration.ts";
import { parseInstant } from "../../time/iso-instant.ts";
import { calendarField, parseTimeZone, type CalendarField } from "./calendar.ts";
import { ExprError } from "../expr-error.ts";
import { fixed, ranged, wrongType, type FunctionEntry } from "./function-entry.ts";

const calendarFields: readonly CalendarField[] = [
  "getFullYear",
  "getMonth",
  "getDate",
  "getDayOfMonth",
  "getDayOfWeek",
  "getDayOfYear",
  "getHours",
  "getMinutes",
  "getSeconds",
  "getMilliseconds",
];

/** Times are epoch milliseconds and durations milliseconds; both are numbers like any other. */
export const timeFunctions: Readonly<Record<string, FunctionEntry>> = {
  timestamp: fixed(1, timestamp),
  ms: fixed(1, (text) => milliseconds("ms", text)),
  duration: fixed(1, (text) => milliseconds("duration", text)),
  ...Object.fromEntries(calendarFields.map((field) => [field, ranged(1, 2, (at, zone) => fieldOf(field, at, zone))])),
};

/** True for the functions that read a field of a time: they are refused of a duration, which CEL would divide instead. */
export function isCalendarFunction(name: string): boolean {
  return calendarFields.some((field) => field === name);
}

function timestamp(value: unknown): unknown {
  if (typeof value !== "number" && typeof value !== "string") {
    return wrongType("timestamp", "epoch milliseconds or an ISO 8601 string", value);
  }
  const at = parseInstant(value, "auto");
  if (at !== undefined) return at;
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 64)) : String(value);
  return new ExprError(
    "argument",
    `${shown} is no time; write epoch milliseconds, or ISO 8601 with an offset such as "2024-05-01T00:00:00Z"`,
  );
}

/** As documents write it, and with a sign before it, as CEL allows. */
function milliseconds(name: string, text: unknown): unknown {
  if (typeof text === "number") return text;
  if (typeof text !== "string") return wrongType(name, "a string", text);
  const isNegative = text.startsWith("-");
  const ms = parseDuration(isNegative ? text.slice(1) : text);
  if (ms !== undefined) return isNegative ? 0 - ms : ms;
  return new ExprError(
    "argument",
    `${JSON.stringify(text.slice(0, 64))} is no duration; write one such as "500ms", "30s", "1h30m" or "7d"`,
  );
}

function fieldOf(field: CalendarField, at: unknown, zone: unknown): unknown {
  if (typeof at !== "number")
    return wrongType(field, "a time in epoch milliseconds; write timestamp(…) around text", at);
  if (zone === undefined) return calendarField(field, at, FixedOffsetZone.utcInstance);
  if (typeof zone !== "string") return wrongType(field, "a time zone's name", zone);
  const parsed = parseTimeZone(zone);
  return parsed instanceof ExprError ? parsed : calendarField(field, at, parsed);
}
