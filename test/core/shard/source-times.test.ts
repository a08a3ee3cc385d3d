import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Shard } from "../../../src/core/shard/shard.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { step } from "../../../src/core/shard/step.ts";
import { durationMs } from "../../../src/core/time/instant.ts";
import type { SourceTime } from "../../../src/core/time/source-time.ts";
import { timeOf } from "../time/watermark-inputs.ts";
import { entryOf, planOf, play, restored, type Row, run, settingsOf, textOf } from "./scenario.ts";

const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
const tumbling = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
const inOrder = { id: "r", windows: { w: sliding }, conditions: "true" };
const atEnd = { id: "r", windows: { w: tumbling } };
const whole = { isWhole: true };

const inputs: readonly Row[] = [
  {
    why: "partitions: events wait for the slowest, and come out in event-time order",
    sources: [timeOf("test", { expect: ["x", "y"] })],
    rules: [inOrder],
    stream: `
      5 a p=x
      7 a p=x
      6 a p=y => window r.w {} -5..5 n=1 onTime; alert r {} @5
      9 a p=y => window r.w {} -4..6 n=2 onTime; alert r {} @6
      end => window r.w {} -3..7 n=3 onTime; alert r {} @7; window r.w {} -1..9 n=4 onTime; alert r {} @9`,
  },
  {
    why: "a window fires when all of them have come so far",
    sources: [timeOf("test", { expect: ["x", "y"] })],
    rules: [atEnd],
    stream: `
      5 a p=x
      12 a p=x
      4 a p=y
      10 a p=y => window r.w {} 0..10 n=2 onTime; alert r {} @9`,
  },
  {
    why: "one that is quiet is left out, so that its silence holds no window for ever",
    sources: [timeOf("test", { expect: ["x", "y"], idle: 100 })],
    rules: [atEnd],
    stream: `
      5 a p=x ^1000
      12 a p=x ^1050
      13 a p=x ^1099
      14 a p=x ^1100 => window r.w {} 0..10 n=1 onTime; alert r {} @9`,
  },
  {
    why: "what it sends then is late where the others have passed it",
    sources: [timeOf("test", { idle: 100 })],
    rules: [atEnd],
    stream: `
      5 a p=y ^1000
      12 a p=x ^1050
      13 a p=x ^1100 => window r.w {} 0..10 n=1 onTime; alert r {} @9
      6 a p=y ^1101 => late r.w 3`,
  },
  {
    why: "a message without events moves its source's log too",
    sources: [timeOf("test", { idle: 100 })],
    rules: [atEnd],
    stream: `
      5 a p=y ^1000
      12 a p=x ^1050
      batch broken ^1120 => window r.w {} 0..10 n=1 onTime; alert r {} @9; dead letter not-json`,
  },
  {
    why: "sources: the least of them counts, and each its own out-of-orderness",
    sources: [timeOf("one", { ...whole, outOfOrderness: 3 }), timeOf("two", whole)],
    rules: [atEnd],
    stream: `
      5 a @one
      30 a @two
      12 a @one
      13 a @one => window r.w {} 0..10 n=1 onTime; alert r {} @9`,
  },
  {
    why: "one that its broker says is at its end is not waited for until its next event",
    sources: [timeOf("one", whole), timeOf("two", whole)],
    rules: [atEnd],
    stream: `
      5 a @one ^1000
      30 a @two ^1000
      idle 1001 @one => window r.w {} 0..10 n=1 onTime; alert r {} @9
      8 a @one ^1002 => late r.w 3`,
  },
  {
    why: "a log that says itself how far it is moves the watermark, and its events none",
    sources: [timeOf("test", { ...whole, outOfOrderness: Infinity })],
    rules: [atEnd],
    stream: `
      50 a
      5 a
      watermark 8
      9 a
      watermark 9 => window r.w {} 0..10 n=2 onTime; alert r {} @9
      4 a => late r.w 5`,
  },
];

const bounded = (maxFuture: number): SourceTime => ({ ...timeOf("test", whole), maxFutureMs: durationMs(maxFuture) });

