import { DateTime, FixedOffsetZone, IANAZone, type Zone } from "luxon";
import { ExprError } from "../expr-error.ts";

/** CEL's fields of a timestamp, with CEL's own counting. */
export type CalendarField =
  | "getFullYear"
  | "getMonth"
  | "getDate"
  | "getDayOfMonth"
  | "getDayOfWeek"
  | "getDayOfYear"
  | "getHours"
  | "getMinutes"
  | "getSeconds"
  | "getMilliseconds";

const instantMsMax = 8.64e15;

/**
 * A field of an instant in a time zone: months, days of the month (`getDayOfMonth`) and of the year from 0, `getDate` from
 * 1, weeks from Sunday, 0.
 */
export function calendarField(field: CalendarField, epochMs: number, zone: Zone): number | ExprError {
  if (!(Math.abs(epochMs) <= instantMsMax)) return new ExprError("argument", `${epochMs} is no time`);
  const at = DateTime.fromMillis(epochMs, { zone });
  switch (field) {
    case "getFullYear":
      return at.year;
    case "getMonth":
      return at.month - 1;
    case "getDate":
      return at.day;
    case "getDayOfMonth":
      return at.day - 1;
    case "getDayOfWeek":
      return at.weekday % 7;
    case "getDayOfYear":
      return at.ordinal - 1;
    case "getHours":
      return at.hour;
    case "getMinutes":
      return at.minute;
    case "getSeconds":
      return at.second;
    case "getMilliseconds":
      return at.millisecond;
  }
}

/** Zones by their text as written; at the limit the oldest goes, for texts may come from events. */
const zones = new Map<string, Zone | ExprError>();
const zoneCountMax = 1024;

/** An IANA name, `UTC`, or an offset `±hh:mm`, as CEL allows. Never the machine's own zone. */
export function parseTimeZone(text: string): Zone | ExprError {
  const known = zones.get(text);
  if (known !== undefined) return known;
  if (zones.size >= zoneCountMax) {
    for (const oldest of zones.keys()) {
      zones.delete(oldest);
      break;
    }
  }
  const zone = createZone(text);
  zones.set(text, zone);
  return zone;
}

function createZone(text: string): Zone | ExprError {
  if (text === "UTC" || text === "Z") return FixedOffsetZone.utcInstance;
  const offset = /^([+-]?)(\d{2}):(\d{2})$/.exec(text);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return FixedOffsetZone.instance(offset[1] === "-" ? -minutes : minutes);
  }
  const name = canonicalZoneName(text);
  if (name !== undefined) return IANAZone.create(name);
  const shown = JSON.stringify(text.slice(0, 64));
  return new ExprError(
    "argument",
    `${shown} is no time zone; write an IANA name such as "Asia/Shanghai", or an offset such as "+08:00"`,
  );
}

/** One spelling for each zone, so that luxon's own cache, which has no limit, holds no more than there are zones. */
function canonicalZoneName(text: string): string | undefined {
  if (!/^[A-Za-z][\w/+-]{0,63}$/.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
