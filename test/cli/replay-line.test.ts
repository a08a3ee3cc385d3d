import { describe, expect, test } from "vitest";
import { type EmitKind, emitKinds, replayLine } from "../../src/cli/replay-line.ts";
import { effectIdOf } from "../../src/core/alert/alert-identity.ts";
import type { Output } from "../../src/core/shard/output.ts";
import { eventTimeMs } from "../../src/core/time/instant.ts";
import { EffectMaker } from "../../src/engine/effects-of.ts";

const at = eventTimeMs;
const effects = new EffectMaker(() => undefined);
const lineOf = (output: Output, emit: readonly EmitKind[] = emitKinds) => replayLine(output, new Set(emit), effects);

const eventAt = (id: string | number, sequence: number) => ({
  position: { source: "events", sequence, index: 0 },
  id,
  type: "a",
  time: at(sequence),
  source: "events",
  fields: {},
});

const alert: Output = {
  kind: "alert",
  draft: {
    alert: {
      id: effectIdOf(["a", "b"]),
      rule: "r",
      severity: "high",
      key: { user: "eve" },
      time: at(5),
      event: { type: "x" },
      evidence: ["e1", 2],
      evidenceCount: 2,
      facts: { n: 1 },
      fingerprint: "f",
      labels: { team: "risk" },
      tags: [],
      channels: [],
      held: 3,
    },
    title: "Rule R",
    template: "{{ n }} times",
    variables: { n: 7 },
  },
};

const match: Output = {
  kind: "match",
  pattern: "p",
  rule: "r",
  key: { user: "eve" },
  match: {
    timedOut: false,
    steps: new Map([
      ["late_first", [eventAt("e1", 1), eventAt(2, 2)]],
      ["a", [eventAt("3.0", 3)]],
    ]),
    start: at(1),
    end: at(3),
    time: at(4),
    deadline: at(4),
  },
};

const window: Output = {
  kind: "window",
  rule: "r",
  window: "w",
  key: {},
  start: at(0),
  end: at(10),
  values: { n: 2, mean: null },
  firing: "onTime",
};

const lateForWindow: Output = { kind: "late", rule: "r", window: "w", pattern: undefined, event: 17 };
const lateForPattern: Output = { kind: "late", rule: undefined, window: undefined, pattern: "p", event: "e18" };

const derived: Output = {
  kind: "event",
  rule: "r",
  isShadow: false,
  event: {
    position: { source: "events", sequence: 3, index: 0, derived: "aX" },
    id: "aX",
    type: "made",
    time: at(5),
    source: "tocsin",
    fields: { id: "aX", type: "made", time: 5, n: null },
  },
};

describe("a line of the replay contract, key by key", () => {
  test.each([
    {
      why: "a match",
      output: match,
      line: '{"kind":"match","pattern":"p","rule":"r","key":{"user":"eve"},"steps":{"late_first":["e1",2],"a":["3.0"]},"start":1,"end":3,"time":4,"timedOut":false}',
    },
    {
      why: "a match of a pattern that runs alone has no rule",
      output: { ...match, rule: undefined },
      line: '{"kind":"match","pattern":"p","key":{"user":"eve"},"steps":{"late_first":["e1",2],"a":["3.0"]},"start":1,"end":3,"time":4,"timedOut":false}',
    },
    {
      why: "a window",
      output: window,
      line: '{"kind":"window","rule":"r","window":"w","key":{},"start":0,"end":10,"values":{"n":2,"mean":null},"firing":"onTime"}',
    },
    { why: "late for a window", output: lateForWindow, line: '{"kind":"late","rule":"r","window":"w","event":17}' },
    {
      why: "late for a pattern that runs alone",
      output: lateForPattern,
      line: '{"kind":"late","pattern":"p","event":"e18"}',
    },
    {
      why: "late for a rule's pattern",
      output: { ...lateForPattern, rule: "r" },
      line: '{"kind":"late","pattern":"p","event":"e18","rule":"r"}',
    },
    {
      why: "late for a rule that reads the event before",
      output: { ...lateForWindow, window: undefined },
      line: '{"kind":"late","rule":"r","event":17}',
    },
    {
      why: "a derived event, with its own fields",
      output: derived,
      line: '{"kind":"event","rule":"r","event":{"id":"aX","type":"made","time":5,"n":null}}',
    },
    {
      why: "a shadow rule's says so",
      output: { ...derived, isShadow: true },
      line: '{"kind":"event","rule":"r","event":{"id":"aX","type":"made","time":5,"n":null},"mode":"shadow"}',
    },
  ] satisfies readonly { why: string; output: Output; line: string }[])("$why", ({ output, line }) => {
    expect(JSON.stringify(lineOf(output))).toBe(line);
  });

  test("an alert, with its text, and behind the contract's keys what it has besides", () => {
    const line = JSON.stringify(lineOf(alert));
    expect(line).toMatch(
      /^\{"kind":"alert","id":"a[a-z2-7]{26}","rule":"r","severity":"high","key":\{"user":"eve"\},"time":5,"event":\{"type":"x"\},"evidence":\["e1",2\],"evidenceCount":2,"facts":\{"n":1\},"summary":"7 times",/,
    );
    expect(JSON.parse(line)).toMatchObject({ held: 3, labels: { team: "risk" } });
  });
});

describe("only what is asked for", () => {
  const outputs = { alerts: alert, matches: match, windows: window, late: lateForWindow, events: derived };
  test.each(Object.entries(outputs))("%s", (wanted, output) => {
    expect(emitKinds.filter((kind) => lineOf(output, [kind]) !== undefined)).toEqual([wanted]);
    expect(lineOf(output, [])).toBeUndefined();
  });

  test("dead letters and alarms are no results", () => {
    const position = { source: "events", sequence: 1, index: 0 };
    const id = effectIdOf(["a", "c"]);
    expect(lineOf({ kind: "alarm", id, alarm: { code: "log-gap", message: "m" } })).toBeUndefined();
    expect(
      lineOf({
        kind: "dead-letter",
        id,
        deadLetter: { position, reason: "not-json", detail: "d", raw: "x", encoding: "utf8" },
      }),
    ).toBeUndefined();
  });
});
