import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyString } from "../../../src/core/event/key.ts";
import { KeyRecord } from "../../../src/core/shard/key-record.ts";
import type { KeyRecords } from "../../../src/core/shard/key-records.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import { createWindowState } from "../../../src/core/window/window-store.ts";
import { planOf, settingsOf } from "./scenario.ts";

const plan = planOf({
  rules: [
    {
      id: "r",
      key: ["u"],
      windows: { w: { type: "sliding", size: "1h", aggregate: { n: "count" } } },
      conditions: "true",
    },
  ],
});

function newRecords(): KeyRecords {
  const [records] = new Shard(plan, settingsOf()).records;
  if (records === undefined) throw new Error("no dimension");
  return records;
}

function recordOf(home: KeyRecords, value: string | number): KeyRecord {
  return new KeyRecord({ home, keyString: keyString([value]), group: 0, values: [value], key: { u: value } });
}

function addTo(records: KeyRecords, ...values: readonly (string | number)[]): readonly KeyRecord[] {
  return values.map((value) => {
    const record = recordOf(records, value);
    records.add(record);
    return record;
  });
}

const keysOf = (records: readonly KeyRecord[]) => records.map(({ values }) => values[0]);

describe("records", () => {
  test("are found by key and by slot, and no longer when they are let go; slots are used again", () => {
    const records = newRecords();
    const [a, b] = addTo(records, "a", "b");
    if (a === undefined || b === undefined) throw new Error("two records");
    expect([records.get(a.keyString), records.peek(b.keyString), records.keyAt(0), records.keyAt(1)]).toEqual([
      a,
      b,
      a.keyString,
      b.keyString,
    ]);
    expect([[...records.keys()], [...records.values()]]).toEqual([
      [a.keyString, b.keyString],
      [a, b],
    ]);
    records.delete(a);
    expect([records.size, records.get(a.keyString), records.keyAt(0), a.slot]).toEqual([1, undefined, "", -1]);
    const [c, d] = addTo(records, "c", "d");
    expect([c?.slot, d?.slot, records.keyAt(0)]).toEqual([0, 2, c?.keyString]);
  });

  test("are kept once", () => {
    const records = newRecords();
    const [a] = addTo(records, "a");
    if (a === undefined) throw new Error("a record");
    expect(() => records.add(a)).toThrow("kept once");
  });

  test("that are packed are bytes until they are asked for, and then the same", () => {
    const records = newRecords();
    const [a] = addTo(records, "a");
    const store = plan.operators[0]?.kind === "window" ? plan.operators[0].store : undefined;
    if (a === undefined || store === undefined) throw new Error("a record and a window");
    a.states[0] = createWindowState(store);
    records.pack(a);
    expect([records.peek(a.keyString)?.packed === undefined, a.states.length]).toEqual([false, 0]);
    expect([records.get(a.keyString)?.packed, a.isTouched, a.states]).toEqual([
      undefined,
      true,
      [createWindowState(store)],
    ]);
  });
});

describe("the records least recently seen", () => {
  test("are the first by key among those of one ordinal, and all of it are looked at", () => {
    const records = newRecords();
    const added = addTo(records, "d", "b", "c", "a");
    for (const [index, record] of added.entries()) records.see(record, index < 3 ? 1 : 2);
    expect([1, 2, 4, 9].map((count) => keysOf(records.leastRecentlySeen(count)))).toEqual([
      ["b"],
      ["b", "c"],
      ["b", "c", "d", "a"],
      ["b", "c", "d", "a"],
    ]);
  });

  test("are put in order after they were added in another", () => {
    const records = newRecords();
    for (const [index, record] of addTo(records, 1, 2, 3).entries()) record.lastSeenOrdinal = 9 - index;
    records.order();
    expect(keysOf(records.leastRecentlySeen(2))).toEqual([3, 2]);
  });

  test("that are not kept are not seen", () => {
    const records = newRecords();
    const [a, b] = addTo(records, "a", "b");
    if (a === undefined || b === undefined) throw new Error("two records");
    records.delete(a);
    records.see(a, 5);
    expect([keysOf(records.leastRecentlySeen(9)), a.lastSeenOrdinal]).toEqual([["b"], 5]);
  });

  test("are those of a list that is sorted each time", () => {
    const steps = fc.array(fc.tuple(fc.constantFrom("see", "see", "delete"), fc.nat(6)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), (given, count) => {
        const records = newRecords();
        const model = new Map<number, number>();
        for (const [index, [what, key]] of given.entries()) {
          const ordinal = Math.floor(index / 2);
          const known = records.get(keyString([key]));
          if (what === "delete") {
            if (known !== undefined) records.delete(known);
            model.delete(key);
          } else {
            const record = known ?? addTo(records, key)[0];
            if (record !== undefined) records.see(record, ordinal);
            model.set(key, ordinal);
          }
          const sorted = [...model].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([of]) => of);
          expect(keysOf(records.leastRecentlySeen(count))).toEqual(sorted.slice(0, count));
        }
      }),
      { numRuns: 100 },
    );
  });
});
