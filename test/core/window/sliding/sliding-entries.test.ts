import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isNothing, nothing } from "../../../../src/core/window/aggregate-input.ts";
import { SlidingEntries } from "../../../../src/core/window/sliding/sliding-entries.ts";

function listOf(entries: SlidingEntries): readonly unknown[] {
  return Array.from({ length: entries.size }, (_, index) => {
    const at = entries.front + index;
    return [entries.time(at), entries.name(at), entries.input(0, at), entries.input(1, at)];
  });
}

const operations = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("insert" as const), time: fc.integer({ min: -20, max: 20 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("drop" as const), count: fc.nat(12) }) },
  ),
  { maxLength: 120 },
);

describe("entries", () => {
  test("are what a sorted list holds, whatever is put in and dropped", () => {
    fc.assert(
      fc.property(operations, (given) => {
        const entries = new SlidingEntries(2);
        let model: (readonly [number, number, number, string])[] = [];
        let front = 0;
        for (const [index, operation] of given.entries()) {
          if (operation.kind === "insert") {
            const { time } = operation;
            const place = model.filter(([other]) => other <= time).length;
            expect(entries.firstBehind(time)).toBe(front + place);
            entries.insert(front + place, time, index, [index / 2, `${index % 3}`]);
            model = model.toSpliced(place, 0, [time, index, index / 2, `${index % 3}`]);
          } else {
            const count = Math.min(operation.count, model.length);
            model = model.slice(count);
            front += count;
            entries.dropBefore(front);
          }
          expect(listOf(entries)).toEqual(model);
          expect([entries.front, entries.end, entries.latest()]).toEqual([
            front,
            front + model.length,
            model.at(-1)?.[0],
          ]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("make room by four where they are few, and give it back where most have left", () => {
    const entries = new SlidingEntries(0);
    const capacities: number[] = [];
    for (let time = 0; time < 1000; time += 1) {
      entries.insert(entries.end, time, time, []);
      if (time < 9) capacities.push(entries.times.length);
    }
    expect(capacities).toEqual([4, 4, 4, 4, 8, 8, 8, 8, 12]);
    entries.dropBefore(990);
    expect([entries.size, entries.times.length <= 40, entries.time(990)]).toEqual([10, true, 990]);
    entries.dropBefore(5);
    expect(entries.front).toBe(990);
  });

  test("that took nothing say so", () => {
    const entries = new SlidingEntries(2);
    entries.insert(0, 1, "a", [nothing]);
    expect([isNothing(entries.input(0, 0)), isNothing(entries.input(1, 0)), isNothing(entries.input(2, 0))]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
