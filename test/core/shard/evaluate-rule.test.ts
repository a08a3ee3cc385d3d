import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/base/json.ts";
import { gatherEvidence } from "../../../src/core/shard/evidence.ts";
import { evaluateRule } from "../../../src/core/shard/evaluate-rule.ts";
import { firedWith } from "../../../src/core/shard/evaluation.ts";
import type { Evaluation } from "../../../src/core/shard/evaluation.ts";
import { countError, newShardStats } from "../../../src/core/shard/shard-stats.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { noHistory } from "../../../src/core/rule/history-state.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { type Documents, draftsOf, planOf, run, settingsOf } from "./scenario.ts";

const tumbling = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
const pair = {
  sequence: [
    { begin: "x", on: ["a"] },
    { followedBy: "y", on: ["b"] },
  ],
  within: "100ms",
};

function alertsOf(documents: Documents, stream: string) {
  return draftsOf(run(documents, stream).outputs).map(({ alert }) => alert);
}

const fields = (rule: object, stream: string) => alertsOf({ rules: [{ id: "r", ...rule }] }, stream);

describe("facts", () => {
  const rows: readonly { why: string; rule: object; stream: string; facts: JsonValue }[] = [
    { why: "none is read", rule: { conditions: "v == 1" }, stream: "1 a v=1", facts: {} },
    {
      why: "a name that the conditions read, whole; others not, though they lead to it",
      rule: { windows: { w: sliding }, let: { twice: "w.n * 2" }, conditions: "twice == 2" },
      stream: "1 a",
      facts: { twice: 2 },
    },
    {
      why: "a window with all that its fact holds",
      rule: { windows: { w: tumbling }, conditions: "w.n == 1" },
      stream: "1 a\nend",
      facts: { w: { n: 1, start: 0, end: 10, firing: "onTime", previous: null } },
    },
    {
      why: "null where there is none: a match at an event that closed none",
      rule: { patterns: { p: pair }, evaluate: "event", conditions: "p == null" },
      stream: "1 a",
      facts: { p: null },
    },
    {
      why: "null where a name is in error, which `||` absorbs",
      rule: { let: { bad: "1 / v" }, conditions: "bad > 1 || v == 0" },
      stream: "1 a v=0",
      facts: { bad: null },
    },
    {
      why: "through JSON conditions too",
      rule: {
        windows: { w: sliding },
        conditions: { all: [{ fact: "w", path: "$.n", operator: "equal", value: 1 }] },
      },
      stream: "1 a",
      facts: { w: { n: 1, start: -9, end: 1, firing: "onTime", previous: null } },
    },
  ];
  test.each(rows)("$why", ({ rule, stream, facts }) => {
    expect(fields(rule, stream).map((alert) => alert.facts)).toEqual([facts]);
  });

  test("a match holds its steps", () => {
    const [alert] = fields({ patterns: { p: pair }, conditions: "p.count == 2" }, "1 a\n3 b");
    expect(alert?.facts["p"]).toMatchObject({
      start: 1,
      end: 3,
      time: 3,
      durationMs: 2,
      timedOut: false,
      count: 2,
      steps: { x: { count: 1 }, y: { count: 1 } },
    });
  });
});

describe("evidence", () => {
  const rows: readonly { why: string; rule: object; stream: string; evidence: readonly (string | number)[] }[] = [
    { why: "the event itself", rule: { conditions: "v == 1" }, stream: "1 a\n2 a v=1", evidence: [1] },
    {
      why: "the event itself, where the conditions read no window",
      rule: { windows: { w: sliding }, conditions: "v == 1" },
      stream: "1 a v=0\n2 a v=1",
      evidence: [1],
    },
    {
      why: "the window that the conditions read",
      rule: { windows: { w: sliding }, conditions: "w.n == 2" },
      stream: "1 a\n2 a",
      evidence: [0, 1],
    },
    {
      why: "through let too",
      rule: { windows: { w: sliding }, let: { two: "one * 2", one: "w.n" }, conditions: "two == 4" },
      stream: "1 a\n2 a",
      evidence: [0, 1],
    },
    {
      why: "the window that fired, though no condition reads it",
      rule: { windows: { w: tumbling } },
      stream: "1 a\n2 a\nend",
      evidence: [0, 1],
    },
    {
      why: "an open window, as it stands",
      rule: { windows: { w: tumbling }, evaluate: "event", conditions: "w.n == 2" },
      stream: "1 a\n12 a\n13 a",
      evidence: [1, 2],
    },
    {
      why: "the match, in the order taken",
      rule: { patterns: { p: pair } },
      stream: "1 a\n2 c\n3 b",
      evidence: [0, 2],
    },
    {
      why: "of a loop and of what follows, each once",
      rule: { windows: { w: sliding }, patterns: { p: pair }, conditions: "w.n == 3 && p.count == 2" },
      stream: "1 a\n2 c\n3 b",
      evidence: [0, 1, 2],
    },
    {
      why: "two windows that fired together",
      rule: {
        windows: { all: tumbling, bad: { ...tumbling, where: "v == 1" } },
        evaluate: "window:bad",
        conditions: "bad.n == 1 && all.n == 2",
      },
      stream: "1 a v=1\n2 a v=0\nend",
      evidence: [0, 1],
    },
  ];
  test.each(rows)("$why", ({ rule, stream, evidence }) => {
    const alerts = fields(rule, stream);
    expect(alerts.map((alert) => alert.evidence)).toEqual([evidence]);
    expect(alerts.map((alert) => alert.evidenceCount)).toEqual([evidence.length]);
  });

  const many = Array.from({ length: 150 }, (_, index) => `${index} a`).join("\n");
  test.each([
    { why: "a sliding window", rule: { windows: { w: { ...sliding, size: "1h" } }, conditions: "w.n == 150" } },
    { why: "a tumbling one", rule: { windows: { w: { ...tumbling, size: "1h" } } } },
    { why: "a match", rule: { patterns: { p: { sequence: [{ begin: "x", times: 150 }] } } } },
  ])("the last 100 of many and their full number: $why", ({ rule }) => {
    const [alert] = fields(rule, `${many}\nend`);
    expect(alert?.evidence).toEqual(Array.from({ length: 100 }, (_, index) => 50 + index));
    expect(alert?.evidenceCount).toBe(150);
  });
});

