import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, CorruptBytesError } from "../../../../src/core/base/bytes.ts";
import { durationMs, eventTimeMs, logTimeMs } from "../../../../src/core/time/instant.ts";
import { createAggregateState } from "../../../../src/core/window/aggregate/create-aggregate-state.ts";
import { aggregateInput, isNothing } from "../../../../src/core/window/aggregate-input.ts";
import { decodeSlidingWindows } from "../../../../src/core/window/sliding/sliding-codec.ts";
import { slidingPlanOf } from "../../../../src/core/window/sliding/sliding-plan.ts";
import { SlidingWindows } from "../../../../src/core/window/sliding/sliding-windows.ts";
import type { WindowStore } from "../../../../src/core/window/window-program.ts";
import type { WindowDocument } from "../../../../src/spec/window.ts";
import { bytesOf, eventAt, readWhole, scopeOf, storeOf } from "../window-kit.ts";

const aggregate = {
  n: "count",
  flagged: { count: true, where: "flag" },
  total: { sum: "x" },
  least: { min: "x" },
  most: { max: "x", where: "flag" },
  kinds: { distinct: "x" },
} as const;

interface Given {
  readonly time: number;
  readonly x: number;
  readonly flag: boolean;
}

interface Size {
  readonly size: number;
  readonly ago: number;
  readonly lateness: number;
}

/** Members of one store; `ago` and lateness are set on the compiled programs. */
function storeWith(sizes: readonly Size[]): WindowStore {
  const documents = sizes.map(({ size }): WindowDocument => ({ type: "sliding", size: `${size}ms`, aggregate }));
  const { family, members } = storeOf(documents);
  return {
    family,
    members: members.map(({ program, tag }, index) => ({
      tag,
      program: {
        ...program,
        agoMs: durationMs(sizes[index]?.ago ?? 0),
        allowedLatenessMs: durationMs(sizes[index]?.lateness ?? 0),
      },
    })),
  };
}

const report = (): void => undefined;

/** Offers all, and reads each member after each; the watermark is `slack` behind the greatest time. */
function play(
  store: WindowStore,
  given: readonly Given[],
  { slack, isChopped }: { slack: number; isChopped: boolean },
) {
  const plan = slidingPlanOf(store);
  let state = new SlidingWindows(plan);
  let greatest = -1e9;
  return given.map(({ time, x, flag }, index) => {
    const event = eventAt(time, { x, flag }, index);
    const watermark = eventTimeMs(greatest - slack - 1);
    const outcomes = state.add({ event, scope: scopeOf(event), watermark, logTime: logTimeMs(0), report });
    greatest = Math.max(greatest, time);
    if (isChopped) {
      const held = state;
      state = readWhole(
        bytesOf((writer) => held.encode(writer)),
        (reader) => decodeSlidingWindows(plan, reader),
      );
    }
    const moment = { at: eventTimeMs(greatest), watermark };
    const read = store.members.map((_, member) => ({
      kind: outcomes[member]?.kind,
      fact: state.fact(member, moment),
      evidence: state.evidence(member, moment),
    }));
    return read;
  });
}

/** The same by its definition: all events that were not late, sorted, those in the range taken. */
function byDefinition(store: WindowStore, given: readonly Given[], slack: number) {
  let greatest = -1e9;
  const marks = given.map(({ time }) => {
    const mark = greatest - slack - 1;
    greatest = Math.max(greatest, time);
    return { mark, greatest };
  });
  return given.map((_, index) =>
    store.members.map(({ program }) => {
      const { shape, agoMs, allowedLatenessMs } = program;
      if (shape.kind !== "sliding") throw new Error("no sliding window");
      const isLate = (other: number): boolean =>
        (given[other]?.time ?? 0) + allowedLatenessMs <= (marks[other]?.mark ?? 0);
      const end = (marks[index]?.greatest ?? 0) - agoMs;
      const start = end - shape.sizeMs;
      const inside = given
        .map((event, place) => ({ ...event, place }))
        .filter(({ place, time }) => place <= index && !isLate(place) && time > start && time <= end)
        .sort((a, b) => a.time - b.time || a.place - b.place);
      const values = program.aggregates.map((of) => {
        const total = createAggregateState(of);
        for (const { place, time, x, flag } of inside) {
          const input = aggregateInput(of, scopeOf(eventAt(time, { x, flag })), { skippedCount: 0 }, report);
          if (!isNothing(input)) total.add(input, eventTimeMs(time), place);
        }
        return [of.name, total.value({ start, end, at: end })] as const;
      });
      return {
        kind: isLate(index) ? "late" : "added",
        fact: { ...Object.fromEntries(values), start, end, firing: "onTime", previous: null },
        evidence: { ids: inside.map(({ place }) => place).slice(-100), count: inside.length },
      };
    }),
  );
}

