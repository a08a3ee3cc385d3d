import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/base/json.ts";
import { type DefinedAggregates, slidingByDefinition, tumblingByDefinition } from "../../oracle/window-definition.ts";
import { driveSliding, driveTumbling } from "./window-driver.ts";
import { slidingProgram, tumblingProgram } from "./window-kit.ts";

const aggregate = {
  events: "count",
  flagged: { count: true, where: "flag" },
  total: { sum: "x" },
  flaggedTotal: { sum: "x", where: "flag" },
  mean: { avg: "x" },
  least: { min: "x" },
  greatest: { max: "x" },
  kinds: { distinct: "x" },
} as const;

const defined: DefinedAggregates = {
  events: { kind: "count", field: "" },
  flagged: { kind: "count", field: "", where: "flag" },
  total: { kind: "sum", field: "x" },
  flaggedTotal: { kind: "sum", field: "x", where: "flag" },
  mean: { kind: "avg", field: "x" },
  least: { kind: "min", field: "x" },
  greatest: { kind: "max", field: "x" },
  kinds: { kind: "distinct", field: "x" },
};

const value: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -5, max: 5 }) },
  { weight: 3, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 2, arbitrary: fc.constantFrom(0.1, 0.2, -0.3, 1e16, -1e16, 1e-9, 5e-324, 1e308, -1e308, 2 ** 970) },
  { weight: 1, arbitrary: fc.constantFrom<JsonValue>("1", "", "\u0000", "\ud800", true, false, null, [1], { a: 1 }) },
);

/** Steps mostly small, of both signs and often 0, now and then far: out of order, equal, before the epoch, far apart. */
const events = fc
  .array(
    fc.record({
      step: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 8, arbitrary: fc.integer({ min: -12, max: 15 }) },
        { weight: 1, arbitrary: fc.integer({ min: -3_000, max: 3_000 }) },
      ),
      fields: fc.record({ x: value, flag: fc.boolean() }, { requiredKeys: ["flag"] }),
    }),
    { maxLength: 60 },
  )
  .chain((steps) =>
    fc.record({ first: fc.integer({ min: -50, max: 50 }) }).map(({ first }) => {
      let time = first;
      return steps.map(({ step, fields }) => {
        time += step;
        return { time, fields };
      });
    }),
  );

const slidingSettings = fc.record({
  size: fc.integer({ min: 1, max: 40 }),
  outOfOrderness: fc.integer({ min: 0, max: 30 }),
  where: fc.constantFrom(undefined, "flag"),
});

const tumblingSettings = fc.record({
  size: fc.integer({ min: 1, max: 25 }),
  offset: fc.integer({ min: 0, max: 60 }),
  allowedLateness: fc.constantFrom(0, 0, 1, 5, 40),
  outOfOrderness: fc.constantFrom(0, 0, 1, 7, 30),
  where: fc.constantFrom(undefined, "flag"),
});

describe("a sliding window", () => {
  test("is over the events that its definition names, whatever their order", () => {
    fc.assert(
      fc.property(events, slidingSettings, (given, { size, outOfOrderness, where }) => {
        const program = slidingProgram({ size: `${size}ms`, where, aggregate });
        const driven = driveSliding(program, given, { outOfOrdernessMs: outOfOrderness });
        expect(driven).toEqual(slidingByDefinition(given, { size, outOfOrderness, where, aggregates: defined }));
      }),
      { numRuns: 300 },
    );
  });

  test("is the same whole and restored after every event", () => {
    fc.assert(
      fc.property(events, slidingSettings, (given, { size, outOfOrderness, where }) => {
        const program = slidingProgram({ size: `${size}ms`, where, aggregate });
        const whole = driveSliding(program, given, { outOfOrdernessMs: outOfOrderness });
        expect(driveSliding(program, given, { outOfOrdernessMs: outOfOrderness, isChopped: true })).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });
});

describe("a tumbling window", () => {
  test("fires as its definition says, on time and late, whatever the order of events", () => {
    fc.assert(
      fc.property(events, tumblingSettings, (given, { size, offset, allowedLateness, outOfOrderness, where }) => {
        const program = tumblingProgram({
          size: `${size}ms`,
          offset: `${offset}ms`,
          allowedLateness: `${allowedLateness}ms`,
          where,
          aggregate,
        });
        const { firings, late, isEmpty } = driveTumbling(program, given, { outOfOrdernessMs: outOfOrderness });
        const told = firings.map(({ at, fired: { fact: _fact, ...rest } }) => ({ at, ...rest }));
        const settings = { size, offset, allowedLateness, outOfOrderness, where, aggregates: defined };
        expect({ firings: told, late }).toEqual(tumblingByDefinition(given, settings));
        expect(isEmpty).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("has in each firing's fact the values, and as `previous` the fact of the firing before", () => {
    fc.assert(
      fc.property(events, tumblingSettings, (given, { size, allowedLateness, outOfOrderness }) => {
        const program = tumblingProgram({ size: `${size}ms`, allowedLateness: `${allowedLateness}ms`, aggregate });
        const { firings } = driveTumbling(program, given, { outOfOrdernessMs: outOfOrderness });
        let previous: JsonValue = null;
        for (const { fired } of firings) {
          const { start, end, firing, values, fact } = fired;
          expect(fact).toEqual({ ...values, start, end, firing, previous });
          previous = { ...values, start, end, firing };
        }
      }),
    );
  });

  test("is the same whole and restored after every event", () => {
    fc.assert(
      fc.property(events, tumblingSettings, (given, { size, offset, allowedLateness, outOfOrderness, where }) => {
        const program = tumblingProgram({
          size: `${size}ms`,
          offset: `${offset}ms`,
          allowedLateness: `${allowedLateness}ms`,
          where,
          aggregate,
        });
        const whole = driveTumbling(program, given, { outOfOrdernessMs: outOfOrderness });
        const chopped = driveTumbling(program, given, { outOfOrdernessMs: outOfOrderness, isChopped: true });
        expect(chopped).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });
});
