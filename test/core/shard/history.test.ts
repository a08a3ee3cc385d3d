import { describe, expect, test } from "vitest";
import { noHistory } from "../../../src/core/rule/history-state.ts";
import { historyAt } from "../../../src/core/shard/history-operator.ts";
import { activatePlan } from "../../../src/core/shard/snapshot.ts";
import { step } from "../../../src/core/shard/step.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { draftsOf, entryOf, play, planOf, type Row, run, settingsOf } from "./scenario.ts";

const pane = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };

const rows: readonly Row[] = [
  {
    why: "prev is the event that the rule took before under the same key, after `where`",
    rules: [{ id: "r", where: "v > 0", key: ["u"], conditions: "prev != null && v > prev.v" }],
    stream: `
      1 a u=1 v=1
      2 a u=2 v=5
      3 a u=1 v=0
      4 a u=1 v=2 => alert r {'u':1} @4
      5 a u=1 v=1`,
  },
  {
    why: "of equal times the one that came first; a late one is not evaluated and is not seen as the one before",
    rules: [{ id: "r", key: [], conditions: "prev == null || v > prev.v" }],
    stream: `
      5 a v=1 => alert r {} @5
      5 a v=2 => alert r {} @5
      4 a v=9 => late r 2
      6 a v=3 => alert r {} @6`,
  },
  {
    why: "with out-of-orderness in event-time order",
    outOfOrdernessMs: 5,
    rules: [{ id: "r", conditions: "prev != null && prev.v == v - 1" }],
    stream: `
      9 a v=3
      7 a v=1
      8 a v=2
      20 a v=9 => alert r {} @8; alert r {} @9`,
  },
  {
    why: "keySince is the time of the first event that the rule saw, this one included; it makes no rule wait",
    outOfOrdernessMs: 5,
    rules: [{ id: "r", where: "v > 0", key: ["u"], conditions: "keySince == 3 && now - keySince < 5" }],
    stream: `
      2 a u=1 v=0
      3 a u=1 v=1 => alert r {'u':1} @3
      6 a u=1 v=1 => alert r {'u':1} @6
      4 a u=2 v=1
      8 a u=1 v=1`,
  },
  {
    why: "a window, a let, a severity and parameters read them; a window's own `where` too",
    rules: [
      {
        id: "r",
        windows: {
          w: {
            ...sliding,
            where: "prev == null || v != prev.v",
            aggregate: { n: "count", d: { sum: "prev == null ? 0 : v - prev.v" } },
          },
        },
        let: { step: "prev == null ? 0 : v - prev.v" },
        severity: "step > 1 ? 'high' : 'low'",
        conditions: "step >= 0 && w.n > 0",
      },
    ],
    stream: `
      1 a v=1 => window r.w {} -9..1 d=0 n=1 onTime; alert r {} @1
      2 a v=1 => alert r {} @2
      3 a v=4 => window r.w {} -7..3 d=3 n=2 onTime; alert r {} @3
      4 a v=3 => window r.w {} -6..4 d=2 n=3 onTime`,
  },
  {
    why: "where a window fires by time, prev is the last event taken; a late event of its window leaves it",
    rules: [
      {
        id: "r",
        windows: { w: { ...pane, allowedLateness: "30ms" } },
        conditions: "prev.v == 2 && keySince == 1",
      },
    ],
    stream: `
      1 a v=1
      2 a v=2
      15 b v=7 => window r.w {} 0..10 n=2 onTime; alert r {} @9
      3 a v=9 => late r 3; window r.w {} 0..10 n=3 late; resolved r {} @9 retracted`,
  },
  {
    why: "at a match prev is the event before the closing one; an inline pattern's steps read it",
    rules: [
      {
        id: "r",
        patterns: { p: { sequence: [{ begin: "x" }, { next: "y", where: "prev != null && v > prev.v" }] } },
        conditions: "prev.v == p.steps.x.last.v",
      },
    ],
    stream: `
      1 a v=1
      2 a v=0
      3 a v=5 => match r.p {} x:1 y:2 @3; alert r {} @3`,
  },
  {
    why: "rules of one key and filter share it; each of another filter has its own",
    rules: [
      { id: "p", on: ["a"], conditions: "prev != null" },
      { id: "q", on: ["a"], conditions: "prev != null && prev.v == 1" },
      { id: "s", on: ["a"], where: "v != 1", conditions: "prev != null" },
    ],
    stream: `
      1 a v=1
      2 a v=2 => alert p {} @2; alert q {} @2
      3 a v=3 => alert p {} @3; alert s {} @3`,
  },
  {
    why: "JSON: without an event before, null passes through the path",
    rules: [
      {
        id: "r",
        conditions: {
          any: [
            { fact: "prev", path: "$.v", operator: "equal", value: null },
            { fact: "prev", path: "$.v", operator: "equal", value: 2 },
          ],
        },
      },
    ],
    stream: `
      1 a v=1 => alert r {} @1
      2 a v=2
      3 a v=3 => alert r {} @3`,
  },
  {
    why: "a plain rule's prev and keySince are fields of the event, and so is a declared name",
    rules: [
      { conditions: { all: [{ fact: "prev", operator: "equal", value: 1 }] }, event: { type: "t" } },
      { id: "s", where: "v > 0", let: { twice: "input.prev * 2" }, conditions: "twice == 2" },
    ],
    stream: `
      1 a v=1 prev=1 => alert r.0 {} @1; alert s {} @1
      2 a v=1 prev=2`,
  },
  {
    why: "each key of one event has its own",
    rules: [{ id: "r", key: { who: { each: ["from", "to"] } }, conditions: "prev != null && prev.v == 1" }],
    stream: `
      1 a v=1 from=x to=y
      2 a v=2 from=y to=z => alert r {'who':'y'} @2
      3 a v=3 from=x to=y => alert r {'who':'x'} @3`,
  },
];

