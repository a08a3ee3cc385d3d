import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../../../src/core/base/json.ts";
import { durationMs, eventTimeMs, logTimeMs } from "../../../../src/core/time/instant.ts";
import { advanceByEvent, advanceToEnd, createWatermark, isLate } from "../../../../src/core/time/watermark.ts";
import { slidingPlanOf } from "../../../../src/core/window/sliding/sliding-plan.ts";
import { SlidingWindows } from "../../../../src/core/window/sliding/sliding-windows.ts";
import type { WindowStore } from "../../../../src/core/window/window-program.ts";
import { type DefinedAggregates, slidingByDefinition } from "../../../oracle/window-definition.ts";
import { eventAt, scopeOf, storeOf } from "../window-kit.ts";
import { ignore } from "./sliding-kit.ts";

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
    fc.integer({ min: -50, max: 50 }).map((first) => {
      let time = first;
      return steps.map(({ step, fields }) => {
        time += step;
        return { time, fields };
      });
    }),
  );

/** Plays a window as a shard would: late events out, the others in event-time order as the watermark comes. */
function drive(store: WindowStore, given: readonly { time: number; fields: JsonObject }[], outOfOrdernessMs: number) {
  const watermark = createWatermark();
  const state = new SlidingWindows(slidingPlanOf(store));
  const rows: unknown[] = [];
  const late: number[] = [];
  let waiting: { readonly time: number; readonly fields: JsonObject; readonly index: number }[] = [];
  const release = (): void => {
    const due = waiting.filter(({ time }) => time <= watermark.at).sort((a, b) => a.time - b.time || a.index - b.index);
    waiting = waiting.filter(({ time }) => time > watermark.at);
    for (const { time, fields, index } of due) {
      const event = eventAt(time, fields, index);
      const moment = { at: event.time, watermark: eventTimeMs(time - 1) };
      const intake = { event, scope: scopeOf(event), watermark: moment.watermark, logTime: logTimeMs(0) };
      if (state.add({ ...intake, report: ignore })[0]?.kind !== "added") continue;
      rows.push({ event: index, fact: state.fact(0, moment), evidence: state.evidence(0, moment) });
    }
  };
  for (const [index, event] of given.entries()) {
    const time = eventTimeMs(event.time);
    if (isLate(time, watermark.at)) late.push(index);
    else waiting.push({ ...event, index });
    advanceByEvent(watermark, time, durationMs(outOfOrdernessMs));
    release();
  }
  advanceToEnd(watermark);
  release();
  return { rows, late };
}

const settings = fc.record({
  size: fc.integer({ min: 1, max: 60 }),
  outOfOrderness: fc.integer({ min: 0, max: 30 }),
  where: fc.constantFrom(undefined, "flag"),
});

test("a sliding window is over the events that the format's page names, whatever their order", () => {
  fc.assert(
    fc.property(events, settings, (given, { size, outOfOrderness, where }) => {
      const store = storeOf([{ type: "sliding", size: `${size}ms`, where, aggregate }]);
      expect(drive(store, given, outOfOrderness)).toEqual(
        slidingByDefinition(given, { size, outOfOrderness, where, aggregates: defined }),
      );
    }),
    { numRuns: 150 },
  );
});
