import { describe, expect, test } from "vitest";
import { compilePlan } from "../../../src/core/plan/compile-plan.ts";
import { documentSetOf, play, type Row, run } from "./scenario.ts";

const window = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
const toLetters = { ...window, lateTo: "deadLetter" };
const toEvents = { ...window, lateTo: "too.late" };

const late: readonly Row[] = [
  {
    why: "drop, the default, tells of it",
    rules: [{ id: "r", windows: { w: { ...window, lateTo: "drop" } }, conditions: "false" }],
    stream: `
      5 a
      20 a => window r.w {} 0..10 n=1 onTime
      6 a => late r.w 2`,
  },
  {
    why: "a dead letter, once for each rule, whatever number of its windows and keys it is late for",
    rules: [
      {
        id: "r",
        key: { k: { each: ["x", "y"] } },
        windows: { v: toLetters, w: { ...toLetters, size: "5ms" } },
        conditions: "false",
      },
      { id: "s", windows: { w: toLetters }, conditions: "false" },
    ],
    stream: `
      20 a x=1 y=2
      6 a x=1 y=2 => late r.v 1; dead letter late; late r.v 1; late r.w 1; late r.w 1; late s.w 1; dead letter late`,
  },
  {
    why: "an event of that type with its own fields and time, which rules take like others",
    rules: [
      { id: "r", on: ["a"], windows: { w: toEvents }, conditions: "false" },
      { id: "s", on: ["too.late"], conditions: "v == 7" },
    ],
    stream: `
      20 a
      6 a v=7 => late r.w 1; event r too.late {'v':7} @6; alert s {} @6`,
  },
  {
    why: "one for each type, whatever number of windows, and before what the rule itself emits",
    rules: [
      {
        id: "r",
        on: ["a"],
        windows: { u: { ...window, lateTo: "other" }, v: toEvents, w: toEvents },
        evaluate: "event",
        conditions: "true",
        emit: { type: "mine" },
        alert: false,
      },
    ],
    stream: `
      20 a => event r mine {} @20
      6 a => late r.u 1; late r.v 1; late r.w 1; event r other {} @6; event r too.late {} @6; event r mine {} @6`,
  },
  {
    why: "a shadow rule's reaches shadow rules alone",
    rules: [
      { id: "r", on: ["a"], mode: "shadow", windows: { w: toEvents }, conditions: "false" },
      { id: "s", on: ["too.late"], conditions: "true" },
      { id: "t", on: ["too.late"], mode: "shadow", conditions: "true" },
    ],
    stream: `
      20 a
      6 a => late r.w 1; shadow event r too.late {} @6; shadow alert t {} @6`,
  },
  {
    why: "a sliding window's late events too",
    rules: [
      {
        id: "r",
        on: ["a"],
        windows: { w: { type: "sliding", size: "10ms", aggregate: { n: "count" }, lateTo: "deadLetter" } },
        conditions: "false",
      },
    ],
    stream: `
      20 a => window r.w {} 10..20 n=1 onTime
      6 a => late r.w 1; dead letter late`,
  },
];

describe("late events", () => test.each(late)("$why", play));

test("the dead letter says for whom and how late, and the event's id is that of its cause", () => {
  const rules = [{ id: "r", on: ["a"], windows: { v: toLetters, w: toEvents }, conditions: "false" }];
  const { shard, outputs } = run({ rules }, "20 a\n6 a v=1");
  const letters = outputs.flatMap((output) => (output.kind === "dead-letter" ? [output.deadLetter] : []));
  expect(letters).toMatchObject([{ reason: "late", late: { rule: "r", window: "v", byMs: 13 }, raw: '{"v":1}' }]);
  expect(shard.stats).toMatchObject({ lateEvents: 2, deadLetters: 1, derivedEvents: 1 });
  const ids = (stream: string) =>
    run({ rules }, stream).outputs.flatMap((output) => (output.kind === "event" ? [output.event.id] : []));
  expect(ids("20 a\n6 a v=1")).toEqual(ids("20 a\n7 a v=2"));
  expect(ids("20 a\n6 a\n6 a")).toHaveLength(2);
  expect(new Set(ids("20 a\n6 a\n6 a")).size).toBe(2);
});

test.each([
  { why: "a rule that takes what it makes", on: ["a", "too.late"], code: "cycle", pointer: "/windows/w/lateTo" },
  { why: "a type of Tocsin's own", on: ["a"], lateTo: "tocsin.x", code: "wrong-value", pointer: "/windows/w/lateTo" },
])("$why is refused", ({ on, lateTo = "too.late", code, pointer }) => {
  const rules = [{ id: "r", on, windows: { w: { ...window, lateTo } }, conditions: "false" }];
  const { plan, faults } = compilePlan(documentSetOf({ rules }));
  expect(plan).toBeUndefined();
  expect(faults.map(({ fault }) => [fault.code, fault.pointer])).toEqual([[code, pointer]]);
});

test("what becomes of late events decides nothing: neither alerts' ids nor the state change with it", () => {
  const idsOf = (lateTo: string) => {
    const { plan } = compilePlan(
      documentSetOf({ rules: [{ id: "r", on: ["a"], windows: { w: { ...window, lateTo } } }] }),
    );
    return [plan?.rules[0]?.program.decision, plan?.operators.map(({ identity }) => identity)];
  };
  expect(idsOf("too.late")).toEqual(idsOf("drop"));
});
