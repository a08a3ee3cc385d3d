import { describe, expect, test } from "vitest";
import { eventTimeMs } from "../../../../src/core/time/instant.ts";
import { ExtremeState } from "../../../../src/core/window/aggregate/ordered-state.ts";
import { SumState } from "../../../../src/core/window/aggregate/sum-state.ts";
import { sliceCountMax } from "../../../../src/core/window/sliced/sliced-windows.ts";
import type { WindowDocument } from "../../../../src/spec/window.ts";
import type { WindowStore } from "../../../../src/core/window/window-program.ts";
import { bytesOf, readWhole, storeOf } from "../window-kit.ts";
import { createSliced, decodeSliced, offer, reach } from "./sliced-driver.ts";

const aggregate = { n: "count" } as const;
const tumbling: WindowDocument = { type: "tumbling", size: "10ms", aggregate };
const halves: WindowDocument = { type: "tumbling", size: "10ms", offset: "5ms", aggregate };

const at = (time: number) => ({ time, fields: { x: time } });
const moment = (time: number, watermark = time - 1) => ({
  at: eventTimeMs(time),
  watermark: eventTimeMs(watermark),
});
const shown = ({ start, end, values }: { readonly start: number; readonly end: number; readonly values: object }) =>
  `${start}..${end} ${JSON.stringify(values)}`;

describe("a store whose members change with the plan", () => {
  const [first, second] = storeOf([tumbling, halves]).members;
  if (first === undefined || second === undefined) throw new Error("two members");
  const one: WindowStore = { family: "sliced", members: [first] };
  const both: WindowStore = { family: "sliced", members: [first, second] };
  const under = (store: WindowStore, state: { encode: Parameters<typeof bytesOf>[0] }) =>
    readWhole(
      bytesOf((writer) => state.encode(writer)),
      (reader) => decodeSliced(store, reader),
    );

  test("keeps what the known one has, and a new one begins with the next event", () => {
    const before = createSliced(one);
    offer(before, at(3));
    offer(before, at(7));
    const state = under(both, before);
    offer(state, at(6));
    offer(state, at(8));
    expect(state.fact(0, moment(8))).toMatchObject({ start: 0, end: 10, n: 4 });
    expect(state.fact(1, moment(8))).toMatchObject({ start: 5, end: 15, n: 2 });
    expect(state.evidence(0, moment(8)).ids).toEqual([3, 7, 6, 8]);
    expect(state.evidence(1, moment(8)).ids).toEqual([6, 8]);
    expect(reach(state, Infinity).map((fired) => [fired.member, shown(fired)])).toEqual([
      [0, '0..10 {"n":4}'],
      [1, '5..15 {"n":2}'],
    ]);
    expect(state.isEmpty).toBe(true);
  });

  test("is without the events of one that left, at once where no other had them", () => {
    const state = createSliced(both);
    offer(state, at(3));
    offer(state, at(12), { watermark: 9 });
    reach(state, 9);
    const left = under({ family: "sliced", members: [second] }, state);
    expect(reach(left, Infinity).map(shown)).toEqual(['5..15 {"n":1}']);
    expect(left.isEmpty).toBe(true);
    const none = createSliced(one);
    offer(none, at(3));
    const fresh = under({ family: "sliced", members: [second] }, none);
    expect([fresh.isEmpty, fresh.nextDeadline()]).toEqual([true, undefined]);
  });

  test("gives one that left and came again nothing of what was before", () => {
    const state = createSliced(one);
    offer(state, at(3));
    const again = under(one, under({ family: "sliced", members: [second] }, state));
    expect(again.fact(0, moment(4))).toMatchObject({ n: 0 });
  });
});

