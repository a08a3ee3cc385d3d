import { describe, expect, test } from "vitest";
import { Shard } from "../../../src/core/shard/shard.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { step } from "../../../src/core/shard/step.ts";
import { entryOf, play, planOf, type Row, run, settingsOf } from "./scenario.ts";

const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
const tumbling = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
const pair = {
  sequence: [
    { begin: "x", on: ["a"] },
    { followedBy: "y", on: ["b"] },
  ],
  within: "10ms",
};

const lateness: readonly Row[] = [
  {
    why: "without out-of-orderness the watermark is the greatest time - 1: an equal time is not late, one before it is",
    rules: [{ id: "r", windows: { w: sliding }, conditions: "true" }],
    stream: `
      5 a => window r.w {} -5..5 n=1 onTime; alert r {} @5
      5 a => window r.w {} -5..5 n=2 onTime; alert r {} @5
      4 a => late r.w 2
      6 a => window r.w {} -4..6 n=3 onTime; alert r {} @6`,
  },
  {
    why: "it is judged before the event itself moves the watermark",
    outOfOrdernessMs: 2,
    rules: [{ id: "r", windows: { w: sliding }, conditions: "true" }],
    stream: `
      5 a
      3 a
      8 a => window r.w {} -7..3 n=1 onTime; alert r {} @3; window r.w {} -5..5 n=2 onTime; alert r {} @5
      5 a => late r.w 3
      6 a
      end => window r.w {} -4..6 n=3 onTime; alert r {} @6; window r.w {} -2..8 n=4 onTime; alert r {} @8`,
  },
  {
    why: "only what would have entered is late for a window, and a late event of an ordered rule is not evaluated",
    rules: [{ id: "r", windows: { w: { ...sliding, where: "v == 1" } }, conditions: "true" }],
    stream: `
      5 a v=2 => alert r {} @5
      3 a v=2
      4 a v=1 => late r.w 2`,
  },
  {
    why: "a pattern does not see a late event, but tells it",
    patterns: [{ id: "p", on: ["a", "b"], ...pair }],
    rules: [{ id: "r", patterns: { q: { on: ["a", "b"], ...pair } } }],
    stream: `
      5 a
      4 b => late r.q 1; late p 1
      4 c
      6 b => match r.q {} x:0 y:3 @6; match p {} x:0 y:3 @6; alert r {} @6`,
  },
  {
    why: "a rule that keeps to no order is evaluated for a late event as for any",
    rules: [{ id: "r", conditions: "true" }],
    stream: `
      5 a => alert r {} @5
      1 a => alert r {} @1`,
  },
  {
    why: "a window with an end takes a late event until the watermark passes end - 1, and says late from then on",
    rules: [{ id: "r", windows: { w: tumbling }, evaluate: "event", conditions: "w.n >= 1" }],
    stream: `
      9 a => alert r {} @9
      1 a => alert r {} @1
      10 a => window r.w {} 0..10 n=2 onTime; alert r {} @10
      9 a => late r.w 3`,
  },
  {
    why: "within the allowed lateness it fires again, late, at once; at end - 1 + lateness it is gone",
    rules: [{ id: "r", windows: { w: { ...tumbling, allowedLateness: "5ms" } } }],
    stream: `
      1 a
      10 a => window r.w {} 0..10 n=1 onTime; alert r {} @9
      2 a => window r.w {} 0..10 n=2 late; alert r {} @9
      14 a
      3 a => window r.w {} 0..10 n=3 late; alert r {} @9
      15 a
      4 a => late r.w 6`,
  },
  {
    why: "an ordered rule's window with an end takes a late event too, and the firing is evaluated",
    rules: [
      {
        id: "r",
        windows: { w: { ...tumbling, allowedLateness: "9ms" }, s: sliding },
        evaluate: "window:w",
        conditions: "w.n == 2",
      },
    ],
    stream: `
      1 a => window r.s {} -9..1 n=1 onTime
      10 a => window r.w {} 0..10 n=1 onTime; window r.s {} 0..10 n=2 onTime
      2 a => late r.s 2; window r.w {} 0..10 n=2 late; alert r {} @9`,
  },
];

