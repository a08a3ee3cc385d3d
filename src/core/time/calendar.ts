import { DateTime, FixedOffsetZone, IANAZone, type Zone } from "luxon";

export type CalendarUnit = "hour" | "day" | "week" | "month";

const hourMs = 3_600_000;
const instantMsMax = 8.64e15;
/** No two changes of a zone's offset are so close, and no offset is half as great. */
const reachMs = 36 * hourMs;
const keptMax = 4;
/** Here all weeks and months are whole, luxon's reckoning included. */
const firstWholeMs = -instantMsMax + 400 * 24 * hourMs;

/**
 * The hours, days, weeks (from Monday) or months of a time zone, one after the other without a gap.
 *
 * A day, week or month is from its first instant to the first instant of the next one: where midnight does not exist it begins with the
 * change, where midnight comes twice with the first; a day that a zone left out has no instants. An hour is one of the wall clock, and a
 * change of the offset ends it: where a clock is set back by an hour, the repeated one is an hour of its own; where it is set forward or
 * back by 30 minutes, one of the hours has 30.
 *
 * The bounds found last are kept, so that a question about a time within them costs a comparison.
 */
export class Calendar {
  readonly unit: CalendarUnit;
  readonly zone: Zone;
  /** Bounds found last, in turn. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  turn = 0;

  /** `timeZone` is an IANA name. */
  constructor(unit: CalendarUnit, timeZone: string) {
    this.unit = unit;
    this.zone = IANAZone.create(timeZone);
  }

  /** First instant of the unit that holds `at`. */
  startOf(at: number): number {
    return this.starts[this.find(at)] ?? at;
  }

  /** First instant of the next one. */
  endOf(at: number): number {
    return this.ends[this.find(at)] ?? at + 1;
  }

  private find(at: number): number {
    for (let index = 0; index < this.starts.length; index += 1) {
      const start = this.starts[index];
      const end = this.ends[index];
      if (start !== undefined && end !== undefined && start <= at && at < end) return index;
    }
    const index = this.turn;
    this.turn = (index + 1) % keptMax;
    const { start, end } = this.unit === "hour" ? hourOf(this.zone, at) : dateOf(this.zone, this.unit, at);
    this.starts[index] = start;
    this.ends[index] = end;
    return index;
  }
}

interface Bounds {
  readonly start: number;
  readonly end: number;
}

function hourOf(zone: Zone, at: number): Bounds {
  const offset = offsetMs(zone, at);
  const local = at + offset;
  const start = local - mod(local, hourMs) - offset;
  const end = start + hourMs;
  return {
    start: offsetMs(zone, start) === offset ? start : changeIn(zone, start, at),
    end: offsetMs(zone, end - 1) === offset ? end : changeIn(zone, at, end - 1),
  };
}

function dateOf(zone: Zone, unit: Exclude<CalendarUnit, "hour">, at: number): Bounds {
  const local = Math.min(Math.max(at + offsetMs(zone, at), firstWholeMs), instantMsMax);
  let clock = DateTime.fromMillis(local, { zone: FixedOffsetZone.utcInstance }).startOf(unit);
  let start = firstInstant(zone, clock.toMillis());
  if (at < start) return { start: -instantMsMax, end: start };
  for (;;) {
    clock = clock.plus({ [unit]: 1 });
    const end = clock.isValid ? firstInstant(zone, clock.toMillis()) : instantMsMax + 1;
    // A clock that is set back over midnight shows the day before again.
    if (end > at || end > instantMsMax) return { start, end: Math.max(end, at + 1) };
    start = end;
  }
}

/** The first instant at which the zone's clock shows `local` or more, as epoch milliseconds of that reading. */
function firstInstant(zone: Zone, local: number): number {
  const low = local - reachMs;
  const high = local + reachMs;
  const before = offsetMs(zone, low);
  const after = offsetMs(zone, high);
  if (before === after) return local - before;
  const change = changeIn(zone, low, high);
  return local - before < change ? local - before : Math.max(change, local - after);
}

/** First instant behind `low` with another offset; there is one up to `high`. */
function changeIn(zone: Zone, low: number, high: number): number {
  const before = offsetMs(zone, low);
  let same = low;
  let other = high;
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetMs(zone, middle) === before) same = middle;
    else other = middle;
  }
  return other;
}

/** What the zone's clock is ahead of UTC; in the last days that there are, where it may show no date, what it is before them. */
function offsetMs(zone: Zone, at: number): number {
  return Math.round(zone.offset(clamped(at, instantMsMax - reachMs)) * 60_000);
}

function clamped(at: number, most: number): number {
  return Math.min(Math.max(at, -most), most);
}

function mod(value: number, divisor: number): number {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}