describe("event and its parameters", () => {
  const params = { plain: 1, bin: { fact: "key", path: "$.u" }, deep: { in: { fact: "u" } } };
  const rule = { key: ["u"], conditions: "true", event: { type: "t", params } };

  test("facts stay as written, the template sees the value", () => {
    const [draft] = draftsOf(run({ rules: [{ id: "r", ...rule }] }, "1 a u=7").outputs);
    expect(draft?.alert.event).toEqual({ type: "t", params });
    expect(draft?.variables["event"]).toEqual({ type: "t", params: { ...params, bin: 7 } });
  });

  test("with replaceFactsInEventParams the alert has the value; below the top nothing is replaced", () => {
    const [draft] = draftsOf(
      run({ rules: [{ id: "r", ...rule, replaceFactsInEventParams: true }] }, "1 a u=7").outputs,
    );
    expect(draft?.alert.event).toEqual({ type: "t", params: { ...params, bin: 7 } });
  });

  test("an undefined fact ends the run where it is to be replaced", () => {
    const undefinedFact = { conditions: "true", event: { type: "t", params: { x: { fact: "nowhere" } } } };
    const told = (options: object) => {
      const { shard, outputs } = run({ rules: [{ id: "r", ...undefinedFact, ...options }] }, "1 a");
      return [draftsOf(outputs).length, shard.stats.errors.get("r")?.last.code];
    };
    expect(told({})).toEqual([1, "undefined-fact"]);
    expect(told({ replaceFactsInEventParams: true })).toEqual([0, "undefined-fact"]);
    expect(told({ replaceFactsInEventParams: true, allowUndefinedFacts: true })).toEqual([1, undefined]);
  });

  test("the default event is the rule's id", () => {
    expect(fields({ conditions: "true" }, "1 a").map(({ event }) => event)).toEqual([{ type: "r" }]);
  });
});

describe("severity", () => {
  const rows = [
    { why: "the default", severity: undefined, expected: "medium", errors: 0 },
    { why: "a word", severity: "high", expected: "high", errors: 0 },
    { why: "an expression", severity: "v > 1 ? 'critical' : 'low'", expected: "critical", errors: 0 },
    { why: "no severity: medium, and counted", severity: "v > 1 ? 'huge' : 'low'", expected: "medium", errors: 1 },
    {
      why: "an error: medium, and counted",
      severity: "1 / (v - 2) > 1 ? 'low' : 'high'",
      expected: "medium",
      errors: 1,
    },
  ];
  test.each(rows)("$why", ({ severity, expected, errors }) => {
    const rule = { id: "r", ...(severity === undefined ? {} : { severity }), conditions: "true" };
    const { shard, outputs } = run({ rules: [rule] }, "1 a v=2");
    expect(draftsOf(outputs).map(({ alert }) => alert.severity)).toEqual([expected]);
    expect(shard.stats.errors.get("r")?.count ?? 0).toBe(errors);
  });
});

describe("fingerprint", () => {
  test.each([
    { why: "the key, by default", alert: {}, stream: "1 a u=1 v=2", expected: "[1]" },
    { why: "expressions", alert: { fingerprint: ["v", "u + 1"] }, stream: "1 a u=1 v=2", expected: "[2,2]" },
    { why: "null for what is absent", alert: { fingerprint: ["nowhere"] }, stream: "1 a u=1", expected: "[null]" },
  ])("$why", ({ alert, stream, expected }) => {
    const alerts = fields({ key: ["u"], conditions: "true", alert }, stream);
    expect(alerts.map(({ fingerprint }) => fingerprint)).toEqual([expected]);
  });

  test("without an event the key's parts stand for the fields, as in conditions", () => {
    const rule = { key: ["u"], windows: { w: tumbling }, alert: { fingerprint: ["u", "v", "w.n"] } };
    expect(fields(rule, "1 a u=1 v=2\nend").map(({ fingerprint }) => fingerprint)).toEqual(["[1,null,1]"]);
  });
});