const events = fc
  .array(
    fc.record({
      step: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
        { weight: 3, arbitrary: fc.integer({ min: -40, max: 3 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 500 }) },
      ),
      x: fc.integer({ min: -4, max: 4 }),
      flag: fc.boolean(),
    }),
    { maxLength: 90 },
  )
  .map((steps) => {
    let time = -60;
    return steps.map(({ step, ...rest }) => {
      if (step >= 0) time += step;
      return { ...rest, time: step < 0 ? time + step : time };
    });
  });

const sizes = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 80 }),
    ago: fc.constantFrom(0, 0, 1, 20, 60),
    lateness: fc.constantFrom(0, 0, 5, 50),
  }),
  { minLength: 1, maxLength: 4 },
);

describe("sliding windows of one store", () => {
  test("are over the events that their definition names, whatever their order, sizes, ago and lateness", () => {
    fc.assert(
      fc.property(events, sizes, fc.constantFrom(0, 0, 4, 30), (given, of, slack) => {
        const store = storeWith(of);
        expect(play(store, given, { slack, isChopped: false })).toEqual(byDefinition(store, given, slack));
      }),
      { numRuns: 60 },
    );
  });

  test("are the same whole and restored after every event", () => {
    fc.assert(
      fc.property(events, sizes, fc.constantFrom(0, 4, 30), (given, of, slack) => {
        const store = storeWith(of);
        const whole = play(store, given, { slack, isChopped: false });
        expect(play(store, given, { slack, isChopped: true })).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});

describe("its bytes", () => {
  const store = storeWith([
    { size: 30, ago: 0, lateness: 0 },
    { size: 60, ago: 5, lateness: 0 },
  ]);
  const plan = slidingPlanOf(store);
  const state = new SlidingWindows(plan);
  for (let time = 0; time < 40; time += 1) {
    const event = eventAt(time, { x: time % 5, flag: time % 2 === 0 });
    const watermark = eventTimeMs(time - 1);
    state.add({ event, scope: scopeOf(event), watermark, logTime: logTimeMs(0), report });
  }
  const bytes = bytesOf((writer) => state.encode(writer));

  test("are refused where they are cut or of another version", () => {
    for (let size = 0; size < bytes.length; size += 1)
      expect(() => decodeSlidingWindows(plan, new ByteReader(bytes.subarray(0, size)))).toThrow(CorruptBytesError);
    expect(() => decodeSlidingWindows(plan, new ByteReader(bytes.with(0, 1)))).toThrow("another version");
  });

  test("that are damaged are refused or read, and nothing else", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (index, byte) => {
        try {
          const copy = decodeSlidingWindows(plan, new ByteReader(bytes.with(index, byte)));
          copy.fact(1, { at: eventTimeMs(8e15), watermark: eventTimeMs(0) });
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptBytesError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("give windows that are still there what they held, and new ones the next event on", () => {
    const wider = storeWith([
      { size: 30, ago: 0, lateness: 0 },
      { size: 90, ago: 0, lateness: 0 },
    ]);
    const [kept, other] = wider.members;
    if (kept === undefined || other === undefined) throw new Error("two members");
    const after = slidingPlanOf({ ...wider, members: [{ ...other, tag: 7 }, kept] });
    const restored = readWhole(bytes, (reader) => decodeSlidingWindows(after, reader));
    const moment = { at: eventTimeMs(39), watermark: eventTimeMs(38) };
    expect([restored.fact(0, moment)?.["n"], restored.fact(1, moment)?.["n"]]).toEqual([0, 30]);
  });
});
