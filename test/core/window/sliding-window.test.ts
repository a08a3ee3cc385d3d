import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import type { JsonObject } from "../../../src/core/base/json.ts";
import type { ExprError } from "../../../src/core/expr/expr-error.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import {
  addToSliding,
  createSlidingState,
  slidingEventCountMax,
  slidingEvidence,
  slidingExpiry,
  slidingFact,
  slidingValues,
  type SlidingOutcome,
  type SlidingWindowState,
} from "../../../src/core/window/sliding-window.ts";
import { decodeSlidingState, encodeSlidingState } from "../../../src/core/window/sliding-window-codec.ts";
import { evidenceNameCountMax } from "../../../src/core/window/window-evidence.ts";
import type { SlidingWindowProgram } from "../../../src/core/window/first-programs.ts";
import { brokenError, bytesOf, eventAt, readWhole, scopeOf, slidingProgram } from "./window-kit.ts";

const program = slidingProgram({ size: "10ms", aggregate: { n: "count", total: { sum: "x" } } });

function add(
  state: SlidingWindowState,
  time: number,
  fields: JsonObject = {},
  of: SlidingWindowProgram = program,
  errors: ExprError[] = [],
): SlidingOutcome {
  const event = eventAt(time, fields);
  return addToSliding(of, state, event, scopeOf(event), (error) => errors.push(error));
}

function stateAfter(times: readonly number[], of: SlidingWindowProgram = program): SlidingWindowState {
  const state = createSlidingState(of);
  for (const time of times) add(state, time, { x: time }, of);
  return state;
}

const at = eventTimeMs;

describe("a sliding window", () => {
  test.each([
    { times: [], at: 0, values: { n: 0, total: 0 }, why: "empty" },
    { times: [1, 2], at: 2, values: { n: 2, total: 3 }, why: "its end is inside" },
    { times: [1, 2], at: 10, values: { n: 2, total: 3 }, why: "just inside its start" },
    { times: [1, 2], at: 11, values: { n: 1, total: 2 }, why: "its start is outside" },
    { times: [1, 2], at: 12, values: { n: 0, total: 0 }, why: "all have left" },
    { times: [3, 3, 3], at: 3, values: { n: 3, total: 9 }, why: "equal times are all in it" },
    { times: [-25, -20, -15], at: -12, values: { n: 2, total: -35 }, why: "before the epoch" },
    { times: [0, 1e12], at: 1e12, values: { n: 1, total: 1e12 }, why: "far apart" },
  ])("of 10 ms after $times at $at: $why", ({ times, at: end, values }) => {
    expect(slidingFact(program, stateAfter(times), at(end))).toEqual({
      ...values,
      start: end - 10,
      end,
      firing: "onTime",
      previous: null,
    });
    expect(slidingValues(program, stateAfter(times), at(end))).toEqual(values);
  });

  test("takes what its condition lets in and reports errors, and is otherwise left as it was", () => {
    const filtered = slidingProgram({ size: "10ms", where: "w", aggregate: { n: "count" } });
    const state = createSlidingState(filtered);
    expect([add(state, 1, { w: true }, filtered), add(state, 2, { w: false }, filtered)]).toEqual([
      "added",
      "filtered",
    ]);
    expect(slidingValues(filtered, state, at(2))).toEqual({ n: 1 });
    const errors: ExprError[] = [];
    const broken = slidingProgram({ size: "10ms", where: "broken", aggregate: { n: "count" } });
    expect([add(createSlidingState(broken), 1, {}, broken, errors), errors]).toEqual(["filtered", [brokenError]]);
  });

  test("counts the values it skips, and reports each expression in error", () => {
    const errors: ExprError[] = [];
    const mixed = slidingProgram({ size: "10ms", aggregate: { total: { sum: "x" }, bad: { avg: "broken" } } });
    const state = createSlidingState(mixed);
    add(state, 1, { x: "no number" }, mixed, errors);
    add(state, 2, { x: 4 }, mixed, errors);
    expect(slidingValues(mixed, state, at(2))).toEqual({ total: 4, bad: null });
    expect([state.skippedCount, errors]).toEqual([3, [brokenError, brokenError]]);
  });

  test("has as evidence the last names in the order taken and the full number", () => {
    const wide = slidingProgram({ size: "1s" });
    const times = Array.from({ length: 150 }, (_, index) => index);
    const state = stateAfter(times, wide);
    expect(slidingEvidence(wide, state, at(149))).toEqual({ ids: times.slice(-evidenceNameCountMax), count: 150 });
    expect(slidingEvidence(wide, state, at(1147))).toEqual({ ids: [148, 149], count: 2 });
    expect(slidingEvidence(wide, state, at(2000))).toEqual({ ids: [], count: 0 });
  });

  test("is empty from its last event + size on", () => {
    const state = stateAfter([1, 4]);
    const expiry = slidingExpiry(program, state);
    expect(expiry).toBe(14);
    expect(slidingValues(program, state, at(13))).toEqual({ n: 1, total: 4 });
    expect(slidingValues(program, state, at(14))).toEqual({ n: 0, total: 0 });
    expect(slidingExpiry(program, state)).toBeUndefined();
    expect(slidingExpiry(program, createSlidingState(program))).toBeUndefined();
  });

  test("going back in time is a bug", () => {
    const state = stateAfter([5]);
    expect(() => add(state, 4)).toThrow("event-time order");
    expect(() => slidingFact(program, state, at(4))).toThrow("event-time order");
    expect(() => slidingEvidence(program, state, at(4))).toThrow("event-time order");
  });

  test("holds no event that has left, though it is never read", () => {
    const state = stateAfter(Array.from({ length: 10_000 }, (_, index) => index));
    expect(state.times.size).toBe(10);
    expect(state.times.items.length).toBeLessThan(100);
  });

  test("at its limit lets the oldest go for each that enters", () => {
    const wide = slidingProgram({ size: "1d", aggregate: { n: "count", least: { min: "x" } } });
    const state = createSlidingState(wide);
    const event = eventAt(0, { x: 0 });
    const scope = scopeOf(event);
    for (let count = 0; count < slidingEventCountMax; count += 1) {
      scope.event = { ...event, fields: { x: count } };
      addToSliding(wide, state, event, scope, () => undefined);
    }
    expect(slidingValues(wide, state, at(0))).toEqual({ n: slidingEventCountMax, least: 0 });
    expect(add(state, 0, { x: 5 }, wide)).toBe("added-at-limit");
    expect(slidingValues(wide, state, at(0))).toEqual({ n: slidingEventCountMax, least: 1 });
    expect(state.shedCount).toBe(1);
  });
});

