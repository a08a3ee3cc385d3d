import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EventTimeMs, eventTimeMs } from "../../../src/core/time/instant.ts";
import { TimerHeap } from "../../../src/core/time/timer-heap.ts";

type Entry = readonly [time: number, operatorIndex: number, slot: number];

function heapOf(entries: readonly Entry[]): TimerHeap<EventTimeMs> {
  const heap = new TimerHeap<EventTimeMs>();
  for (const [time, operatorIndex, slot] of entries) heap.push(eventTimeMs(time), operatorIndex, slot);
  return heap;
}

function drain(heap: TimerHeap<EventTimeMs>): Entry[] {
  const taken: Entry[] = [];
  for (let time = heap.first; time !== undefined; time = heap.first) {
    taken.push([time, heap.firstOperator, heap.firstSlot]);
    heap.pop();
  }
  return taken;
}

const compare = (a: Entry, b: Entry): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

const entry: fc.Arbitrary<Entry> = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.nat(3), fc.nat(3));

describe("a heap of timers", () => {
  test("gives its entries by time, each with what came with it", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 80 }), (entries) => {
        const taken = drain(heapOf(entries));
        expect(taken.map(([time]) => time)).toEqual(entries.map(([time]) => time).sort((a, b) => a - b));
        expect(taken.toSorted(compare)).toEqual(entries.toSorted(compare));
      }),
      { numRuns: 200 },
    );
  });

  test("has the least first, whatever is put in and taken in between", () => {
    fc.assert(
      fc.property(fc.array(fc.option(entry, { nil: undefined }), { maxLength: 80 }), (steps) => {
        const heap = heapOf([]);
        let model: number[] = [];
        for (const step of steps) {
          if (step === undefined) {
            heap.pop();
            model = model.slice(1);
          } else {
            heap.push(eventTimeMs(step[0]), step[1], step[2]);
            model = [...model, step[0]].sort((a, b) => a - b);
          }
          expect([heap.size, heap.first]).toEqual([model.length, model[0]]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("keeps what is asked for and is a heap still", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 80 }), fc.nat(3), (entries, gone) => {
        const heap = heapOf(entries);
        heap.retain((_time, operatorIndex) => operatorIndex !== gone);
        const kept = entries.filter(([, operatorIndex]) => operatorIndex !== gone);
        const seen: Entry[] = [];
        heap.forEach((time, operatorIndex, slot) => seen.push([time, operatorIndex, slot]));
        expect([heap.size, seen.toSorted(compare)]).toEqual([kept.length, kept.toSorted(compare)]);
        expect(drain(heap).map(([time]) => time)).toEqual(kept.map(([time]) => time).sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });

  test("that is empty has no first entry, and nothing to take", () => {
    const heap = heapOf([]);
    heap.pop();
    expect([heap.size, heap.first, heap.firstOperator, heap.firstSlot]).toEqual([0, undefined, -1, -1]);
  });
});
