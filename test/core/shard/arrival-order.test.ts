import { describe, expect, test } from "vitest";
import { play, planOf, type Row, run, settingsOf } from "./scenario.ts";

const pair = {
  on: ["a", "b"],
  sequence: [
    { begin: "x", on: ["a"] },
    { followedBy: "y", on: ["b"] },
  ],
  within: "10ms",
};
const absent = {
  on: ["a", "b"],
  sequence: [
    { begin: "x", on: ["a"] },
    { notFollowedBy: "n", on: ["b"] },
  ],
  within: "10ms",
};
const early = { order: "arrival" };

const rows: readonly Row[] = [
  {
    why: "a pattern takes events as they come, though their times go back",
    outOfOrdernessMs: 20,
    rules: [{ id: "r", patterns: { p: pair }, ...early }],
    stream: `
      9 a
      5 b => match r.p {} x:0 y:1 @5; alert r {} @5
      3 a
      4 b => match r.p {} x:2 y:3 @4; alert r {} @4`,
  },
  {
    why: "beside a rule that takes them in event-time order, with a state of its own",
    outOfOrdernessMs: 20,
    rules: [
      { id: "e", patterns: { p: pair } },
      { id: "r", patterns: { p: pair }, ...early },
    ],
    stream: `
      9 a
      5 b => match r.p {} x:0 y:1 @5; alert r {} @5
      4 a
      end => match e.p {} x:2 y:1 @5; alert e {} @5`,
  },
  {
    why: "an event of time T lets pass what was due by T, also where the watermark is not there",
    outOfOrdernessMs: 20,
    rules: [{ id: "r", patterns: { p: absent }, ...early }],
    stream: `
      1 a
      11 a => match r.p {} x:0 @11; alert r {} @11
      2 b
      40 b`,
  },
  {
    why: "late is what the watermark has passed, as for any pattern, and the rule is not evaluated for it",
    outOfOrdernessMs: 2,
    rules: [{ id: "r", patterns: { p: pair }, evaluate: "event", conditions: "true", ...early }],
    stream: `
      9 a => alert r {} @9
      6 b => late r.p 1
      7 b => match r.p {} x:0 y:2 @7; alert r {} @7`,
  },
  {
    why: "`prev` is the event taken before, whatever its time",
    outOfOrdernessMs: 20,
    rules: [{ id: "r", conditions: "prev != null && prev.v == 1", ...early }],
    stream: `
      9 a v=1
      5 a v=2 => alert r {} @5
      7 a v=1
      6 a v=3 => alert r {} @6`,
  },
  {
    why: "a late one is not remembered",
    rules: [{ id: "r", conditions: "prev != null && prev.v == 1", ...early }],
    stream: `
      9 a v=1
      5 a v=2 => late r 1
      9 a v=3 => alert r {} @9`,
  },
  {
    why: "a rule that never waited is as it was",
    outOfOrdernessMs: 20,
    rules: [{ id: "r", conditions: "true", ...early }],
    stream: `
      9 a => alert r {} @9
      5 a => alert r {} @5`,
  },
];

describe("order: arrival", () => test.each(rows)("$why", play));

test("a sliding window is over what has come by then, up to the greatest time so far", () => {
  const rule = {
    id: "r",
    windows: { w: { type: "sliding", size: "10ms", aggregate: { n: "count" } } },
    conditions: "true",
  };
  const counts = (order: string) =>
    run({ rules: [{ ...rule, order }] }, "5 a\n9 a\n7 a\n25 a", settingsOf({ outOfOrdernessMs: 10 })).outputs.flatMap(
      (output) => (output.kind === "window" ? [[output.end, output.values["n"]]] : []),
    );
  expect(counts("arrival")).toEqual([
    [5, 1],
    [9, 2],
    [9, 3],
    [25, 1],
  ]);
  expect(counts("eventTime")).toEqual([
    [5, 1],
    [7, 2],
    [9, 3],
  ]);
});

test("the order is part of what decides, and of every state that it makes another", () => {
  const identities = (order: string | undefined) => {
    const rule = {
      id: "r",
      windows: { w: { type: "sliding", size: "10ms", aggregate: { n: "count" } } },
      patterns: { p: pair },
    };
    const { rules, operators } = planOf({
      rules: [{ ...rule, conditions: "prev == null", ...(order === undefined ? {} : { order }) }],
    });
    return [rules[0]?.program.decision, ...operators.map(({ kind, identity }) => `${kind} ${identity}`)];
  };
  const arrival = new Set(identities("arrival"));
  expect(identities(undefined).filter((identity) => arrival.has(identity))).toEqual([]);
  expect(arrival.size).toBe(4);
});
