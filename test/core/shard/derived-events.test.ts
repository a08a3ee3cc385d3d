import { describe, expect, test } from "vitest";
import { emitAlertEvent } from "../../../src/core/shard/derived-events.ts";
import { DerivedQueue } from "../../../src/core/shard/derived-queue.ts";
import { takeDerived } from "../../../src/core/shard/take-derived.ts";
import { causeOf } from "../../../src/core/shard/evaluation-cause.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { noHistory } from "../../../src/core/rule/history-state.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { draftsOf, play, type Row, run, settingsOf } from "./scenario.ts";

const pane = (size: string) => ({ type: "tumbling", size, aggregate: { n: "count" } });
const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
const pair = {
  sequence: [
    { begin: "x", on: ["a"] },
    { followedBy: "y", on: ["made"] },
  ],
  within: "100ms",
};
const emits = (type: string, fields: object = {}) => ({ emit: { type, fields } });

const order: readonly Row[] = [
  {
    why: "an event of its own at each evaluation that holds, behind the results of all rules",
    rules: [
      { id: "a", on: ["a"], conditions: "v > 1", ...emits("made", { twice: "v * 2", none: "w" }) },
      { id: "b", on: ["made"], conditions: "twice == 4 && none == null && type == 'made' && meta.source == 'tocsin'" },
      { id: "c", on: ["a"], conditions: "true" },
    ],
    stream: `
      1 a v=1 => alert c {} @1
      2 a v=2 => alert a {} @2; alert c {} @2; event a made {'none':null,'twice':4} @2; alert b {} @2`,
  },
  {
    why: "breadth first, in rule order: what two rules make, then what these lead to",
    rules: [
      { id: "b1", on: ["a"], priority: 2, conditions: "true", alert: false, ...emits("x") },
      { id: "a1", on: ["a"], conditions: "true", alert: false, ...emits("y") },
      { id: "x1", on: ["x"], conditions: "true", alert: false, ...emits("z") },
      { id: "y1", on: ["y"], conditions: "true" },
      { id: "z1", on: ["z"], conditions: "true" },
    ],
    stream: "1 a => event b1 x {} @1; event a1 y {} @1; alert y1 {} @1; event x1 z {} @1; alert z1 {} @1",
  },
  {
    why: "timers, the event before, windows, patterns, let, conditions, results, derived events",
    rules: [
      {
        id: "r",
        on: ["a"],
        windows: { w: pane("10ms"), s: sliding },
        patterns: { p: { sequence: [{ begin: "x", where: "s.n >= 1 && (prev == null || prev.v < v)" }] } },
        let: { n: "s.n + (p == null ? 0 : 100) + (prev == null ? 0 : prev.v)" },
        evaluate: ["window:w", "pattern:p"],
        conditions: "true",
        ...emits("made", { n: "n" }),
      },
      { id: "t", on: ["made"], conditions: "n > 0" },
    ],
    stream: `
      5 a v=1 => window r.s {} -5..5 n=1 onTime; match r.p {} x:0 @5; alert r {} @5; event r made {'n':101} @5; alert t {} @5
      12 a v=2 => window r.w {} 0..10 n=1 onTime; alert r {} @9; event r made {'n':2} @9; alert t {} @9; window r.s {} 2..12 n=2 onTime; match r.p {} x:1 @12; alert r {} @12; event r made {'n':103} @12; alert t {} @12
      end => window r.w {} 10..20 n=1 onTime; alert r {} @19; event r made {'n':3} @19; alert t {} @19`,
  },
  {
    why: "not throttled, and made without an alert",
    rules: [
      { id: "r", on: ["a"], conditions: "true", alert: { throttle: "10ms" }, ...emits("made") },
      { id: "q", on: ["a"], conditions: "true", alert: false, ...emits("made") },
      { id: "t", on: ["made"], windows: { w: sliding }, conditions: "w.n == 4" },
    ],
    stream: `
      1 a => alert r {} @1; event q made {} @1; window t.w {} -9..1 n=1 onTime; event r made {} @1; window t.w {} -9..1 n=2 onTime
      2 a => event q made {} @2; window t.w {} -8..2 n=3 onTime; event r made {} @2; window t.w {} -8..2 n=4 onTime; alert t {} @2`,
  },
  {
    why: "a value in error is null and counted; the event is made",
    rules: [{ id: "r", on: ["a"], conditions: "true", alert: false, ...emits("made", { v: "v + 1" }) }],
    stream: "1 a v=x => event r made {'v':null} @1",
  },
  {
    why: "an alert that is given makes an event, which only a filter that begins with tocsin. sees; one that is held makes none",
    rules: [
      { id: "r", on: ["a"], severity: "high", key: ["u"], conditions: "true", alert: { throttle: "5ms" } },
      { id: "all", on: [">"], conditions: "meta.type != 'a'" },
      {
        id: "t",
        on: ["tocsin.alert.r"],
        key: ["key.u"],
        windows: { w: sliding },
        conditions: "rule == 'r' && severity == 'high'",
      },
    ],
    stream: `
      1 a u=1 => alert r {'u':1} @1; window t.w {'key.u':1} -9..1 n=1 onTime; alert t {'key.u':1} @1
      2 a u=1
      3 a u=2 => alert r {'u':2} @3; window t.w {'key.u':2} -7..3 n=1 onTime; alert t {'key.u':2} @3`,
  },
];

