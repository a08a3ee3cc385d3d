import { describe, expect, test } from "vitest";
import { eventTimeMs } from "../../../../src/core/time/instant.ts";
import { SlidingEntries } from "../../../../src/core/window/sliding/sliding-entries.ts";
import { slidingPlanOf } from "../../../../src/core/window/sliding/sliding-plan.ts";
import {
  makeTotals,
  moveRange,
  putIntoRange,
  rangeValue,
  shedFront,
  SlidingRange,
} from "../../../../src/core/window/sliding/sliding-range.ts";
import { storeOf } from "../window-kit.ts";

const plan = slidingPlanOf(
  storeOf([
    { type: "sliding", size: "1s", aggregate: { least: { min: "x" }, list: { collect: "x" }, sum: { sum: "x" } } },
  ]),
);

/** Entries at 0, 10, 20, … whose inputs are 1, 2, 3, … */
function entriesOf(count: number): SlidingEntries {
  const entries = new SlidingEntries(plan.columnCount);
  for (let index = 0; index < count; index += 1)
    entries.insert(index, index * 10, index, [index + 1, index + 1, index + 1]);
  return entries;
}

function putAt(entries: SlidingEntries, range: SlidingRange, time: number, input: number): number {
  const sequence = entries.firstBehind(time);
  entries.insert(sequence, time, "late", [input, input, input]);
  return putIntoRange(entries, range, sequence);
}

function valuesOf(entries: SlidingEntries, range: SlidingRange) {
  const moment = { start: 0, end: 1, at: eventTimeMs(1) };
  const [least, list, sum] = plan.aggregates.map((aggregate) => rangeValue(aggregate, entries, range, moment));
  return { least, list, sum };
}

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("a range", () => {
  test.each([
    { why: "of all", start: -1, end: 1e3, bounds: [0, 40] },
    { why: "without the one at its start, with the one at its end", start: 10, end: 30, bounds: [2, 4] },
    { why: "between two", start: 11, end: 19, bounds: [2, 2] },
    { why: "before all", start: -9, end: -1, bounds: [0, 0] },
    { why: "behind all", start: 1e3, end: 2e3, bounds: [40, 40] },
  ])("stands at the entries of its times: $why", ({ start, end, bounds }) => {
    const entries = entriesOf(40);
    const range = new SlidingRange(0);
    moveRange(plan, entries, range, start, end);
    expect([range.head, range.tail]).toEqual(bounds);
  });

  test("keeps totals over more than 16 entries, until 8 are left", () => {
    const entries = entriesOf(40);
    const range = new SlidingRange(0);
    const seen = [150, 160, 200].map((end) => {
      moveRange(plan, entries, range, -1, end);
      return range.totals !== undefined;
    });
    expect(seen).toEqual([false, true, true]);
    const left = [119, 120].map((start) => {
      moveRange(plan, entries, range, start, 200);
      return [range.size, range.totals !== undefined];
    });
    expect(left).toEqual([
      [9, true],
      [8, false],
    ]);
    expect(valuesOf(entries, range)).toEqual({ least: 14, list: upTo(14, 21), sum: 140 });
  });
});

describe("an entry that is put in its place", () => {
  test("is taken by totals as they are where they can, and makes the others anew", () => {
    const entries = entriesOf(40);
    const range = new SlidingRange(0);
    moveRange(plan, entries, range, 50, 300);
    const before = range.totals?.map(({ total }) => total);
    expect(putAt(entries, range, 100, 2)).toBe(0);
    expect(range.totals?.map(({ isStale }) => isStale)).toEqual([false, true, false]);
    moveRange(plan, entries, range, 50, 300);
    const after = range.totals?.map(({ total }) => total);
    expect(after?.map((total, index) => total === before?.[index])).toEqual([true, false, true]);
    expect(valuesOf(entries, range)).toEqual({
      least: 2,
      list: [...upTo(7, 11), 2, ...upTo(12, 31)],
      sum: 2 + (38 * 25) / 2,
    });
    moveRange(plan, entries, range, 100, 300);
    expect(valuesOf(entries, range)).toEqual({ least: 12, list: upTo(12, 31), sum: (43 * 20) / 2 });
  });

  test("changes nothing where the window has moved on beyond it or is not there yet", () => {
    const entries = entriesOf(40);
    const range = new SlidingRange(0);
    moveRange(plan, entries, range, 50, 300);
    expect([putAt(entries, range, 20, -1), putAt(entries, range, 350, -2)]).toEqual([0, 0]);
    expect([range.head, range.tail, range.totals?.some(({ isStale }) => isStale)]).toEqual([7, 32, false]);
    moveRange(plan, entries, range, 60, 310);
    expect(valuesOf(entries, range)).toEqual({ least: 8, list: upTo(8, 32), sum: (40 * 25) / 2 });
  });
});

describe("what a limit keeps out", () => {
  const grouping = slidingPlanOf(
    storeOf([{ type: "sliding", size: "1s", aggregate: { groups: { per: "x", of: "count", give: "count" } } }]),
  );

  test("of totals is remembered, so that it does not leave them", () => {
    const entries = entriesOf(20);
    const range = new SlidingRange(0);
    range.tail = 20;
    expect(makeTotals(plan, entries, range, [[], [], [0, 3]])).toBe(0);
    expect(valuesOf(entries, range).sum).toBe(210 - 1 - 4);
    putAt(entries, range, 15, 100);
    expect(range.totals?.[2]?.refused).toEqual([0, 4]);
    moveRange(plan, entries, range, 30, 190);
    expect([valuesOf(entries, range).sum, range.totals?.[2]?.refused]).toEqual([210 - 1 - 2 - 3 - 4, []]);
    expect(grouping.columnCount).toBe(1);
  });
});

describe("the oldest entry leaves early", () => {
  test.each([
    { why: "where the range holds it", head: 0, tail: 3, bounds: [1, 3] },
    { why: "where it has not entered", head: 0, tail: 0, bounds: [1, 1] },
    { why: "not again where it has left", head: 2, tail: 3, bounds: [2, 3] },
  ])("$why", ({ head, tail, bounds }) => {
    const range = new SlidingRange(head);
    range.tail = tail;
    shedFront(plan, entriesOf(5), range);
    expect([range.head, range.tail]).toEqual(bounds);
  });
});