describe("its bytes", () => {
  const full = slidingProgram({
    size: "20ms",
    aggregate: {
      n: "count",
      some: { count: true, where: "w" },
      total: { sum: "x" },
      mean: { avg: "x" },
      least: { min: "x" },
      most: { max: "x" },
      kinds: { distinct: "x" },
    },
  });
  const state = createSlidingState(full);
  for (const [index, x] of [3, "a", null, -0.1, 1e300, "\ud800", 3].entries())
    add(state, index * 4, { x, w: index % 2 === 0 }, full);
  const bytes = bytesOf((writer) => encodeSlidingState(state, writer));

  test("are the same again after a restore, though entries are numbered anew", () => {
    const copy = readWhole(bytes, (reader) => decodeSlidingState(full, reader));
    expect([state.firstSequence > 0, copy.firstSequence]).toEqual([true, 0]);
    expect(bytesOf((writer) => encodeSlidingState(copy, writer))).toEqual(bytes);
    expect(slidingFact(full, copy, at(30))).toEqual(slidingFact(full, state, at(30)));
  });

  test("are refused where they are cut, of another version, or out of order", () => {
    for (let size = 0; size < bytes.length; size += 1) {
      expect(() => decodeSlidingState(full, new ByteReader(bytes.subarray(0, size)))).toThrow(CorruptBytesError);
    }
    expect(() => decodeSlidingState(full, new ByteReader(bytes.with(0, 9)))).toThrow("another version");
    const disordered = bytesOf((writer) => {
      writer.byte(1);
      for (const count of [0, 0, 2]) writer.count(count);
      for (const time of [5, 4]) {
        writer.number(time);
        writer.json("id");
      }
    });
    expect(() => decodeSlidingState(full, new ByteReader(disordered))).toThrow("no order of time");
  });

  test("that are damaged are refused or read, and nothing else", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (index, byte) => {
        try {
          const copy = decodeSlidingState(full, new ByteReader(bytes.with(index, byte)));
          slidingFact(full, copy, at(8.64e15));
        } catch (error) {
          // A flipped bit may also move an event past every instant; that is the one assertion it can meet.
          expect(String(error)).toMatch(/CorruptBytesError|event-time order/);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