describe("windows with common bounds", () => {
  test("fire for a calendar day over a change of the clock, with the day before as `previous`", () => {
    const day: WindowDocument = { type: "calendar", unit: "day", timeZone: "Europe/Berlin", aggregate };
    const state = createSliced(storeOf([day]));
    for (const text of ["2024-03-30T22:59:59Z", "2024-03-30T23:00:00Z", "2024-03-31T21:59:59Z", "2024-03-31T22:00:00Z"])
      offer(state, at(Date.parse(text)));
    const fired = reach(state, Infinity);
    expect(fired.map(({ end, start, values }) => [(end - start) / 3_600_000, values["n"]])).toEqual([
      [24, 1],
      [23, 2],
      [24, 1],
    ]);
    expect(fired[1]?.fact["previous"]).toEqual({
      n: 1,
      start: fired[0]?.start,
      end: fired[0]?.end,
      firing: "onTime",
    });
  });

  test("have no `previous` behind a gap, and none once a period has gone by", () => {
    const state = createSliced(storeOf([tumbling]));
    offer(state, at(3));
    offer(state, at(13));
    offer(state, at(43));
    expect(state.fact(0, moment(13, 5))?.["previous"]).toBeNull();
    reach(state, 9);
    expect(state.fact(0, moment(13, 9))?.["previous"]).toMatchObject({ end: 10 });
    expect(state.fact(0, moment(23, 18))?.["previous"]).toMatchObject({ end: 10 });
    expect(reach(state, Infinity).map(({ fact }) => fact["previous"])).toMatchObject([{ end: 10 }, null]);
  });

  test("in a time that no window holds are not there", () => {
    const state = createSliced(storeOf([{ type: "hopping", size: "3ms", every: "10ms", aggregate }]));
    expect([offer(state, at(5))[0]?.kind, state.isEmpty, state.fact(0, moment(5))]).toEqual([
      "filtered",
      true,
      undefined,
    ]);
  });

  test("find the next firing over gaps of years", () => {
    const state = createSliced(storeOf([{ type: "hopping", size: "1s", every: "1ms", aggregate }]));
    const year = 31_536_000_000;
    for (let index = 0; index < 5; index += 1) offer(state, at(index * 100 * year));
    expect(state.comeDue(eventTimeMs(1)).length).toBe(1);
    let count = 1;
    for (let next = state.nextDeadline(); next !== undefined; next = state.nextDeadline()) {
      count += state.comeDue(next).length;
    }
    expect(count).toBe(5 * 1000);
  });

  test("at the limit of slices refuse an event that would open another, and take those of the ones they have", () => {
    const state = createSliced(storeOf([tumbling]));
    for (let slice = 0; slice < sliceCountMax; slice += 1) offer(state, at(slice * 10));
    expect([offer(state, at(-1))[0]?.kind, offer(state, at(5))[0]?.kind]).toEqual(["refused", "added"]);
    reach(state, 9);
    expect(offer(state, at(8.64e15), { watermark: 9 })[0]?.kind).toBe("added");
  });

  test("name the last 100 of their events over several slices, in the order taken", () => {
    const state = createSliced(storeOf([{ type: "hopping", size: "10ms", every: "1ms", aggregate }]));
    for (let index = 0; index < 400; index += 1) offer(state, at(9 - (index % 10)), { id: index });
    expect(state.evidence(0, moment(9))).toEqual({
      ids: Array.from({ length: 100 }, (_, index) => 300 + index),
      count: 400,
    });
  });
});

describe("the work of combining", () => {
  /** Merges and removals while 1,000 hops of a window of so many slices fire, with 1 event each. */
  function combiningsOf(size: number, kind: "sum" | "max"): number {
    const state = createSliced(
      storeOf([
        {
          type: "hopping",
          size: `${size}ms`,
          every: "1ms",
          aggregate: { a: kind === "sum" ? { sum: "x" } : { max: "x" } },
        },
      ]),
    );
    let count = 0;
    const counting = (prototype: SumState | ExtremeState, name: "merge" | "unmerge") => {
      const original: unknown = Reflect.get(prototype, name);
      if (typeof original !== "function") return () => undefined;
      Reflect.set(prototype, name, function counted(this: unknown, ...parameters: unknown[]) {
        count += 1;
        const result: unknown = Reflect.apply(original, this, parameters);
        return result;
      });
      return () => Reflect.set(prototype, name, original);
    };
    const undo = [
      counting(SumState.prototype, "merge"),
      counting(SumState.prototype, "unmerge"),
      counting(ExtremeState.prototype, "merge"),
    ];
    for (let time = 0; time < 3000; time += 1) {
      reach(state, time - 1);
      if (time === 2000) count = 0;
      offer(state, at(time), { watermark: time - 1 });
    }
    for (const each of undo) each();
    return count;
  }

  test.each(["sum", "max"] as const)("of %s is a few steps a hop, whatever the size", (kind) => {
    expect(combiningsOf(1000, kind)).toBeLessThan(6 * 1000);
    expect(combiningsOf(1000, kind)).toBeGreaterThan(500);
  });
});
