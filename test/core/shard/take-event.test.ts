import { describe, expect, test } from "vitest";
import { takeEvent } from "../../../src/core/shard/take-event.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import { draftsOf, play, planOf, type Row, run, settingsOf } from "./scenario.ts";

const count10 = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
const pane10 = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
const pair = {
  sequence: [
    { begin: "x", on: ["a"] },
    { followedBy: "y", on: ["b"] },
  ],
  within: "100ms",
};

const order: readonly Row[] = [
  {
    why: "a window takes the event before the conditions are tried",
    rules: [{ id: "r", windows: { w: count10 }, conditions: "w.n == 1" }],
    stream: "5 a => window r.w {} -5..5 n=1 onTime; alert r {} @5",
  },
  {
    why: "a let reads what windows and other lets hold after the event, in whatever order they are written",
    rules: [{ id: "r", windows: { w: count10 }, let: { twice: "once * 2", once: "w.n" }, conditions: "twice == 4" }],
    stream: `
      5 a => window r.w {} -5..5 n=1 onTime
      6 a => window r.w {} -4..6 n=2 onTime; alert r {} @6`,
  },
  {
    why: "window lines, then match lines, then alerts; in each the rules by priority, then by id",
    rules: [
      { id: "b", windows: { w: count10 }, patterns: { p: pair }, conditions: "true", evaluate: "event" },
      { id: "a", windows: { w: count10 }, patterns: { p: pair }, conditions: "true", evaluate: "event" },
      { id: "c", priority: 2, windows: { w: count10 }, patterns: { p: pair }, conditions: "true", evaluate: "event" },
    ],
    stream: `
      1 a => window c.w {} -9..1 n=1 onTime; window a.w {} -9..1 n=1 onTime; window b.w {} -9..1 n=1 onTime; alert c {} @1; alert a {} @1; alert b {} @1
      2 b => window c.w {} -8..2 n=2 onTime; window a.w {} -8..2 n=2 onTime; window b.w {} -8..2 n=2 onTime; match c.p {} x:0 y:1 @2; match a.p {} x:0 y:1 @2; match b.p {} x:0 y:1 @2; alert c {} @2; alert a {} @2; alert b {} @2`,
  },
  {
    why: "an inline pattern sees the window with this event in it",
    rules: [
      {
        id: "r",
        windows: { w: count10 },
        patterns: { p: { sequence: [{ begin: "x", where: "w.n == 2" }] } },
      },
    ],
    stream: `
      1 a => window r.w {} -9..1 n=1 onTime
      2 a => window r.w {} -8..2 n=2 onTime; match r.p {} x:1 @2; alert r {} @2`,
  },
];

const defaults: readonly Row[] = [
  {
    why: "an event field called key is read where the key is taken; behind it `key` is the key",
    rules: [
      {
        id: "r",
        where: "key > 0",
        key: ["key"],
        windows: { w: { ...count10, where: "key.key == 1" } },
        conditions: "w.n == 2",
      },
    ],
    stream: `
      1 a key=1 => window r.w {'key':1} -9..1 n=1 onTime
      2 a key=0
      3 a key=1 => window r.w {'key':1} -7..3 n=2 onTime; alert r {'key':1} @3`,
  },
  {
    why: "no window and no pattern: each event",
    rules: [{ id: "r", conditions: "v > 1" }],
    stream: `
      1 a v=1
      2 a v=2 => alert r {} @2`,
  },
  {
    why: "one sliding window does not fire on its own: each event, also one that does not enter it",
    rules: [{ id: "r", windows: { w: { ...count10, where: "v == 1" } }, conditions: "w.n == 1" }],
    stream: `
      1 a v=1 => window r.w {} -9..1 n=1 onTime; alert r {} @1
      2 a v=2 => alert r {} @2`,
  },
  {
    why: "one tumbling window: its firing, at end - 1, conditions left out",
    rules: [{ id: "r", windows: { w: pane10 } }],
    stream: `
      1 a
      12 a => window r.w {} 0..10 n=1 onTime; alert r {} @9
      end => window r.w {} 10..20 n=1 onTime; alert r {} @19`,
  },
  {
    why: "one pattern: its match, whatever windows there are",
    rules: [{ id: "r", windows: { w: pane10 }, patterns: { p: pair } }],
    stream: `
      1 a
      2 b => match r.p {} x:0 y:1 @2; alert r {} @2
      end => window r.w {} 0..10 n=2 onTime`,
  },
  {
    why: "two patterns and one window that fires: the window",
    rules: [{ id: "r", windows: { w: pane10 }, patterns: { p: pair, q: pair } }],
    stream: `
      1 a
      2 b => match r.p {} x:0 y:1 @2; match r.q {} x:0 y:1 @2
      end => window r.w {} 0..10 n=2 onTime; alert r {} @9`,
  },
  {
    why: "two windows that fire: each event, each read as it stands, this event included",
    rules: [{ id: "r", windows: { v: pane10, w: pane10 }, conditions: "v.n == 2 && w.n == 2" }],
    stream: `
      1 a
      2 a => alert r {} @2
      12 a => window r.v {} 0..10 n=2 onTime; window r.w {} 0..10 n=2 onTime`,
  },
];

