import { canonicalJson, type JsonObject, type JsonValue } from "../base/json.ts";
import { wholeOf, type TocsinEvent } from "../event/event.ts";

/** Members of a step's fact, for the names in a fault. */
export const stepFactMembers = [
  "count",
  "first",
  "last",
  "sum",
  "avg",
  "min",
  "max",
  "distinct",
  "durationMs",
] as const;

type ByField<T> = Readonly<Record<string, T>>;

/**
 * The events that one step has taken, as conditions and templates see them. All members are its own and enumerable, so a
 * CEL member, a JSON path and `JSON.stringify` find them alike; those over fields are worked out when first read, from the
 * whole events.
 *
 * `sum`, `avg`, `min` and `max` have a member for each field that held a finite number in one of the events (other values
 * are skipped), `distinct` the number of different values for each field that held one other than null. A field that the
 * pattern's conditions ask for is always there: of no values its sum is 0 and the rest null.
 */
export interface StepFact {
  readonly count: number;
  /** The event's fields as they came; null of no events. */
  readonly first: JsonObject | null;
  readonly last: JsonObject | null;
  readonly sum: ByField<number>;
  readonly avg: ByField<number | null>;
  readonly min: ByField<number | null>;
  readonly max: ByField<number | null>;
  readonly distinct: ByField<number | null>;
  /** From the first event's time to the last one's; null of no events. */
  readonly durationMs: number | null;
}

/** What the numbers of one field come to. */
export interface FieldTotals {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export type Totals = ReadonlyMap<string, FieldTotals>;

export const noTotals: Totals = new Map();

/** The totals with one more event. The map given is left as it is: other partial matches may hold it. */
export function totalsWith(totals: Totals, event: TocsinEvent): Totals {
  const result = new Map(totals);
  for (const [field, value] of Object.entries(wholeOf(event))) {
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    const before = result.get(field);
    result.set(
      field,
      before === undefined
        ? { count: 1, sum: value, min: value, max: value }
        : {
            count: before.count + 1,
            sum: before.sum + value,
            min: Math.min(before.min, value),
            max: Math.max(before.max, value),
          },
    );
  }
  return result;
}

/** The events of one step, however they are held. */
export interface StepEvents {
  readonly count: number;
  readonly first: TocsinEvent | undefined;
  readonly last: TocsinEvent | undefined;
  totals(): Totals;
  /** In any order. */
  events(): Iterable<TocsinEvent>;
}

export function stepFactOf(taken: StepEvents, fields: readonly string[]): StepFact {
  const { count, first, last } = taken;
  let totals: Totals | undefined;
  let distinct: ByField<number | null> | undefined;
  const numbers = (): Totals => {
    totals ??= taken.totals();
    return totals;
  };
  return {
    count,
    get first() {
      return first === undefined ? null : wholeOf(first);
    },
    get last() {
      return last === undefined ? null : wholeOf(last);
    },
    get sum() {
      return byField(numbers(), fields, 0, (field) => field.sum);
    },
    get avg() {
      return byField<number | null>(numbers(), fields, null, (field) => field.sum / field.count);
    },
    get min() {
      return byField<number | null>(numbers(), fields, null, (field) => field.min);
    },
    get max() {
      return byField<number | null>(numbers(), fields, null, (field) => field.max);
    },
    get distinct() {
      distinct ??= distinctCounts(taken.events(), fields);
      return distinct;
    },
    durationMs: first === undefined || last === undefined ? null : last.time - first.time,
  };
}

/** The fact of events held in an array, in the order taken. */
export function stepFactOfEvents(events: readonly TocsinEvent[], fields: readonly string[]): StepFact {
  return stepFactOf(
    {
      count: events.length,
      first: events[0],
      last: events.at(-1),
      totals: () => events.reduce(totalsWith, noTotals),
      events: () => events,
    },
    fields,
  );
}

/** `Object.fromEntries` makes own members of every name, `__proto__` too. */
function byField<T>(
  totals: Totals,
  fields: readonly string[],
  ofNone: T,
  valueOf: (totals: FieldTotals) => T,
): ByField<T> {
  const members = new Map<string, T>(fields.map((field) => [field, ofNone]));
  for (const [field, value] of totals) members.set(field, valueOf(value));
  return Object.fromEntries(members);
}

function distinctCounts(events: Iterable<TocsinEvent>, fields: readonly string[]): ByField<number | null> {
  const values = new Map<string, Set<string | JsonValue>>();
  for (const event of events) {
    for (const [field, value] of Object.entries(wholeOf(event))) {
      if (value === null) continue;
      const seen = values.get(field) ?? new Set();
      values.set(field, seen);
      seen.add(typeof value === "string" ? `s${value}` : canonicalJson(value));
    }
  }
  const members = new Map<string, number | null>(fields.map((field) => [field, null]));
  for (const [field, seen] of values) members.set(field, seen.size);
  return Object.fromEntries(members);
}