describe("what a template sees", () => {
  test("the event's fields, hidden by declared names, hidden by the alert's own", () => {
    const rule = { id: "r", key: ["u"], windows: { w: sliding }, conditions: "true", tags: ["t"] };
    const [draft] = draftsOf(run({ rules: [rule] }, '5 a u=1 w=2 rule="field" free="x"').outputs);
    expect(draft?.variables).toMatchObject({
      u: 1,
      w: { n: 1 },
      rule: "r",
      free: "x",
      key: { u: 1 },
      now: 5,
      time: 5,
      input: { w: 2, rule: "field" },
      evidence: [0],
    });
  });

  test("without an event, the key's parts under their plain names", () => {
    const rule = { id: "r", key: ["u", "v + 1"], windows: { w: tumbling } };
    const [draft] = draftsOf(run({ rules: [rule] }, "5 a u=1 v=2\nend").outputs);
    expect(draft?.variables).toMatchObject({ u: 1, w: { n: 1 }, key: { u: 1, "v + 1": 3 } });
    expect(draft?.variables).not.toHaveProperty(["v + 1"]);
    expect(draft?.variables["input"]).toBeUndefined();
  });
});

describe("errors", () => {
  test("a rule that errs touches no other; the error is counted with a sample", () => {
    const rules = [
      { id: "bad", conditions: "1 / v > 1" },
      { id: "good", conditions: "v == 0" },
      { id: "whereBad", where: "nowhere.x > 1", conditions: "true" },
      { id: "keyBad", key: ["1 / v"], conditions: "true" },
      { id: "windowBad", windows: { w: { ...sliding, where: "1 / v > 0" } }, conditions: "w.n == 0" },
      { id: "patternBad", patterns: { p: { sequence: [{ begin: "x", where: "1 / v > 0" }] } } },
      { id: "letBad", let: { x: "1 / v" }, conditions: "v == 0" },
      {
        id: "jsonBad",
        conditions: {
          any: [
            { fact: "nowhere", operator: "equal", value: 1 },
            { fact: "v", operator: "equal", value: 0 },
          ],
        },
      },
      { id: "jsonLetBad", let: { x: "1 / v" }, conditions: { not: { fact: "x", operator: "equal", value: 1 } } },
    ];
    const { shard, outputs } = run({ rules }, "1 a v=0\n2 a v=0");
    expect(draftsOf(outputs).map(({ alert }) => `${alert.rule} ${alert.time}`)).toEqual(
      [1, 2].flatMap((time) => ["good", "letBad", "windowBad"].map((rule) => `${rule} ${time}`)),
    );
    const { errors } = shard.stats;
    expect([...errors.keys()].sort()).toEqual(
      ["bad", "jsonBad", "jsonLetBad", "keyBad", "letBad", "patternBad", "whereBad", "windowBad"].sort(),
    );
    expect(errors.get("bad")).toEqual({ count: 2, last: expect.objectContaining({ code: "division-by-zero" }) });
  });

  test("the sample is the last one", () => {
    const stats = newShardStats();
    for (const text of ["first", "last"]) countError(stats, "r", new ExprError("type", text));
    expect(stats.errors.get("r")).toEqual({ count: 2, last: new ExprError("type", "last") });
  });

  test("at a firing by time the event's fields are absent, which is an error in a comparison", () => {
    const { shard, outputs } = run(
      { rules: [{ id: "r", windows: { w: tumbling }, conditions: "w.n < v" }] },
      "1 a v=9\nend",
    );
    expect(draftsOf(outputs)).toEqual([]);
    expect(shard.stats.errors.get("r")?.count).toBe(1);
  });
});

describe("an evaluation", () => {
  test("is of the rule alone: without conditions that hold it tells nothing", () => {
    const shard = new Shard(planOf({ rules: [{ id: "r", conditions: "now == 5" }] }), settingsOf());
    const [rule] = shard.plan.rules;
    if (rule === undefined) throw new Error("no rule");
    const event = {
      position: { source: "s", sequence: 3, index: 0 },
      id: "x",
      type: "a",
      time: eventTimeMs(5),
      source: "s",
      fields: {},
    };
    const evaluation = (at: number): Evaluation => ({
      rule,
      place: { dimension: 0, keyString: "", values: [], key: {} },
      at: eventTimeMs(at),
      event,
      history: noHistory,
      because: { kind: "event", ordinal: 0 },
    });
    const outputs: Output[] = [];
    evaluateRule(shard, evaluation(4), outputs);
    expect(outputs).toEqual([]);
    evaluateRule(shard, evaluation(5), outputs);
    expect(outputs).toHaveLength(1);
    expect(gatherEvidence(shard, evaluation(5))).toEqual({ evidence: ["x"], evidenceCount: 1 });
    const window = planOf({ rules: [{ id: "r", windows: { w: tumbling } }] }).rules[0]?.windows[0];
    if (window === undefined) throw new Error("no window");
    expect(firedWith(evaluation(5), window)).toBeUndefined();
  });
});
