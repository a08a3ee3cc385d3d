import { describe, expect, test } from "vitest";
import { prettyLine } from "../../src/cli/replay-pretty.ts";
import type { Why } from "../../src/core/alert/why.ts";

describe("a result for people", () => {
  test.each([
    {
      why: "an alert",
      line: {
        kind: "alert",
        id: "a1",
        rule: "r",
        severity: "high",
        key: { user: "eve" },
        time: 600_000,
        summary: "Hello",
        evidence: [1, "x"],
        evidenceCount: 2,
        facts: { n: 1 },
      },
      shown: [
        "1970-01-01T00:10:00.000Z alert high r",
        "    summary: Hello",
        '    key: {"user":"eve"}',
        '    facts: {"n":1}',
        '    evidence: [1,"x"]',
      ],
    },
    {
      why: "a match",
      line: { kind: "match", pattern: "p", rule: "r", key: {}, steps: { a: [0] }, start: 1, end: 2, time: 3 },
      shown: ["1970-01-01T00:00:00.003Z match r p", "    key: {}", '    steps: {"a":[0]}'],
    },
    {
      why: "a window has its end for time",
      line: {
        kind: "window",
        rule: "r",
        window: "w",
        key: {},
        start: 0,
        end: 1_000,
        values: { n: null },
        firing: "onTime",
      },
      shown: ["1970-01-01T00:00:01.000Z window r w", "    key: {}", '    values: {"n":null}'],
    },
    {
      why: "a late event has no time",
      line: { kind: "late", rule: "r", window: "w", event: 17 },
      shown: ["late r w", "    event: 17"],
    },
    {
      why: "an end that no calendar has",
      line: { kind: "window", rule: "r", window: "w", key: {}, start: 0, end: 8.64e15 + 1, values: {} },
      shown: ["window r w", "    key: {}", "    values: {}"],
    },
    {
      why: "what an event says can't steer the terminal",
      line: { kind: "alert", rule: "r", time: 0, summary: "\u001b[2Jgone\n\u202Eevil", key: { a: "\u0085" } },
      shown: [
        "1970-01-01T00:00:00.000Z alert r",
        "    summary: \uFFFD[2Jgone\uFFFD\uFFFDevil",
        '    key: {"a":"\uFFFD"}',
      ],
    },
  ])("$why", ({ line, shown }) => {
    expect(prettyLine(line, false)).toBe(`${shown.join("\n")}\n`);
  });

  test("an alert that says why: what had it decide, and the conditions that were met", () => {
    const why: Why = {
      because: { kind: "pattern", pattern: "p", timedOut: false },
      conditions: {
        kind: "fact",
        text: "user == \u001b[2J",
        result: true,
        pointer: "/conditions",
        fact: "user",
        operator: "equal",
        factValue: "eve",
        value: "x",
      },
    };
    const line: object = { kind: "alert", rule: "r", key: {}, time: 0, why };
    expect(prettyLine(line, false)).toBe(
      [
        "1970-01-01T00:00:00.000Z alert r",
        "    key: {}",
        "    why: pattern p matched",
        '    why: user == \uFFFD[2J (is "eve"; the value is "x")\n',
      ].join("\n"),
    );
  });

  test.each([
    { severity: "critical", start: "\u001b[31;1m" },
    { severity: "info", start: "\u001b[2m" },
  ])("the head of $severity has its colour, and nothing else", ({ severity, start }) => {
    const line = { kind: "alert", rule: "r", severity, time: 0, key: {} };
    expect(prettyLine(line, true)).toBe(`${start}1970-01-01T00:00:00.000Z alert ${severity} r\u001b[0m\n    key: {}\n`);
  });

  test("what has no severity has no colour", () => {
    const line: object = { kind: "late", rule: "r", event: 1 };
    expect(prettyLine(line, true)).toBe("late r\n    event: 1\n");
  });
});
