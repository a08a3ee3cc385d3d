import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExprError } from "../../../../src/core/expr/expr-error.ts";
import { eventTimeMs, logTimeMs } from "../../../../src/core/time/instant.ts";
import { slidingPlanOf } from "../../../../src/core/window/sliding/sliding-plan.ts";
import { slidingEventCountMax } from "../../../../src/core/window/sliding/sliding-lane.ts";
import { SlidingWindows } from "../../../../src/core/window/sliding/sliding-windows.ts";
import { evidenceNameCountMax } from "../../../../src/core/window/window-evidence.ts";
import { eventAt, scopeOf, storeOf } from "../window-kit.ts";
import { byDefinition, events, offer, play, type Size, sizes, storeWith } from "./sliding-kit.ts";

const simple = { n: "count", total: { sum: "x" }, least: { min: "x" } } as const;

function windowsOf(...of: readonly Size[]): SlidingWindows {
  return new SlidingWindows(slidingPlanOf(storeWith(of, simple)));
}

function factAt(state: SlidingWindows, at: number, member = 0) {
  return state.fact(member, { at: eventTimeMs(at), watermark: eventTimeMs(at - 1) });
}

describe("sliding windows of one store", () => {
  test("are over the events that their definition names, whatever their order, sizes, ago and lateness", () => {
    fc.assert(
      fc.property(events, sizes, fc.constantFrom(0, 0, 4, 30), (given, of, slack) => {
        const store = storeWith(of);
        expect(play(store, given, { slack })).toEqual(byDefinition(store, given, slack));
      }),
      { numRuns: 40 },
    );
  });

  test("are the same whole and restored after every event", () => {
    fc.assert(
      fc.property(events, sizes, fc.constantFrom(0, 4, 30), (given, of, slack) => {
        const store = storeWith(of);
        expect(play(store, given, { slack, isChopped: true })).toEqual(play(store, given, { slack }));
      }),
      { numRuns: 25 },
    );
  });

  test("are the same together and each in a store of its own", () => {
    fc.assert(
      fc.property(events, sizes, fc.constantFrom(0, 4, 30), (given, of, slack) => {
        const apart = of.map((size) => play(storeWith([size]), given, { slack }));
        const together = play(storeWith(of), given, { slack });
        expect(together).toEqual(given.map((_, index) => apart.flatMap((rows) => rows[index] ?? [])));
      }),
      { numRuns: 25 },
    );
  });
});

