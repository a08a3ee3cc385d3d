import type { JsonObject, JsonValue } from "../../src/core/base/json.ts";
import { decimalSum } from "./decimal-sum.ts";

/**
 * Windows by their definition in docs/formats.md: collect all events, sort, and apply the sentence to each. Quadratic and
 * plain on purpose; it shares nothing with src/core/window.
 */

export interface DefinedEvent {
  readonly time: number;
  readonly fields: JsonObject;
}

export interface DefinedAggregate {
  readonly kind: "count" | "sum" | "avg" | "min" | "max" | "distinct";
  readonly field: string;
  /** A field that must be true. */
  readonly where?: string | undefined;
}

export type DefinedAggregates = Readonly<Record<string, DefinedAggregate>>;

export interface DefinedRow {
  readonly event: number;
  readonly fact: Readonly<Record<string, JsonValue>>;
  readonly evidence: { readonly ids: readonly number[]; readonly count: number };
}

export interface DefinedFiring {
  /** Index of the event that it comes at; the number of events for the end of input. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
  readonly firing: "onTime" | "late";
  readonly ordinal: number;
  readonly values: Readonly<Record<string, JsonValue>>;
  readonly evidence: { readonly ids: readonly number[]; readonly count: number };
}

/** The watermark before each event and, last, after all of them. */
function watermarksBefore(events: readonly DefinedEvent[], outOfOrderness: number): readonly number[] {
  const marks = [-Infinity];
  let greatest = -Infinity;
  for (const { time } of events) {
    greatest = Math.max(greatest, time);
    marks.push(greatest - outOfOrderness - 1);
  }
  return marks;
}

export function slidingByDefinition(
  events: readonly DefinedEvent[],
  {
    size,
    outOfOrderness,
    where,
    aggregates,
  }: {
    readonly size: number;
    readonly outOfOrderness: number;
    readonly where?: string | undefined;
    readonly aggregates: DefinedAggregates;
  },
): { readonly rows: readonly DefinedRow[]; readonly late: readonly number[] } {
  const marks = watermarksBefore(events, outOfOrderness);
  const indexed = events.map((event, index) => ({ ...event, index, isLate: event.time <= (marks[index] ?? 0) }));
  const late = indexed.filter(({ isLate }) => isLate).map(({ index }) => index);
  const entered = indexed
    .filter(({ isLate, fields }) => !isLate && (where === undefined || fields[where] === true))
    .sort((a, b) => a.time - b.time || a.index - b.index);
  const rows = entered.map((event, place) => {
    const inside = entered.slice(0, place + 1).filter(({ time }) => time > event.time - size);
    return {
      event: event.index,
      fact: {
        ...valuesOf(inside, aggregates),
        start: event.time - size,
        end: event.time,
        firing: "onTime",
        previous: null,
      },
      evidence: evidenceOf(inside.map(({ index }) => index)),
    };
  });
  return { rows, late };
}

export function tumblingByDefinition(
  events: readonly DefinedEvent[],
  {
    size,
    offset,
    allowedLateness,
    outOfOrderness,
    where,
    aggregates,
  }: {
    readonly size: number;
    readonly offset: number;
    readonly allowedLateness: number;
    readonly outOfOrderness: number;
    readonly where?: string | undefined;
    readonly aggregates: DefinedAggregates;
  },
): { readonly firings: readonly DefinedFiring[]; readonly late: readonly number[] } {
  const marks = watermarksBefore(events, outOfOrderness);
  const placed = events
    .map((event, index) => ({ ...event, index, end: (Math.floor((event.time - offset) / size) + 1) * size + offset }))
    .filter(({ fields }) => where === undefined || fields[where] === true)
    .map((event) => ({ ...event, isLate: event.end - 1 + allowedLateness <= (marks[event.index] ?? 0) }));
  const late = placed.filter(({ isLate }) => isLate).map(({ index }) => index);
  const kept = placed.filter(({ isLate }) => !isLate);
  const firings: DefinedFiring[] = [];
  for (const end of new Set(kept.map((event) => event.end))) {
    const inside = kept.filter((event) => event.end === end);
    const passedBy = marks.findIndex((mark) => mark >= end - 1) - 1;
    const dueAt = passedBy < 0 ? events.length : passedBy;
    const moments = [...new Set([dueAt, ...inside.map(({ index }) => index).filter((index) => index > dueAt)])];
    const told = moments
      .map((at) => ({ at, contents: inside.filter(({ index }) => index <= at) }))
      .filter(({ contents }) => contents.length > 0);
    for (const [ordinal, { at, contents }] of told.entries()) {
      firings.push({
        at,
        start: end - size,
        end,
        firing: at === dueAt ? "onTime" : "late",
        ordinal,
        values: valuesOf(contents, aggregates),
        evidence: evidenceOf(contents.map(({ index }) => index)),
      });
    }
  }
  const rank = ({ firing }: DefinedFiring): number => (firing === "late" ? 0 : 1);
  return { firings: firings.sort((a, b) => a.at - b.at || rank(a) - rank(b) || a.end - b.end), late };
}

function evidenceOf(indexes: readonly number[]): { readonly ids: readonly number[]; readonly count: number } {
  return { ids: indexes.slice(-100), count: indexes.length };
}

function valuesOf(
  events: readonly { readonly fields: JsonObject }[],
  aggregates: DefinedAggregates,
): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(aggregates).map(([name, { kind, field, where }]) => {
      const taken = events.filter(({ fields }) => where === undefined || fields[where] === true);
      if (kind === "count") return [name, taken.length];
      return [
        name,
        valueOf(
          kind,
          taken.map(({ fields }) => fields[field]),
        ),
      ];
    }),
  );
}

function valueOf(
  kind: Exclude<DefinedAggregate["kind"], "count">,
  found: readonly (JsonValue | undefined)[],
): JsonValue {
  const numbers = found.filter((value) => typeof value === "number").map((value) => value + 0);
  const finite = (value: number): JsonValue => (Number.isFinite(value) ? value + 0 : null);
  switch (kind) {
    case "sum":
      return finite(decimalSum(numbers));
    case "avg":
      return numbers.length === 0 ? null : finite(decimalSum(numbers) / numbers.length);
    case "min":
      return numbers.toSorted((a, b) => a - b)[0] ?? null;
    case "max":
      return numbers.toSorted((a, b) => b - a)[0] ?? null;
    case "distinct":
      return new Set(
        found.filter((value) => value !== undefined && value !== null).map((value) => JSON.stringify(value)),
      ).size;
  }
}
