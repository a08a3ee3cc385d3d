import type { Relation } from "../json/coercion.ts";

/** A range of numbers; infinities are numbers like others. */
export interface Interval {
  readonly low: number;
  readonly isLowOpen: boolean;
  readonly high: number;
  readonly isHighOpen: boolean;
}

/** A set of numbers: intervals in ascending order that do not overlap. NaN is in none. */
export type Intervals = readonly Interval[];

export const allNumbers: Intervals = [
  { low: Number.NEGATIVE_INFINITY, isLowOpen: false, high: Number.POSITIVE_INFINITY, isHighOpen: false },
];

/** The numbers that stand in a relation to `bound`, as in `x < bound`; none for NaN. */
export function numbersThatAre(relation: Relation, bound: number): Intervals {
  if (Number.isNaN(bound)) return [];
  const [all] = allNumbers;
  if (all === undefined) return [];
  const isOpen = relation === "<" || relation === ">";
  const interval: Interval =
    relation === "<" || relation === "<="
      ? { ...all, high: bound, isHighOpen: isOpen }
      : { ...all, low: bound, isLowOpen: isOpen };
  return isVoid(interval) ? [] : [interval];
}

/** The set of the numbers given; NaN is left out. */
export function numbersOf(values: Iterable<number>): Intervals {
  const points = [...new Set(values)].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return points.map((value) => ({ low: value, isLowOpen: false, high: value, isHighOpen: false }));
}

/** Every number but those given. */
export function numbersExcept(values: Iterable<number>): Intervals {
  const gaps: Interval[] = [];
  let low = Number.NEGATIVE_INFINITY;
  let isLowOpen = false;
  for (const { low: point } of numbersOf(values)) {
    const gap = { low, isLowOpen, high: point, isHighOpen: true };
    if (!isVoid(gap)) gaps.push(gap);
    low = point;
    isLowOpen = true;
  }
  const last = { low, isLowOpen, high: Number.POSITIVE_INFINITY, isHighOpen: false };
  if (!isVoid(last)) gaps.push(last);
  return gaps;
}

/** The numbers in both. */
export function intersectNumbers(left: Intervals, right: Intervals): Intervals {
  const common: Interval[] = [];
  let index = 0;
  let other = 0;
  for (;;) {
    const a = left[index];
    const b = right[other];
    if (a === undefined || b === undefined) return common;
    const both = overlapOf(a, b);
    if (!isVoid(both)) common.push(both);
    if (a.high < b.high || (a.high === b.high && a.isHighOpen)) index += 1;
    else other += 1;
  }
}

/** The numbers in either. */
export function uniteNumbers(left: Intervals, right: Intervals): Intervals {
  const united: Interval[] = [];
  const sorted = [...left, ...right].sort((a, b) => a.low - b.low || Number(a.isLowOpen) - Number(b.isLowOpen));
  for (const next of sorted) {
    const last = united.at(-1);
    const touches =
      last !== undefined && (next.low < last.high || (next.low === last.high && !(next.isLowOpen && last.isHighOpen)));
    if (last === undefined || !touches) united.push(next);
    else if (next.high > last.high || (next.high === last.high && last.isHighOpen))
      united[united.length - 1] = { ...last, high: next.high, isHighOpen: next.isHighOpen };
  }
  return united;
}

/** The one number of an interval that has no other. */
export function pointOf({ low, high, isLowOpen, isHighOpen }: Interval): number | undefined {
  return low === high && !isLowOpen && !isHighOpen ? low : undefined;
}

function isVoid({ low, high, isLowOpen, isHighOpen }: Interval): boolean {
  return low > high || (low === high && (isLowOpen || isHighOpen));
}

function overlapOf(a: Interval, b: Interval): Interval {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return {
    low,
    isLowOpen: (a.low === low && a.isLowOpen) || (b.low === low && b.isLowOpen),
    high,
    isHighOpen: (a.high === high && a.isHighOpen) || (b.high === high && b.isHighOpen),
  };
}