const order: readonly Row[] = [
  {
    why: "no out-of-orderness: at once, and of equal times each sees those before it only",
    rules: [{ id: "r", windows: { w: sliding }, conditions: "w.n == 1" }],
    stream: `
      1 a => window r.w {} -9..1 n=1 onTime; alert r {} @1
      1 a => window r.w {} -9..1 n=2 onTime`,
  },
  {
    why: "else in event-time order when the watermark comes to them, equal times as they arrived",
    outOfOrdernessMs: 3,
    patterns: [{ id: "p", sequence: [{ begin: "x", times: 4 }] }],
    stream: `
      3 a
      1 a
      3 b
      2 a
      7 a => match p {} x:1,3,0,2 @3`,
  },
  {
    why: "a rule without a window or a pattern is evaluated on arrival all the same",
    outOfOrdernessMs: 3,
    rules: [
      { id: "r", conditions: "true" },
      { id: "s", windows: { w: sliding }, conditions: "true" },
    ],
    stream: `
      3 a => alert r {} @3
      2 a => alert r {} @2
      6 a => window s.w {} -8..2 n=1 onTime; alert s {} @2; alert r {} @6`,
  },
  {
    why: "at the end of input what waits comes out in order, each deadline before the events of its time",
    outOfOrdernessMs: 100,
    rules: [{ id: "r", windows: { w: tumbling, s: sliding }, conditions: "w.n == 1" }],
    stream: `
      10 a
      9 a
      end => window r.s {} -1..9 n=1 onTime; alert r {} @9; window r.w {} 0..10 n=1 onTime; window r.s {} 0..10 n=2 onTime; alert r {} @10; window r.w {} 10..20 n=1 onTime`,
  },
  {
    why: "events of one message are taken one after the other",
    rules: [{ id: "r", windows: { w: sliding }, conditions: "w.n == 2" }],
    stream:
      "batch 1 a | 2 a | broken => window r.w {} -9..1 n=1 onTime; window r.w {} -8..2 n=2 onTime; alert r {} @2; dead letter not-json",
  },
];

const logTime: readonly Row[] = [
  {
    why: "idle: the watermark moves by the log time that passes, never straight to the clock",
    rules: [{ id: "r", windows: { w: tumbling } }],
    stream: `
      5 a ^100000
      tick 100500
      idle 200000
      tick 200004
      tick 200005 => window r.w {} 0..10 n=1 onTime; alert r {} @9`,
  },
  {
    why: "an event ends idleness: ticks move nothing until the source is idle again",
    rules: [{ id: "r", windows: { w: tumbling } }],
    stream: `
      5 a ^1000
      idle 2000
      6 a ^2001
      tick 9000
      idle 9000
      tick 9004 => window r.w {} 0..10 n=2 onTime; alert r {} @9`,
  },
  {
    why: "a tick lets go what waits for the watermark",
    outOfOrdernessMs: 50,
    rules: [{ id: "r", windows: { w: sliding }, conditions: "true" }],
    stream: `
      5 a ^1000
      idle 1000
      tick 1050
      tick 1051 => window r.w {} -5..5 n=1 onTime; alert r {} @5`,
  },
  {
    why: "before the first event there is no watermark to move",
    rules: [{ id: "r", windows: { w: tumbling } }],
    stream: `
      idle 1000
      tick 9000
      5 a ^9000
      end => window r.w {} 0..10 n=1 onTime; alert r {} @9`,
  },
  {
    why: "an event of the far future does not move the log's time where that has stamps: ticks go on",
    rules: [{ id: "r", windows: { w: tumbling } }],
    stream: `
      900005 a ^1000
      idle 2000
      tick 2005 => window r.w {} 900000..900010 n=1 onTime; alert r {} @900009`,
  },
  {
    why: "a log without stamps takes its time from its events",
    rules: [{ id: "r", windows: { w: tumbling } }],
    stream: `
      900005 a
      idle 2000
      tick 2005
      tick 900010 => window r.w {} 900000..900010 n=1 onTime; alert r {} @900009`,
  },
];

const limit: readonly Row[] = [
  {
    why: "past the limit of waiting events the oldest are taken early, and more of that time is late",
    outOfOrdernessMs: 1_000,
    bufferedEventCountMax: 2,
    rules: [{ id: "r", windows: { w: sliding }, conditions: "true" }],
    stream: `
      5 a
      3 a
      3 b => window r.w {} -7..3 n=1 onTime; alert r {} @3; window r.w {} -7..3 n=2 onTime; alert r {} @3
      3 c => late r.w 3
      4 a
      6 a => window r.w {} -6..4 n=3 onTime; alert r {} @4`,
  },
];

describe("lateness", () => test.each(lateness)("$why", play));
describe("the order in which events are taken", () => test.each(order)("$why", play));
describe("log time", () => test.each(logTime)("$why", play));
describe("the limit of waiting events", () => test.each(limit)("$why", play));

test("events taken early, dead letters and late events are counted", () => {
  const rules = [{ id: "r", windows: { w: sliding }, conditions: "true" }];
  const settings = settingsOf({ outOfOrdernessMs: 1_000, bufferedEventCountMax: 1 });
  const { shard } = run({ rules }, "5 a\n3 a\n2 a\nbatch broken | broken", settings);
  expect(shard.stats).toMatchObject({ events: 3, eventsReleasedEarly: 1, deadLetters: 2, lateEvents: 1 });
});

test("a dead letter's id is that of its position", () => {
  const ids = (line: string, sequence: number) => {
    const outputs: Output[] = [];
    step(new Shard(planOf({}), settingsOf()), entryOf(line, sequence), outputs);
    return outputs.map((output) => (output.kind === "dead-letter" ? output.id : ""));
  };
  const [first, second] = ids("batch broken | broken", 7);
  expect(first).toMatch(/^a[a-z2-7]{26}$/);
  expect(second).not.toBe(first);
  expect(ids("batch broken | 1 a", 7)).toEqual([first]);
  expect(ids("batch broken | 1 a", 8)).not.toEqual([first]);
});
