import { describe, expect, test } from "vitest";
import { play, planOf, type Row, run } from "./scenario.ts";

const pane = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
const pair = {
  sequence: [
    { begin: "x", on: ["a"] },
    { followedBy: "y", on: ["b"] },
  ],
};

const rows: readonly Row[] = [
  {
    why: "a map: parts by their names, in document order",
    rules: [
      { id: "r", key: { who: "user.id", where: "lower(city)" }, conditions: "key.who == 1 && key.where == 'ulm'" },
    ],
    stream: `1 a user={"id":1} city=Ulm => alert r {'where':'ulm','who':1} @1`,
  },
  {
    why: "by type: the first that fits, in document order; none fits, or its value is absent: not seen",
    rules: [{ id: "r", key: { who: { "login.ok": "user", "login.*": "account", pay: "payer" } }, conditions: "true" }],
    stream: `
      1 login.ok user=u account=x => alert r {'who':'u'} @1
      2 login.bad account=x => alert r {'who':'x'} @2
      3 pay payer=u => alert r {'who':'u'} @3
      4 pay user=u
      5 logout user=u account=x payer=y`,
  },
  {
    why: "one key over several types: a window counts them together",
    rules: [
      { id: "r", key: { who: { login: "user", ">": "payer" } }, windows: { w: sliding }, conditions: "w.n == 2" },
    ],
    stream: `
      1 login user=u => window r.w {'who':'u'} -9..1 n=1 onTime
      2 pay payer=u => window r.w {'who':'u'} -8..2 n=2 onTime; alert r {'who':'u'} @2`,
  },
  {
    why: "each: once for each distinct value, in the order of the expressions; equal ones and absent ones count once and not",
    rules: [{ id: "r", key: { who: { each: ["to", "from"] } }, windows: { w: sliding }, conditions: "w.n >= 1" }],
    stream: `
      1 a from=x to=y => window r.w {'who':'y'} -9..1 n=1 onTime; window r.w {'who':'x'} -9..1 n=1 onTime; alert r {'who':'y'} @1; alert r {'who':'x'} @1
      2 a from=x to=x => window r.w {'who':'x'} -8..2 n=2 onTime; alert r {'who':'x'} @2
      3 a from=x => window r.w {'who':'x'} -7..3 n=3 onTime; alert r {'who':'x'} @3
      4 a from=null to=null
      5 a from=1 to="1" => window r.w {'who':'1'} -5..5 n=1 onTime; window r.w {'who':1} -5..5 n=1 onTime; alert r {'who':'1'} @5; alert r {'who':1} @5`,
  },
  {
    why: "several each multiply, the last one fastest",
    rules: [{ id: "r", key: { a: { each: ["p", "q"] }, b: { each: ["s", "t"] } }, conditions: "true" }],
    stream: `
      1 x p=1 q=2 s=3 t=4 => alert r {'a':1,'b':3} @1; alert r {'a':1,'b':4} @1; alert r {'a':2,'b':3} @1; alert r {'a':2,'b':4} @1
      2 x p=1 q=2 s=3 t=3 => alert r {'a':1,'b':3} @2; alert r {'a':2,'b':3} @2
      3 x p=1 q=2`,
  },
  {
    why: "a pattern and a window that fires, under each of the keys",
    rules: [
      {
        id: "r",
        key: { who: { each: ["from", "to"] } },
        windows: { w: pane },
        patterns: { p: pair },
        evaluate: ["pattern:p", "window:w"],
        conditions: "true",
      },
    ],
    stream: `
      1 a from=x to=y
      2 b from=y to=z => match r.p {'who':'y'} x:0 y:1 @2; alert r {'who':'y'} @2
      end => window r.w {'who':'x'} 0..10 n=1 onTime; window r.w {'who':'y'} 0..10 n=2 onTime; window r.w {'who':'z'} 0..10 n=1 onTime; alert r {'who':'x'} @9; alert r {'who':'y'} @9; alert r {'who':'z'} @9`,
  },
  {
    why: "windows by name, each under all of the event's keys",
    rules: [
      { id: "r", key: { who: { each: ["from", "to"] } }, windows: { v: sliding, w: sliding }, conditions: "w.n == 9" },
    ],
    stream:
      "1 a from=x to=y => window r.v {'who':'x'} -9..1 n=1 onTime; window r.v {'who':'y'} -9..1 n=1 onTime; window r.w {'who':'x'} -9..1 n=1 onTime; window r.w {'who':'y'} -9..1 n=1 onTime",
  },
  {
    why: "a late event fires a window under each of its keys",
    rules: [{ id: "r", key: { who: { each: ["from", "to"] } }, windows: { w: { ...pane, allowedLateness: "50ms" } } }],
    stream: `
      1 a from=x to=y
      20 b => window r.w {'who':'x'} 0..10 n=1 onTime; window r.w {'who':'y'} 0..10 n=1 onTime; alert r {'who':'x'} @9; alert r {'who':'y'} @9
      2 a from=y to=x => window r.w {'who':'y'} 0..10 n=2 late; window r.w {'who':'x'} 0..10 n=2 late; alert r {'who':'y'} @9; alert r {'who':'x'} @9`,
  },
  {
    why: "two rules of one map share one window",
    rules: [
      { id: "r", key: { who: { each: ["from", "to"] } }, windows: { w: sliding }, conditions: "w.n == 1" },
      { id: "s", key: { who: { each: ["from", "to"] } }, windows: { v: sliding }, conditions: "v.n == 1" },
    ],
    stream: `1 a from=x to=y => window r.w {'who':'x'} -9..1 n=1 onTime; window r.w {'who':'y'} -9..1 n=1 onTime; window s.v {'who':'x'} -9..1 n=1 onTime; window s.v {'who':'y'} -9..1 n=1 onTime; alert r {'who':'x'} @1; alert r {'who':'y'} @1; alert s {'who':'x'} @1; alert s {'who':'y'} @1`,
  },
  {
    why: "without an event a field is the part that it is, under whatever name; a name that is no field is none",
    rules: [
      {
        id: "r",
        key: { who: "user", city: "home.city" },
        windows: { w: pane },
        conditions: "user == 1 && key.who == 1 && who == null && city == null && key.city == 'ulm'",
      },
    ],
    stream: `
      1 a user=1 home={"city":"ulm"}
      end => window r.w {'city':'ulm','who':1} 0..10 n=1 onTime; alert r {'city':'ulm','who':1} @9`,
  },
  {
    why: "a pattern document has them too",
    rules: [],
    patterns: [{ id: "lone", key: { who: { each: ["from", "to"] } }, ...pair }],
    stream: `
      1 a from=x to=y
      2 b from=y to=x => match lone {'who':'y'} x:0 y:1 @2; match lone {'who':'x'} x:0 y:1 @2`,
  },
];

describe("keys as maps", () => {
  test.each(rows)("$why", play);

  test("equal forms share a dimension, a map whose names are its texts and a list too; an order of filters is part of it", () => {
    const keys = [
      ["a", "b"],
      { a: "a", b: "b" },
      { b: "b", a: "a" },
      { a: "a", b: "c" },
      { a: { x: "a", ">": "c" } },
      { a: { ">": "c", x: "a" } },
      { a: { each: ["a", "b"] } },
      { a: { each: ["a", "b"] } },
      { a: { each: ["b", "a"] } },
    ];
    const plan = planOf({ rules: keys.map((key, index) => ({ id: `r${index}`, key, conditions: "true" })) });
    expect(plan.rules.map(({ dimension }) => dimension)).toEqual([0, 0, 1, 2, 3, 4, 5, 5, 6]);
  });

  test("events without a whole key are counted", () => {
    const rules = [
      { id: "r", key: { who: { each: ["from", "to"] } }, conditions: "true" },
      { id: "s", key: { who: { a: "user" } }, conditions: "true" },
    ];
    const { shard } = run({ rules }, "1 a from=x\n2 b user=x\n3 a user=x");
    expect(shard.stats.eventsWithoutKey).toBe(4);
  });
});
