import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/base/json.ts";
import { type DefinedAggregates, slidingByDefinition } from "../../oracle/window-definition.ts";
import { driveSliding } from "./window-driver.ts";
import { slidingProgram } from "./window-kit.ts";

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