const time: readonly Row[] = [
  {
    why: "what a window makes at its end is not late in the next rule's window of the same end, which fires with it in",
    rules: [
      { id: "a", on: ["a"], key: ["u"], windows: { w: pane("10ms") }, alert: false, ...emits("made", { n: "w.n" }) },
      { id: "b", on: ["made"], windows: { w: { ...pane("10ms"), aggregate: { s: { sum: "n" } } } } },
      { id: "c", on: ["tocsin.alert.b"], windows: { w: pane("10ms") } },
    ],
    stream: `
      1 a u=1
      2 a u=1
      3 a u=2
      25 a u=1 => window a.w {'u':1} 0..10 n=2 onTime; window a.w {'u':2} 0..10 n=1 onTime; event a made {'n':2} @9; event a made {'n':1} @9; window b.w {} 0..10 s=3 onTime; alert b {} @9; window c.w {} 0..10 n=1 onTime; alert c {} @9
      end => window a.w {'u':1} 20..30 n=1 onTime; event a made {'n':1} @29; window b.w {} 20..30 s=1 onTime; alert b {} @29; window c.w {} 20..30 n=1 onTime; alert c {} @29`,
  },
  {
    why: "nor in a sliding window or a pattern that took events of before",
    rules: [
      { id: "a", on: ["a"], windows: { w: pane("10ms") }, alert: false, ...emits("made") },
      { id: "b", on: ["a", "made"], windows: { w: sliding }, patterns: { p: pair }, evaluate: "pattern:p" },
    ],
    stream: `
      8 a => window b.w {} -2..8 n=1 onTime
      30 a => window a.w {} 0..10 n=1 onTime; event a made {} @9; window b.w {} -1..9 n=2 onTime; match b.p {} x:0 y:MADE @9; alert b {} @9; window b.w {} 20..30 n=1 onTime`,
  },
  {
    why: "of a late event it is late, for rules that take events in order",
    rules: [
      { id: "a", on: ["a"], conditions: "true", alert: false, ...emits("made") },
      { id: "b", on: ["made"], conditions: "true" },
      { id: "c", on: ["made"], windows: { w: sliding }, conditions: "true" },
    ],
    stream: `
      9 a => event a made {} @9; window c.w {} -1..9 n=1 onTime; alert b {} @9; alert c {} @9
      5 a => event a made {} @5; late c.w MADE; alert b {} @5`,
  },
  {
    why: "a late firing's is late too, and may find a window that still takes it",
    rules: [
      {
        id: "a",
        on: ["a"],
        windows: { w: { ...pane("10ms"), allowedLateness: "20ms" } },
        alert: false,
        ...emits("made"),
      },
      { id: "b", on: ["made"], windows: { w: { ...pane("10ms"), allowedLateness: "20ms" } } },
    ],
    stream: `
      1 a
      12 a => window a.w {} 0..10 n=1 onTime; event a made {} @9; window b.w {} 0..10 n=1 onTime; alert b {} @9
      2 a => window a.w {} 0..10 n=2 late; event a made {} @9; window b.w {} 0..10 n=2 late; alert b {} @9`,
  },
  {
    why: "with out-of-orderness it waits with the others, where its time has not come; the event that led to it before it",
    outOfOrdernessMs: 5,
    rules: [
      { id: "a", on: ["a"], conditions: "true", alert: false, ...emits("made") },
      { id: "b", on: ["made", "a"], windows: { w: sliding }, conditions: "true" },
      { id: "c", on: ["tocsin.alert.b"], windows: { v: sliding }, conditions: "true" },
    ],
    stream: `
      9 a => event a made {} @9
      8 a => event a made {} @8
      15 a => window b.w {} -2..8 n=1 onTime; alert b {} @8; window c.v {} -2..8 n=1 onTime; alert c {} @8; window b.w {} -2..8 n=2 onTime; alert b {} @8; window c.v {} -2..8 n=2 onTime; alert c {} @8; window b.w {} -1..9 n=3 onTime; alert b {} @9; window c.v {} -1..9 n=3 onTime; alert c {} @9; window b.w {} -1..9 n=4 onTime; alert b {} @9; window c.v {} -1..9 n=4 onTime; alert c {} @9; event a made {} @15`,
  },
  {
    why: "it moves neither the watermark nor log time on",
    rules: [
      {
        id: "p",
        on: ["a"],
        patterns: { q: { sequence: [{ begin: "x" }, { notFollowedBy: "y", on: ["b"] }], within: "9ms" } },
        alert: false,
        ...emits("made"),
      },
      { id: "w", on: ["made"], windows: { w: pane("10ms") } },
    ],
    stream: `
      1 a
      10 b => match p.q {} x:0 @10; event p made {} @10
      11 b
      21 b => window w.w {} 10..20 n=1 onTime; alert w {} @19`,
  },
];