const evaluate: readonly Row[] = [
  {
    why: "at events and at matches: the match is null outside the evaluation that it causes",
    rules: [
      { id: "r", patterns: { p: pair }, evaluate: ["event", "pattern:p"], conditions: "p == null || p.count == 2" },
    ],
    stream: `
      1 a => alert r {} @1
      2 b => match r.p {} x:0 y:1 @2; alert r {} @2; alert r {} @2`,
  },
  {
    why: "window:<sliding> is each event that enters it",
    rules: [
      {
        id: "r",
        windows: { w: { ...count10, where: "v == 1" } },
        evaluate: "window:w",
        conditions: "w.n >= 1",
      },
    ],
    stream: `
      1 a v=1 => window r.w {} -9..1 n=1 onTime; alert r {} @1
      2 a v=2`,
  },
  {
    why: "at events and at those that enter: an event is one evaluation, for both say the same moment",
    rules: [
      { id: "r", windows: { v: count10, w: count10 }, evaluate: ["event", "window:v", "window:w"], conditions: "true" },
    ],
    stream: "1 a => window r.v {} -9..1 n=1 onTime; window r.w {} -9..1 n=1 onTime; alert r {} @1",
  },
  {
    why: "alert: false gives none",
    rules: [{ id: "r", conditions: "true", alert: false }],
    stream: "1 a",
  },
  {
    why: "mode: disabled sees nothing",
    rules: [{ id: "r", windows: { w: pane10 }, mode: "disabled" }],
    stream: `
      1 a
      end`,
  },
];

const shared: readonly Row[] = [
  {
    why: "two rules of one key share one window; each has its lines, and what one does not evaluate the other may",
    rules: [
      { id: "r", key: ["u"], windows: { w: pane10 } },
      { id: "s", key: ["u"], windows: { v: pane10 }, evaluate: "event", conditions: "v.n == 2" },
    ],
    stream: `
      1 a u=1
      2 a u=1 => alert s {'u':1} @2
      end => window r.w {'u':1} 0..10 n=2 onTime; window s.v {'u':1} 0..10 n=2 onTime; alert r {'u':1} @9`,
  },
  {
    why: "equal windows behind another filter or key are others",
    rules: [
      { id: "r", key: ["u"], windows: { w: pane10 } },
      { id: "s", key: ["u"], on: ["a"], windows: { w: pane10 } },
      { id: "t", windows: { w: pane10 } },
    ],
    stream: `
      1 a u=1
      2 b u=2
      end => window r.w {'u':1} 0..10 n=1 onTime; window r.w {'u':2} 0..10 n=1 onTime; window s.w {'u':1} 0..10 n=1 onTime; window t.w {} 0..10 n=2 onTime; alert r {'u':1} @9; alert r {'u':2} @9; alert s {'u':1} @9; alert t {} @9`,
  },
  {
    why: "equal windows under other options of JSON conditions are others: an absent fact is an error in one, null in the other",
    rules: [
      { id: "r", windows: { w: { ...pane10, where: { all: [{ fact: "v", operator: "notEqual", value: 1 }] } } } },
      {
        id: "s",
        allowUndefinedFacts: true,
        windows: { w: { ...pane10, where: { all: [{ fact: "v", operator: "notEqual", value: 1 }] } } },
      },
    ],
    stream: `
      1 a
      end => window s.w {} 0..10 n=1 onTime; alert s {} @9`,
  },
  {
    why: "a rule that takes events on arrival and one that takes them in order count each event once",
    outOfOrdernessMs: 5,
    rules: [
      { id: "r", windows: { w: pane10 } },
      { id: "s", windows: { w: pane10, z: count10 }, conditions: "w.n == 1" },
    ],
    stream: `
      1 a
      7 a => window s.z {} -9..1 n=1 onTime; alert s {} @1
      end => window s.z {} -3..7 n=2 onTime; window r.w {} 0..10 n=2 onTime; window s.w {} 0..10 n=2 onTime; alert r {} @9`,
  },
  {
    why: "two rules share one pattern by its id, whatever else they declare; each has its match line",
    patterns: [
      {
        id: "p",
        ...pair,
        sequence: [
          { begin: "x", on: ["a"] },
          { followedBy: "y", where: "v == x.last.v" },
        ],
      },
    ],
    rules: [
      { id: "r", let: { one: "1", two: "2" }, patterns: { q: "p" }, conditions: "q.count == 2 && two == 2" },
      { id: "s", patterns: { p: "p" }, conditions: "p.count == 2" },
    ],
    stream: `
      1 a v=3
      2 b v=4
      3 b v=3 => match r.p {} x:0 y:2 @3; match s.p {} x:0 y:2 @3; alert r {} @3; alert s {} @3`,
  },
  {
    why: "a pattern that no rule names runs alone, under its own key",
    patterns: [{ id: "p", key: ["u"], ...pair }],
    stream: `
      1 a u=1
      2 b u=2
      3 b u=1 => match p {'u':1} x:0 y:2 @3`,
  },
];

