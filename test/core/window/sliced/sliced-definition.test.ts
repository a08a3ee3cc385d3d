import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WindowDocument } from "../../../../src/spec/window.ts";
import { alignedByDefinition, type DefinedWindow } from "../../../oracle/aligned-window-definition.ts";
import { storeOf } from "../window-kit.ts";
import { drive, type DrivenEvent, watermarksOf } from "./sliced-driver.ts";

const aggregate = {
  n: "count",
  total: { sum: "x" },
  most: { max: "x" },
  kinds: { distinct: "x" },
  newest: { last: "x" },
  top: { topK: "x", k: 1 },
} as const;

/** Steps mostly small, of both signs and often 0, now and then far: out of order, equal, before the epoch, far apart. */
const events: fc.Arbitrary<readonly DrivenEvent[]> = fc
  .tuple(
    fc.integer({ min: -50, max: 50 }),
    fc.array(
      fc.record({
        step: fc.oneof(
          { weight: 3, arbitrary: fc.constant(0) },
          { weight: 8, arbitrary: fc.integer({ min: -12, max: 15 }) },
          { weight: 1, arbitrary: fc.integer({ min: -3_000, max: 3_000 }) },
        ),
        x: fc.constantFrom(-2, -1, 0, 1, 2, 3, null),
        isIn: fc.integer({ min: 0, max: 9 }),
      }),
      { maxLength: 40 },
    ),
  )
  .map(([first, steps]) => {
    let time = first;
    return steps.map(({ step, x, isIn }) => {
      time += step;
      return { time, fields: { x, flag: isIn > 0 } };
    });
  });

const shape: fc.Arbitrary<DefinedWindow["shape"]> = fc.oneof(
  fc.record({
    kind: fc.constant("hopping" as const),
    size: fc.integer({ min: 1, max: 40 }),
    every: fc.integer({ min: 1, max: 30 }),
    offset: fc.integer({ min: 0, max: 60 }),
  }),
  fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 60 }))
    .map(([step, count, offset]) => ({ kind: "cumulative" as const, size: step * count, step, offset })),
  fc
    .tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 10 }))
    .map(([size, most]) => ({ kind: "sliding" as const, size, resolution: Math.min(size, most) })),
);

/** Close together, in windows of many slices, most of which hold something. */
const denseEvents: fc.Arbitrary<readonly DrivenEvent[]> = fc
  .array(fc.tuple(fc.constantFrom(-9, -2, 0, 1, 1, 1, 2, 3), fc.constantFrom(-2, -1, 0, 1, 2, 3)), {
    minLength: 30,
    maxLength: 70,
  })
  .map((steps) => {
    let time = -40;
    return steps.map(([step, x]) => {
      time += step;
      return { time, fields: { x, flag: true } };
    });
  });

const manySlices: fc.Arbitrary<DefinedWindow> = fc.record({
  shape: fc.oneof(
    fc
      .tuple(fc.integer({ min: 15, max: 60 }), fc.constantFrom(1, 2))
      .map(([size, every]) => ({ kind: "hopping" as const, size, every, offset: 1 })),
    fc
      .tuple(fc.integer({ min: 15, max: 60 }), fc.constantFrom(1, 2))
      .map(([count, step]) => ({ kind: "cumulative" as const, size: count * step, step, offset: 0 })),
    fc
      .tuple(fc.integer({ min: 15, max: 60 }), fc.constantFrom(1, 2))
      .map(([size, resolution]) => ({ kind: "sliding" as const, size, resolution })),
  ),
  allowedLateness: fc.constantFrom(0, 0, 10),
  ago: fc.constantFrom(0, 0, 5),
});

const window: fc.Arbitrary<DefinedWindow> = fc.record({
  shape,
  allowedLateness: fc.constantFrom(0, 0, 1, 7, 40),
  ago: fc.constantFrom(0, 0, 3, 50),
});

const members = fc.array(window, { minLength: 1, maxLength: 3 });
const outOfOrderness = fc.constantFrom(0, 0, 1, 7, 30);

function documentOf({ shape: defined, allowedLateness, ago }: DefinedWindow): WindowDocument {
  const common = { where: "flag", aggregate, allowedLateness: `${allowedLateness}ms`, ago: `${ago}ms` } as const;
  const size = `${defined.size}ms`;
  switch (defined.kind) {
    case "hopping": {
      const offset = `${defined.offset}ms`;
      if (defined.size === defined.every) return { type: "tumbling", size, offset, ...common };
      return { type: "hopping", size, every: `${defined.every}ms`, offset, ...common };
    }
    case "cumulative":
      return { type: "cumulative", size, step: `${defined.step}ms`, offset: `${defined.offset}ms`, ...common };
    case "sliding":
      return { type: "sliding", size, resolution: `${defined.resolution}ms`, ...common };
  }
}

describe("windows with common bounds, several in one store", () => {
  test("fire and read as each one's definition says, and leave nothing behind", () => {
    fc.assert(
      fc.property(events, members, outOfOrderness, (given, windows, bound) => {
        const watermarks = watermarksOf(given, bound);
        const { steps, state } = drive(storeOf(windows.map(documentOf)), given, watermarks);
        for (const [member, defined] of windows.entries())
          expect(steps[member]).toEqual(alignedByDefinition(defined, given, watermarks));
        expect([state.isEmpty, state.nextDeadline()]).toEqual([true, undefined]);
      }),
      { numRuns: 400 },
    );
  });

  test("are as defined where windows have many slices", () => {
    fc.assert(
      fc.property(
        denseEvents,
        fc.array(manySlices, { minLength: 1, maxLength: 2 }),
        outOfOrderness,
        (given, windows, bound) => {
          const watermarks = watermarksOf(given, bound);
          const { steps } = drive(storeOf(windows.map(documentOf)), given, watermarks);
          for (const [member, defined] of windows.entries())
            expect(steps[member]).toEqual(alignedByDefinition(defined, given, watermarks));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("are the same whole and restored after every event", () => {
    fc.assert(
      fc.property(events, members, outOfOrderness, (given, windows, bound) => {
        const store = storeOf(windows.map(documentOf));
        const watermarks = watermarksOf(given, bound);
        expect(drive(store, given, watermarks, true).steps).toEqual(drive(store, given, watermarks).steps);
      }),
      { numRuns: 150 },
    );
  });

  test("fire the same whatever the order of events within the out-of-orderness", () => {
    const delays = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(events, members, delays, (given, windows, delay) => {
        const ended = windows.filter((each) => each.shape.kind !== "sliding");
        if (ended.length === 0) return;
        const ordered = given.map((event, index) => ({ ...event, index })).sort((a, b) => a.time - b.time);
        const delayed = ordered.toSorted((a, b) => a.time + (delay[a.index] ?? 0) - b.time - (delay[b.index] ?? 0));
        const store = storeOf(ended.map((each) => documentOf(each)));
        // Of equal times the last is that which arrived last.
        const firings = (some: readonly DrivenEvent[]) =>
          drive(store, some, watermarksOf(some, 20)).steps.map((steps) =>
            steps.flatMap(({ due, fired }) =>
              [...fired, ...due].map(({ ids: _ids, newest: _newest, previous: _previous, ...rest }) => rest),
            ),
          );
        expect(firings(delayed)).toEqual(firings(ordered));
      }),
      { numRuns: 150 },
    );
  });
});
