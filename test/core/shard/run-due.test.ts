import { describe, expect, test } from "vitest";
import { runDue } from "../../../src/core/shard/run-due.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import { play, planOf, type Row, run, settingsOf } from "./scenario.ts";

const tumbling = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
const quiet = {
  sequence: [
    { begin: "x", on: ["a"] },
    { notFollowedBy: "y", on: ["b"] },
  ],
  within: "10ms",
};

const timers: readonly Row[] = [
  {
    why: "a deadline d is due at a watermark of d - 1, before events of time d",
    rules: [{ id: "r", windows: { w: tumbling } }],
    stream: `
      1 a
      10 a => window r.w {} 0..10 n=1 onTime; alert r {} @9`,
  },
  {
    why: "deadline by deadline: each tells its lines, then its alerts",
    rules: [
      { id: "r", windows: { w: tumbling } },
      { id: "s", windows: { w: { ...tumbling, size: "4ms" } } },
    ],
    stream: `
      1 a
      end => window s.w {} 0..4 n=1 onTime; alert s {} @3; window r.w {} 0..10 n=1 onTime; alert r {} @9`,
  },
  {
    why: "at one deadline: window lines, match lines, alerts; by rule, by name, by key",
    rules: [
      { id: "b", key: ["u"], windows: { z: tumbling, w: tumbling }, evaluate: "window:w" },
      { id: "a", key: ["u"], patterns: { q: quiet, p: quiet }, evaluate: ["pattern:p"], conditions: "true" },
    ],
    stream: `
      0 a u=2
      0 a u=1
      end => window b.w {'u':1} 0..10 n=1 onTime; window b.w {'u':2} 0..10 n=1 onTime; window b.z {'u':1} 0..10 n=1 onTime; window b.z {'u':2} 0..10 n=1 onTime; match a.p {'u':1} x:1 @10; match a.p {'u':2} x:0 @10; match a.q {'u':1} x:1 @10; match a.q {'u':2} x:0 @10; alert a {'u':1} @10; alert a {'u':2} @10; alert b {'u':1} @9; alert b {'u':2} @9`,
  },
  {
    why: "of one window an earlier end fires first, whatever the order of the events",
    outOfOrdernessMs: 100,
    rules: [{ id: "r", windows: { w: tumbling } }],
    stream: `
      25 a
      5 a
      200 a => window r.w {} 0..10 n=1 onTime; alert r {} @9; window r.w {} 20..30 n=1 onTime; alert r {} @29`,
  },
  {
    why: "a window with no event does not fire",
    rules: [{ id: "r", windows: { w: tumbling } }],
    stream: `
      1 a
      35 a => window r.w {} 0..10 n=1 onTime; alert r {} @9
      end => window r.w {} 30..40 n=1 onTime; alert r {} @39`,
  },
  {
    why: "a lone pattern's timed match comes behind those of rules",
    patterns: [{ id: "a", ...quiet }],
    rules: [{ id: "r", patterns: { p: quiet } }],
    stream: `
      0 a
      10 c => match r.p {} x:0 @10; match a {} x:0 @10; alert r {} @10`,
  },
  {
    why: "a timed-out match evaluates conditions; a rule without any does not fire for it",
    rules: [
      {
        id: "r",
        patterns: {
          p: {
            ...quiet,
            emitTimeouts: true,
            sequence: [
              { begin: "x", on: ["a"] },
              { next: "y", on: ["b"] },
            ],
          },
        },
      },
      {
        id: "s",
        patterns: {
          p: {
            ...quiet,
            emitTimeouts: true,
            sequence: [
              { begin: "x", on: ["a"] },
              { followedBy: "y", on: ["b"] },
            ],
          },
        },
        conditions: "p.timedOut",
      },
      {
        id: "t",
        patterns: {
          p: {
            ...quiet,
            emitTimeouts: true,
            sequence: [
              { begin: "x", on: ["a"] },
              { followedBy: "y", on: ["b"] },
            ],
          },
        },
      },
    ],
    stream: `
      0 a
      end => match r.p {} x:0 @10 timed out; match s.p {} x:0 @10 timed out; match t.p {} x:0 @10 timed out; alert s {} @10`,
  },
];