const shadow: readonly Row[] = [
  {
    why: "a shadow rule's events reach shadow rules alone, with alerts that say what they are",
    rules: [
      { id: "s", mode: "shadow", on: ["a"], conditions: "true", ...emits("made") },
      { id: "live", on: ["made", "tocsin.alert.s"], conditions: "true" },
      { id: "other", mode: "shadow", on: ["made", "tocsin.alert.s"], conditions: "true" },
    ],
    patterns: [{ id: "lone", on: ["made"], sequence: [{ begin: "x" }] }],
    stream:
      "1 a => shadow alert s {} @1; shadow event s made {} @1; shadow alert other {} @1; shadow alert other {} @1",
  },
  {
    why: "live rules' events reach both, and a window that only the shadow rule's events enter is its own",
    rules: [
      { id: "l", on: ["a"], conditions: "v == 1", alert: false, ...emits("made") },
      { id: "s", mode: "shadow", on: ["a"], conditions: "true", alert: false, ...emits("made") },
      { id: "x", on: ["made"], windows: { w: sliding }, conditions: "w.n >= 1" },
      { id: "y", mode: "shadow", on: ["made"], windows: { w: sliding }, conditions: "w.n >= 1" },
    ],
    stream: `
      1 a v=1 => event l made {} @1; window x.w {} -9..1 n=1 onTime; window y.w {} -9..1 n=1 onTime; alert x {} @1; shadow alert y {} @1; shadow event s made {} @1; window y.w {} -9..1 n=2 onTime; shadow alert y {} @1
      2 a v=2 => shadow event s made {} @2; window y.w {} -8..2 n=3 onTime; shadow alert y {} @2`,
  },
  {
    why: "while they wait for the watermark too",
    outOfOrdernessMs: 5,
    rules: [
      { id: "s", mode: "shadow", on: ["a"], conditions: "true", alert: false, ...emits("made") },
      { id: "x", on: ["made"], windows: { w: sliding }, conditions: "w.n >= 1" },
      { id: "y", mode: "shadow", on: ["made"], windows: { w: sliding }, conditions: "w.n >= 1" },
    ],
    stream: `
      1 a => shadow event s made {} @1
      20 b => window y.w {} -9..1 n=1 onTime; shadow alert y {} @1`,
  },
];

