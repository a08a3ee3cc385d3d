import type { JsonValue } from "../../base/json.ts";
import { createAggregateState } from "../aggregate/create-aggregate-state.ts";
import { isNothing, nothing } from "../aggregate-input.ts";
import type { ValueMoment } from "../aggregate-state.ts";
import type { SlidingEntries } from "./sliding-entries.ts";
import type { SlidingAggregate, SlidingPlan } from "./sliding-plan.ts";
import { createSlidingTotal, type SlidingTotal } from "./sliding-total.ts";

/** Over so many entries totals are kept; over fewer, aggregates are worked out when they are read. */
const untotalledCountMax = 16;

/** Totals are let go of at so many, fewer than make them, so that they don't come and go. */
const totalledCountMin = 8;

/** Total of one column, and what is to be known beside it. */
interface KeptTotal {
  total: SlidingTotal;
  /** Numbers of the entries that a limit kept out, ascending. */
  refused: number[];
  /** An entry was put where the total can't take it: it is made anew before it is used. */
  isStale: boolean;
}

/**
 * Where one window stands in the entries: it holds those from `head` to before `tail`. Those before it have left; those
 * behind have not entered yet. Neither goes back.
 */
export class SlidingRange {
  head: number;
  tail: number;
  /** One for each column; undefined while there are few entries. */
  totals: KeptTotal[] | undefined = undefined;

  constructor(at: number) {
    this.head = at;
    this.tail = at;
  }

  get size(): number {
    return this.tail - this.head;
  }
}

/** Moves a range on to `(start, end]`. Gives the number of inputs that a limit kept out. */
export function moveRange(
  plan: SlidingPlan,
  entries: SlidingEntries,
  range: SlidingRange,
  start: number,
  end: number,
): number {
  let skipped = refreshTotals(plan, entries, range);
  while (range.tail < entries.end && entries.time(range.tail) <= end) {
    if (range.size === 0 && entries.time(range.tail) <= start) range.head += 1;
    else skipped += enterTotals(entries, range.totals, range.tail);
    range.tail += 1;
  }
  while (range.head < range.tail && entries.time(range.head) <= start) leaveOldest(entries, range);
  if (range.totals === undefined) {
    if (range.size > untotalledCountMax && plan.columnCount > 0) skipped += makeTotals(plan, entries, range, []);
  } else if (range.size <= totalledCountMin) {
    range.totals = undefined;
  }
  return skipped;
}

/** The oldest entry of all leaves early, whether it had entered or not. */
export function shedFront(plan: SlidingPlan, entries: SlidingEntries, range: SlidingRange): number {
  if (range.head > entries.front) return 0;
  const skipped = refreshTotals(plan, entries, range);
  if (range.size > 0) {
    leaveOldest(entries, range);
  } else {
    range.head += 1;
    range.tail += 1;
  }
  return skipped;
}

/** An entry was put in and has the number `sequence`; those behind it have been moved one on. Gives 1 for each input that a limit kept out. */
export function putIntoRange(entries: SlidingEntries, range: SlidingRange, sequence: number): number {
  // Behind those that have entered it enters in its turn.
  if (sequence >= range.tail) return 0;
  range.tail += 1;
  const isHeld = sequence >= range.head;
  if (!isHeld) range.head += 1;
  let skipped = 0;
  for (const [column, kept] of (range.totals ?? []).entries()) {
    if (kept.refused.length > 0)
      kept.refused = kept.refused.map((refused) => (refused >= sequence ? refused + 1 : refused));
    if (kept.isStale) continue;
    const input = isHeld ? entries.input(column, sequence) : nothing;
    const isTaken = kept.total.put(isNothing(input) ? undefined : input, entries.time(sequence), sequence);
    kept.isStale = isTaken === undefined;
    if (isTaken !== false) continue;
    skipped += 1;
    kept.refused = [...kept.refused, sequence].sort((a, b) => a - b);
  }
  return skipped;
}

/** Makes the totals of what the range holds, but for entries that a limit kept out, by column. */
export function makeTotals(
  plan: SlidingPlan,
  entries: SlidingEntries,
  range: SlidingRange,
  refused: readonly (readonly number[])[],
): number {
  const totals: KeptTotal[] = [];
  range.totals = totals;
  let skipped = 0;
  for (const { program, column } of plan.aggregates) {
    if (column === undefined) continue;
    const kept = { total: createSlidingTotal(program), refused: [...(refused[column] ?? [])], isStale: false };
    totals.push(kept);
    skipped += fillTotal(entries, range, column, kept);
  }
  return skipped;
}

function refreshTotals(plan: SlidingPlan, entries: SlidingEntries, range: SlidingRange): number {
  if (range.totals === undefined) return 0;
  let skipped = 0;
  for (const { program, column } of plan.aggregates) {
    const kept = column === undefined ? undefined : range.totals[column];
    if (column === undefined || kept?.isStale !== true) continue;
    kept.total = createSlidingTotal(program);
    kept.isStale = false;
    skipped += fillTotal(entries, range, column, kept);
  }
  return skipped;
}

function fillTotal(entries: SlidingEntries, { head, tail }: SlidingRange, column: number, kept: KeptTotal): number {
  const known = kept.refused;
  const refused: number[] = [];
  let knownIndex = 0;
  for (let sequence = head; sequence < tail; sequence += 1) {
    if (known[knownIndex] === sequence) {
      knownIndex += 1;
      refused.push(sequence);
    } else if (!takes(kept.total, entries, column, sequence)) {
      refused.push(sequence);
    }
  }
  kept.refused = refused;
  return refused.length - knownIndex;
}

/** False where a limit kept the entry out. */
function takes(total: SlidingTotal, entries: SlidingEntries, column: number, sequence: number): boolean {
  const input = entries.input(column, sequence);
  return isNothing(input) || total.enter(input, entries.time(sequence), sequence);
}

function enterTotals(entries: SlidingEntries, totals: readonly KeptTotal[] | undefined, sequence: number): number {
  if (totals === undefined) return 0;
  let skipped = 0;
  for (let column = 0; column < totals.length; column += 1) {
    const kept = totals[column];
    if (kept === undefined || takes(kept.total, entries, column, sequence)) continue;
    kept.refused.push(sequence);
    skipped += 1;
  }
  return skipped;
}

function leaveOldest(entries: SlidingEntries, range: SlidingRange): void {
  const { head, totals } = range;
  range.head += 1;
  if (totals === undefined) return;
  for (let column = 0; column < totals.length; column += 1) {
    const kept = totals[column];
    if (kept === undefined) continue;
    const input = entries.input(column, head);
    if (kept.refused[0] === head) kept.refused.shift();
    else if (!isNothing(input)) kept.total.leave(input, entries.time(head), head);
  }
}

/** What the aggregate gives over the range. */
export function rangeValue(
  { program, column }: SlidingAggregate,
  entries: SlidingEntries,
  range: SlidingRange,
  moment: ValueMoment,
): JsonValue {
  const kept = column === undefined ? undefined : range.totals?.[column];
  if (kept !== undefined) return kept.total.value(moment);
  if (column === undefined) {
    if (program.kind !== "rate") return range.size;
    const { start, end } = moment;
    return end > start ? (range.size * program.unitMs) / (end - start) : null;
  }
  const state = createAggregateState(program);
  for (let sequence = range.head; sequence < range.tail; sequence += 1) {
    const input = entries.input(column, sequence);
    if (!isNothing(input)) state.add(input, entries.time(sequence), sequence);
  }
  return state.value(moment);
}
