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