describe("a sliding window", () => {
  test.each([
    { times: [], at: 0, values: { n: 0, total: 0, least: null }, why: "empty" },
    { times: [1, 2], at: 2, values: { n: 2, total: 3, least: 1 }, why: "its end is inside" },
    { times: [1, 2], at: 10, values: { n: 2, total: 3, least: 1 }, why: "just inside its start" },
    { times: [1, 2], at: 11, values: { n: 1, total: 2, least: 2 }, why: "its start is outside" },
    { times: [1, 2], at: 12, values: { n: 0, total: 0, least: null }, why: "all have left" },
    { times: [3, 3, 3], at: 3, values: { n: 3, total: 9, least: 3 }, why: "equal times are all in it" },
    { times: [-25, -20, -15], at: -12, values: { n: 2, total: -35, least: -20 }, why: "before the epoch" },
    { times: [-8e15, 8e15], at: 8e15, values: { n: 1, total: 8e15, least: 8e15 }, why: "far apart" },
  ])("of 10 ms after $times at $at: $why", ({ times, at, values }) => {
    const state = windowsOf({ size: 10, ago: 0, lateness: 0 });
    for (const time of times) offer(state, { time, x: time }, time - 1);
    expect(factAt(state, at)).toEqual({ ...values, start: at - 10, end: at, firing: "onTime", previous: null });
  });

  test("takes a late event that is allowed, and each window says for itself which is", () => {
    const state = windowsOf({ size: 20, ago: 0, lateness: 0 }, { size: 20, ago: 0, lateness: 5 });
    offer(state, { time: 10 }, 0);
    const kindsOf = (time: number, mark: number) => offer(state, { time }, mark).map(({ kind }) => kind);
    expect([kindsOf(6, 9), kindsOf(5, 10), kindsOf(10, 9)]).toEqual([
      ["late", "added"],
      ["late", "late"],
      ["added", "added"],
    ]);
    expect([factAt(state, 10, 0)?.["n"], factAt(state, 10, 1)?.["n"]]).toEqual([2, 3]);
  });

  test("takes what its condition lets in, counts what it skips and reports errors", () => {
    const aggregate = { total: { sum: "x" }, bad: { avg: "broken" } } as const;
    const store = storeOf([{ type: "sliding", size: "10ms", where: "flag", aggregate }]);
    const state = new SlidingWindows(slidingPlanOf(store));
    const errors: ExprError[] = [];
    const kinds = [false, true].map((flag) => {
      const event = eventAt(1, { flag, x: "no number" });
      const report = (error: ExprError) => errors.push(error);
      const at = { watermark: eventTimeMs(0), logTime: logTimeMs(0) };
      return state.add({ ...at, event, scope: scopeOf(event), report })[0]?.kind;
    });
    expect([kinds, state.skippedCount, errors.length]).toEqual([["filtered", "added"], 2, 1]);
    expect(factAt(state, 1)).toMatchObject({ total: 0, bad: null });
  });

  test("has as evidence the last names in the order of event time and the full number", () => {
    const state = windowsOf({ size: 1000, ago: 0, lateness: 1000 });
    for (let time = 0; time < 150; time += 1) if (time !== 140) offer(state, { time }, time - 1, time);
    offer(state, { time: 140 }, 149, 140);
    const evidenceAt = (at: number) => state.evidence(0, { at: eventTimeMs(at), watermark: eventTimeMs(at - 1) });
    const names = Array.from({ length: 150 }, (_, index) => index);
    expect(evidenceAt(149)).toEqual({ ids: names.slice(-evidenceNameCountMax), count: 150 });
    expect(evidenceAt(1147)).toEqual({ ids: [148, 149], count: 2 });
    expect(evidenceAt(2000)).toEqual({ ids: [], count: 0 });
  });

  test("has something to do when its last event has left the longest window, and is empty then", () => {
    const state = windowsOf({ size: 10, ago: 0, lateness: 0 }, { size: 20, ago: 5, lateness: 3 });
    expect([state.nextDeadline(), state.isEmpty]).toEqual([undefined, true]);
    for (const time of [1, 4, 2]) offer(state, { time }, 0);
    expect(state.nextDeadline()).toBe(29);
    expect([state.comeDue(eventTimeMs(28)), state.isEmpty]).toEqual([[], false]);
    expect([state.comeDue(eventTimeMs(29)), state.isEmpty]).toEqual([[], true]);
    expect([state.nextDeadline(), state.nextLogDeadline(), state.comeDueInLogTime()]).toEqual([
      undefined,
      undefined,
      [],
    ]);
  });

  test("holds no event that has left, though it is never read", () => {
    const state = windowsOf({ size: 10, ago: 0, lateness: 0 });
    for (let time = 0; time < 10_000; time += 1) offer(state, { time }, time - 1);
    expect(state.lanes[0]?.entries.size).toBe(10);
    expect(state.lanes[0]?.entries.times.length).toBeLessThan(100);
  });

  test("takes no late event that is in none of the windows any more", () => {
    const state = windowsOf({ size: 10, ago: 0, lateness: 1000 }, { size: 10, ago: 5, lateness: 1000 });
    offer(state, { time: 100 }, 0);
    const sizesAfter = [86, 85].map((time) => {
      expect(offer(state, { time }, 99)).toEqual([{ kind: "added" }, { kind: "added" }]);
      return state.lanes[0]?.entries.size;
    });
    expect(sizesAfter).toEqual([2, 2]);
  });

  test("at its limit lets the oldest go for each that enters, out of windows that it has not entered yet as well", () => {
    const store = storeWith(
      [
        { size: 1e9, ago: 0, lateness: 0 },
        { size: 1e9, ago: 100, lateness: 0 },
      ],
      {
        n: "count",
        least: { min: "x" },
      },
    );
    const state = new SlidingWindows(slidingPlanOf(store));
    const event = eventAt(0, { x: 0 });
    const scope = scopeOf(event);
    const report = (): void => undefined;
    const intake = { event, scope, watermark: eventTimeMs(-1), logTime: logTimeMs(0), report };
    for (let count = 0; count < slidingEventCountMax; count += 1) {
      scope.event = { ...event, fields: { x: count } };
      state.add(intake);
    }
    expect(factAt(state, 0)).toMatchObject({ n: slidingEventCountMax, least: 0 });
    expect(offer(state, { time: 0, x: 5 }, -1).map(({ kind }) => kind)).toEqual(["shed", "shed"]);
    expect([state.shedCount, state.lanes[0]?.entries.size]).toEqual([1, slidingEventCountMax]);
    expect(factAt(state, 0)).toMatchObject({ n: slidingEventCountMax, least: 1 });
    expect(factAt(state, 100, 1)).toMatchObject({ n: slidingEventCountMax, least: 1 });
  });
});