const minuteMs = 60_000;
/** 1970-01-01 was a Thursday. */
const activeTimes: readonly Row[] = [
  {
    why: "outside, results are dropped: they neither throttle nor derive; state goes on",
    rules: [
      {
        id: "r",
        on: ["a"],
        windows: { w: { type: "sliding", size: "7d", aggregate: { n: "count" } } },
        conditions: "w.n >= 1",
        alert: { throttle: "10m" },
        activeTimes: { hours: ["00:01-00:02"] },
        ...emits("made", { n: "w.n" }),
      },
    ],
    stream: `
      ${minuteMs - 1} a => window r.w {} ${minuteMs - 1 - 7 * 1_440 * minuteMs}..${minuteMs - 1} n=1 onTime
      ${minuteMs} a => window r.w {} ${minuteMs - 7 * 1_440 * minuteMs}..${minuteMs} n=2 onTime; alert r {} @${minuteMs}; event r made {'n':2} @${minuteMs}
      ${2 * minuteMs} a => window r.w {} ${2 * minuteMs - 7 * 1_440 * minuteMs}..${2 * minuteMs} n=3 onTime`,
  },
  {
    why: "the time is that of the evaluation: of a window its end - 1, whenever it fires",
    rules: [
      {
        id: "r",
        windows: { w: { type: "tumbling", size: "1m", aggregate: { n: "count" } } },
        activeTimes: { days: ["thu"], hours: ["00:00-00:01"] },
      },
    ],
    stream: `
      1 a
      ${minuteMs} a => window r.w {} 0..${minuteMs} n=1 onTime; alert r {} @${minuteMs - 1}
      end => window r.w {} ${minuteMs}..${2 * minuteMs} n=1 onTime`,
  },
];

describe("derived events", () => {
  test.each(order)("order: $why", play);
  test.each(time)("time: $why", play);
  test.each(shadow)("shadow: $why", play);
  test.each(activeTimes)("active times: $why", play);

  test("what is dropped, and what shadow rules give, is counted apart", () => {
    const rules = [
      { id: "r", conditions: "true", activeTimes: { days: ["fri"] } },
      { id: "s", mode: "shadow", conditions: "true", alert: { throttle: "1h" } },
    ];
    const { shard } = run({ rules }, "1 a\n2 a");
    const { alerts, alertsHeld, alertsShadow, resultsInactive } = shard.stats;
    expect([alerts, alertsHeld, alertsShadow, resultsInactive]).toEqual([0, 1, 1, 2]);
  });
});

describe("ids", () => {
  const rules = [
    { id: "a", on: ["a"], key: ["u"], conditions: "true", ...emits("made", { u: "u" }) },
    { id: "b", on: ["made"], patterns: { p: { sequence: [{ begin: "x" }, { followedBy: "y" }] } } },
  ];
  const idsOf = (stream: string, options: readonly object[] = rules) => {
    const { outputs } = run({ rules: options }, stream);
    return outputs.flatMap((output) => (output.kind === "event" ? [String(output.event.id)] : []));
  };

  test("follow from the cause: from the rule, what decides in it, the key, the event and the type", () => {
    const [first, second] = idsOf("1 a u=1\n2 a u=1");
    expect(first).toMatch(/^a[a-z2-7]{26}$/);
    expect(second).not.toBe(first);
    expect(idsOf("1 a u=1")).toEqual([first]);
    expect(idsOf("1 a u=2")).not.toEqual([first]);
    expect(idsOf("1 a u=1", [{ ...rules[0], priority: 2, emit: { type: "made", fields: { v: "1" } } }])).toEqual([
      first,
    ]);
    expect(idsOf("1 a u=1", [{ ...rules[0], ...emits("other") }])).not.toEqual([first]);
    expect(idsOf("1 a u=1", [{ ...rules[0], conditions: "1 == 1" }])).not.toEqual([first]);
  });

  test("are evidence of what they lead to, in the order taken, and part of its id", () => {
    const { outputs } = run({ rules }, "1 a u=1\n1 a u=2\n1 a u=3");
    const made = outputs.flatMap((output) => (output.kind === "event" ? [output.event] : []));
    const matched = draftsOf(outputs).filter(({ alert }) => alert.rule === "b");
    expect(matched.map(({ alert }) => alert.evidence)).toEqual([
      [made[0]?.id, made[1]?.id],
      [made[1]?.id, made[2]?.id],
    ]);
    expect(new Set(matched.map(({ alert }) => alert.id)).size).toBe(2);
    expect(made.map(({ position }) => position)).toEqual(
      made.map(({ id }, sequence) => ({ source: "test", sequence, index: 0, derived: id })),
    );
  });

  test("an alert's event has the alert's", () => {
    const { outputs } = run(
      {
        rules: [
          { id: "a", on: ["a"], conditions: "true" },
          { id: "b", on: ["tocsin.alert.a"], conditions: "true" },
        ],
      },
      "1 a",
    );
    const [first, second] = draftsOf(outputs);
    expect(second?.alert.evidence).toEqual([first?.alert.id]);
  });
});