const keys: readonly Row[] = [
  {
    why: "values compare by type: 1 is not '1'",
    rules: [{ id: "r", key: ["u"], windows: { w: count10 }, conditions: "w.n == 2" }],
    stream: `
      1 a u=1 => window r.w {'u':1} -9..1 n=1 onTime
      2 a u="1" => window r.w {'u':'1'} -8..2 n=1 onTime
      3 a u=1 => window r.w {'u':1} -7..3 n=2 onTime; alert r {'u':1} @3`,
  },
  {
    why: "an absent or null part: the rule does not see the event",
    rules: [{ id: "r", key: ["u"], conditions: "true" }],
    stream: `
      1 a
      2 a u=null
      3 a u=false => alert r {'u':false} @3`,
  },
  {
    why: "a part is called by its text as written, and read so",
    rules: [{ id: "r", key: ["u", "v * 2"], conditions: "key.u == 1 && key['v * 2'] == 6" }],
    stream: "1 a u=1 v=3 => alert r {'u':1,'v * 2':6} @1",
  },
  {
    why: "a part that JSON cannot hold is none: the number has no end",
    rules: [{ id: "r", key: ["v * v"], conditions: "true" }],
    stream: `
      1 a v=1e300
      2 a v=2 => alert r {'v * v':4} @2`,
  },
  {
    why: "`where` comes before the key: what it leaves out is not seen, and needs no key",
    rules: [{ id: "r", where: "v == 1", key: ["u"], conditions: "true" }],
    stream: `
      1 a v=2
      2 a v=1 u=5 => alert r {'u':5} @2`,
  },
  {
    why: "without an event the key's parts that are plain names stand for the fields, other fields are absent",
    rules: [
      { id: "r", key: ["u", "v * 2"], windows: { w: pane10 }, conditions: "u == 1 && other == null && w.n == 1" },
    ],
    stream: `
      1 a u=1 v=1 other=7
      end => window r.w {'u':1,'v * 2':2} 0..10 n=1 onTime; alert r {'u':1,'v * 2':2} @9`,
  },
  {
    why: "a match completed by time has no event either, one closed by an event has that",
    rules: [
      {
        id: "r",
        key: ["u"],
        patterns: {
          p: {
            sequence: [
              { begin: "x", on: ["a"] },
              { notFollowedBy: "y", on: ["b"] },
            ],
            within: "5ms",
          },
        },
        conditions: "u == 1 && v == null",
      },
      {
        id: "s",
        key: ["u"],
        patterns: { p: { sequence: [{ begin: "x", on: ["b"] }] } },
        conditions: "v == 2",
      },
    ],
    stream: `
      1 a u=1 v=2
      7 b u=1 v=2 => match r.p {'u':1} x:0 @6; alert r {'u':1} @6; match s.p {'u':1} x:1 @7; alert s {'u':1} @7`,
  },
];

describe("order at one event", () => test.each(order)("$why", play));
describe("when a rule is evaluated that does not say", () => test.each(defaults)("$why", play));
describe("when a rule is evaluated that says", () => test.each(evaluate)("$why", play));
describe("rules that share an operator", () => test.each(shared)("$why", play));
describe("keys", () => test.each(keys)("$why", play));

test("an event without a whole key is counted for each rule that would have seen it", () => {
  const rules = [
    { id: "r", key: ["u"], conditions: "true" },
    { id: "s", key: ["u"], conditions: "true" },
    { id: "t", conditions: "true" },
  ];
  const { shard, outputs } = run({ rules }, "1 a");
  expect(shard.stats.eventsWithoutKey).toBe(2);
  expect(draftsOf(outputs).map(({ alert }) => alert.rule)).toEqual(["t"]);
});

test("one evaluation of one event has one id, whatever it was asked by", () => {
  const rule = { id: "r", windows: { w: count10 }, evaluate: ["event", "window:w"], conditions: "true" };
  expect(draftsOf(run({ rules: [rule] }, "1 a\n2 a").outputs).map(({ alert }) => alert.time)).toEqual([1, 2]);
});

test("an event that no rule sees leaves nothing behind", () => {
  const shard = new Shard(planOf({ rules: [{ id: "r", where: "false", windows: { w: pane10 } }] }), settingsOf());
  const { shard: after } = run({ rules: [{ id: "r", windows: { w: { ...pane10, where: "false" } } }] }, "1 a\n2 a");
  takeEvent(
    shard,
    {
      position: { source: "s", sequence: 0, index: 0 },
      id: 0,
      type: "a",
      time: shard.timeReached,
      source: "s",
      fields: {},
    },
    "on-time",
    [],
  );
  for (const { records, gone, dirty } of [shard, after]) {
    expect(records.map(({ size }) => size)).toEqual([0]);
    expect([gone.size, dirty.size]).toEqual([0, 0]);
  }
});