const reading: readonly Row[] = [
  {
    why: "`previous` is the firing before, null for the first",
    rules: [
      { id: "r", windows: { w: tumbling }, conditions: "w.previous != null && w.n > w.previous.n" },
      { id: "s", windows: { w: tumbling }, conditions: "w.previous == null" },
    ],
    stream: `
      1 a
      11 a => window r.w {} 0..10 n=1 onTime; window s.w {} 0..10 n=1 onTime; alert s {} @9
      12 a
      20 a => window r.w {} 10..20 n=2 onTime; window s.w {} 10..20 n=2 onTime; alert r {} @19`,
  },
  {
    why: "of the pane right behind only: one that never was leaves no previous",
    rules: [{ id: "r", windows: { w: tumbling }, conditions: "w.previous == null" }],
    stream: `
      1 a
      25 a => window r.w {} 0..10 n=1 onTime; alert r {} @9
      end => window r.w {} 20..30 n=1 onTime; alert r {} @29`,
  },
  {
    why: "where two windows fire for one end, each decision sees both",
    rules: [
      {
        id: "r",
        windows: { all: tumbling, bad: { ...tumbling, where: "v == 1" } },
        evaluate: "window:all",
        conditions: "bad.n * 2 == all.n",
      },
    ],
    stream: `
      1 a v=1
      2 a v=0
      10 a => window r.all {} 0..10 n=2 onTime; window r.bad {} 0..10 n=1 onTime; alert r {} @9`,
  },
  {
    why: "also where a late event makes them fire, and each with the firing before as previous",
    rules: [
      {
        id: "r",
        windows: {
          all: { ...tumbling, allowedLateness: "9ms" },
          bad: { ...tumbling, allowedLateness: "9ms", where: "v == 1" },
        },
        evaluate: "window:all",
        conditions: "bad.n == 2 && bad.previous.n == 1",
      },
    ],
    stream: `
      1 a v=1
      10 a v=0 => window r.all {} 0..10 n=1 onTime; window r.bad {} 0..10 n=1 onTime
      2 a v=1 => window r.all {} 0..10 n=2 late; window r.bad {} 0..10 n=2 late; alert r {} @9`,
  },
  {
    why: "a larger window is read as it stands, open, at end - 1 of the one that fires; a sliding one likewise",
    rules: [
      {
        id: "r",
        windows: { w: tumbling, day: { ...tumbling, size: "100ms" }, s: sliding },
        evaluate: "window:w",
        conditions: "day.n == 3 && day.firing == 'early' && s.n == 2 && s.end == 19",
      },
    ],
    stream: `
      1 a => window r.s {} -9..1 n=1 onTime
      11 a => window r.w {} 0..10 n=1 onTime; window r.s {} 1..11 n=1 onTime
      19 a => window r.s {} 9..19 n=2 onTime
      20 b => window r.w {} 10..20 n=2 onTime; alert r {} @19; window r.s {} 10..20 n=3 onTime`,
  },
  {
    why: "a sliding window is over (T - size, T]: what is exactly size old has left",
    rules: [{ id: "r", windows: { w: sliding }, conditions: "w.n == 1" }],
    stream: `
      1 a => window r.w {} -9..1 n=1 onTime; alert r {} @1
      10 a => window r.w {} 0..10 n=2 onTime
      11 a => window r.w {} 1..11 n=2 onTime
      21 a => window r.w {} 11..21 n=1 onTime; alert r {} @21`,
  },
  {
    why: "nothing is evaluated merely because an event left",
    rules: [{ id: "r", key: ["u"], windows: { w: { ...sliding, where: "u == 1" } }, conditions: "w.n == 0" }],
    stream: `
      1 a u=1 => window r.w {'u':1} -9..1 n=1 onTime
      50 a u=2 => alert r {'u':2} @50
      end`,
  },
];

const throttles: readonly Row[] = [
  {
    why: "time < last given + throttle is held and starts no new period; the next one given tells how many",
    rules: [{ id: "r", on: ["a"], key: ["u"], conditions: "true", alert: { throttle: "10ms" } }],
    stream: `
      1 a u=1 => alert r {'u':1} @1
      2 a u=1
      3 a u=2 => alert r {'u':2} @3
      10 a u=1
      11 a u=1 => alert r {'u':1} @11 held 2
      21 a u=1 => alert r {'u':1} @21`,
  },
  {
    why: "by fingerprint",
    rules: [{ id: "r", conditions: "true", alert: { throttle: "10ms", fingerprint: ["u"] } }],
    stream: `
      1 a u=1 => alert r {} @1
      2 a u=2 => alert r {} @2
      3 a u=1`,
  },
  {
    why: "a rise of severity passes, and begins a period of its own; a fall and an equal one are held",
    rules: [{ id: "r", severity: "input.s", conditions: "true", alert: { throttle: "10ms" } }],
    stream: `
      1 a s=low => alert r {} @1
      2 a s=low
      3 a s=high => alert r {} @3 held 1
      4 a s=medium
      12 a s=high
      13 a s=low => alert r {} @13 held 2`,
  },
  {
    why: "a window whose end is the period's is of a time within it: held",
    rules: [
      {
        id: "r",
        windows: { w: tumbling },
        evaluate: ["event", "window:w"],
        conditions: "w.firing == 'onTime' || v == 1",
        alert: { throttle: "10ms" },
      },
    ],
    stream: `
      10 a v=1 => alert r {} @10
      11 a v=0
      20 a v=0 => window r.w {} 10..20 n=2 onTime
      30 a v=1 => window r.w {} 20..30 n=1 onTime; alert r {} @29 held 1`,
  },
  {
    why: "a late firing of a time within the period is held, though the watermark is past it",
    rules: [
      {
        id: "r",
        windows: { w: { ...tumbling, allowedLateness: "50ms" } },
        alert: { throttle: "5ms" },
      },
    ],
    stream: `
      1 a
      30 a => window r.w {} 0..10 n=1 onTime; alert r {} @9
      2 a => window r.w {} 0..10 n=2 late`,
  },
];

describe("what comes due", () => test.each(timers)("$why", play));
describe("windows read", () => test.each(reading)("$why", play));
describe("throttles", () => test.each(throttles)("$why", play));

test("after the end of input nothing is kept but what was held back", () => {
  const rules = (throttle: string) => [
    {
      id: "r",
      key: ["u"],
      windows: { w: { ...tumbling, allowedLateness: "5ms" }, s: sliding },
      patterns: { p: quiet },
      evaluate: ["event"],
      conditions: "true",
      alert: { throttle },
    },
  ];
  const kept = (throttle: string) => {
    const { shard } = run({ rules: rules(throttle) }, "1 a u=1\n3 a u=1\n4 a u=2\n9 b u=2\n40 c u=3\nend");
    return [shard.records.map((records) => [...records.keys()].sort()), shard.timers.peekDeadline()];
  };
  expect(kept("1ms")).toEqual([[[]], undefined]);
  expect(kept("3ms")).toEqual([[["n1"]], undefined]);
});

test("nothing is due where nothing is", () => {
  const shard = new Shard(planOf({}), settingsOf());
  runDue(shard, []);
  expect(shard.timeReached).toBe(shard.watermark.at);
});