const future: readonly Row[] = [
  {
    why: "further ahead of log time than it may be: a dead letter that moves nothing",
    sources: [bounded(100)],
    rules: [atEnd],
    stream: `
      5 a ^1000
      1101 a ^1000 => dead letter too-far-ahead
      6 a ^1000
      1100 a ^1000 => window r.w {} 0..10 n=2 onTime; alert r {} @9`,
  },
  {
    why: "log time is the greatest stamp, and ticks move it",
    sources: [bounded(100)],
    rules: [{ id: "r", conditions: "true" }],
    stream: `
      5 a ^1000 => alert r {} @5
      tick 2000
      2100 a ^1500 => alert r {} @2100`,
  },
  {
    why: "a log without stamps: the first event passes, then it is by the greatest time before the event",
    sources: [bounded(100)],
    rules: [{ id: "r", conditions: "true" }],
    stream: `
      900000 a => alert r {} @900000
      900101 a => dead letter too-far-ahead
      900100 a => alert r {} @900100
      900200 a => alert r {} @900200
      5 a => alert r {} @5`,
  },
  {
    why: "in a batch it costs no other",
    sources: [bounded(100)],
    rules: [{ id: "r", conditions: "true" }],
    stream: "batch 5 a ^1000 | 5000 a | 6 a => alert r {} @5; dead letter too-far-ahead; alert r {} @6",
  },
];

describe("the times of sources and partitions", () => test.each(inputs)("$why", play));
describe("events of the future", () => test.each(future)("$why", play));

test("a dead letter of the future is counted as one, and as no event", () => {
  const { shard } = run({}, "5 a ^1000\n5000 a ^1000", settingsOf({ sources: [bounded(100)] }));
  expect(shard.stats).toMatchObject({ events: 1, deadLetters: 1 });
  expect(shard.watermark.eventTimeMax).toBe(5);
});

const interleaved = fc
  .uniqueArray(fc.integer({ min: -60, max: 60 }), { maxLength: 25 })
  .chain((times) =>
    fc.record({
      sorted: fc.constant(times.toSorted((a, b) => a - b)),
      partitions: fc.array(fc.constantFrom("x", "y", "z"), { minLength: times.length, maxLength: times.length }),
      turns: fc.array(fc.nat(2), { maxLength: times.length }),
    }),
  )
  .map(({ sorted, partitions, turns }) => {
    const lines = sorted.map((time, index) => ({ time, partition: partitions[index] ?? "x" }));
    const queues = ["x", "y", "z"].map((name) => lines.filter(({ partition }) => partition === name));
    const mixed = turns.flatMap((turn) => queues[turn]?.splice(0, 1) ?? []).concat(...queues);
    const textsOf = (all: typeof lines) => all.map(({ time, partition }) => `${time} a p=${partition} v=${time}`);
    return { inOrder: textsOf(lines), mixed: textsOf(mixed) };
  });

test("however partitions that are in order by themselves mix, the results are those of their events in order", () => {
  const sum = { s: { sum: "v" }, n: "count" };
  const plan = planOf({
    rules: [
      { id: "r", windows: { w: { ...sliding, aggregate: sum } }, conditions: "w.n > 1" },
      { id: "t", windows: { w: { ...tumbling, aggregate: sum } } },
      { id: "u", key: ["p"], conditions: "prev != null && prev.v < v - 5" },
    ],
  });
  const told = (settings: ReturnType<typeof settingsOf>, lines: readonly string[], isChopped: boolean) => {
    let shard = new Shard(plan, settings);
    const outputs: Output[] = [];
    for (const [index, line] of [...lines, "end"].entries()) {
      if (isChopped) shard = restored(shard);
      step(shard, entryOf(line, index), outputs);
    }
    return outputs.map(textOf);
  };
  const partitioned = settingsOf({ sources: [timeOf("test", { expect: ["x", "y", "z"] })] });
  fc.assert(
    fc.property(interleaved, fc.boolean(), ({ inOrder, mixed }, isChopped) => {
      expect(told(partitioned, mixed, isChopped)).toEqual(told(settingsOf(), inOrder, false));
    }),
  );
});