describe("at the limit of one event or deadline", () => {
  const rules = [
    { id: "a", on: ["a"], key: ["u"], windows: { w: pane("10ms") }, alert: false, ...emits("made") },
    { id: "b", on: ["made"], windows: { w: sliding }, conditions: "true" },
  ];

  test("no more are made, with one alarm; the next has all of it again", () => {
    const stream = ["1 a u=1", "2 a u=2", "3 a u=3", "4 a u=4", "15 b", "16 a u=1", "17 a u=2", "end"].join("\n");
    const { shard, outputs } = run({ rules }, stream, settingsOf({ derivedEventCountMax: 2 }));
    expect(outputs.filter(({ kind }) => kind === "event")).toHaveLength(4);
    expect(outputs.filter(({ kind }) => kind === "alarm")).toHaveLength(1);
    expect([shard.stats.derivedEvents, shard.stats.derivedEventsShed]).toEqual([4, 2]);
    expect(draftsOf(outputs)).toHaveLength(4);
  });

  test("a queue is empty when all is taken, and counts anew", () => {
    const { shard, outputs } = run({ rules }, "1 a u=1\nend");
    const [made] = outputs.flatMap((output) => (output.kind === "event" ? [output.event] : []));
    if (made === undefined) throw new Error("none was made");
    const queue = new DerivedQueue();
    const next = { event: made, rule: "a", isShadow: false, isPrinted: true };
    expect([queue.isEmpty, queue.add(next, 1), queue.add(next, 1), queue.isEmpty]).toEqual([true, true, false, false]);
    queue.isOverflowTold = true;
    expect([queue.take(), queue.take(), queue.isEmpty]).toEqual([next, undefined, true]);
    expect([queue.isOverflowTold, queue.add(next, 1)]).toEqual([false, true]);
    expect(shard.derived.isEmpty).toBe(true);
  });
});

test("an alert's event is made where a rule takes it, of the evaluation that gave it", () => {
  const { shard, outputs } = run({ rules: [{ id: "a", on: ["a"], conditions: "true" }] }, "1 a");
  const [rule] = shard.plan.rules;
  const [draft] = draftsOf(outputs);
  if (rule === undefined || draft === undefined) throw new Error("nothing was given");
  const place = { dimension: 0, keyString: "", values: [], key: {} };
  const event = {
    position: { source: "s", sequence: 3, index: 1 },
    id: 1,
    type: "a",
    time: eventTimeMs(1),
    source: "s",
    fields: {},
  };
  const because = { kind: "event", ordinal: 0 } as const;
  const evaluation = { rule, place, at: eventTimeMs(1), event, history: noHistory, because };
  expect(causeOf(evaluation)).toEqual({ kind: "event", position: ["s", 3, 1], ordinal: 0 });
  const told: Output[] = [];
  emitAlertEvent(shard, evaluation, draft.alert, told);
  expect(shard.derived.isEmpty).toBe(true);
  takeDerived(shard, shard.timeReached, told);
  expect(told).toEqual([]);
});