describe("prev and keySince", () => {
  test.each(rows)("$why", play);

  test("last until the key is shed: nothing lets it go before", () => {
    const { shard, outputs } = run(
      { rules: [{ id: "r", key: ["u"], conditions: "prev != null" }] },
      "1 a u=1\n1000000 a u=2\n2000000 a u=3\n3000000 a u=1",
      settingsOf({ keyCountMax: 3 }),
    );
    expect(draftsOf(outputs)).toHaveLength(1);
    expect(shard.records[0]?.size).toBe(3);
    step(shard, entryOf("3000001 a u=4", 4), []);
    expect([...(shard.records[0]?.keys() ?? [])]).toEqual(["n1", "n3", "n4"]);
  });

  test("another version of the rules goes on with it; events while nobody reads prev are no ones before", () => {
    const versions = ["prev != null && prev.v == 1", "keySince == 1", "prev != null"].map((conditions) =>
      planOf({ rules: [{ id: "r", windows: { w: sliding }, conditions }] }),
    );
    const [first, second, third] = versions;
    if (first === undefined || second === undefined || third === undefined) throw new Error("three versions");
    const outputs: Output[] = [];
    let { shard } = run({ rules: [] }, "");
    for (const [sequence, [line, plan]] of (
      [
        ["1 a v=1", first],
        ["2 a v=2", second],
        ["3 a v=3", third],
        ["4 a v=4", third],
      ] as const
    ).entries()) {
      shard = activatePlan(shard, plan);
      step(shard, entryOf(line, sequence), outputs);
    }
    expect(draftsOf(outputs).map(({ alert }) => alert.time)).toEqual([2, 4]);
  });
});

describe("what an evaluation sees of it", () => {
  test("where a rule reads none, or the key is new, is nothing", () => {
    const { shard } = run({ rules: [{ id: "r", key: ["u"], conditions: "prev != null" }] }, "1 a u=1");
    const node = shard.plan.rules[0]?.history;
    expect(historyAt(shard, { dimension: 0, keyString: "n1" }, undefined)).toBe(noHistory);
    expect(historyAt(shard, { dimension: 0, keyString: "n2" }, node)).toBe(noHistory);
    expect(historyAt(shard, { dimension: 0, keyString: "n1" }, node)).toMatchObject({ since: 1, prev: { id: 0 } });
  });
});
