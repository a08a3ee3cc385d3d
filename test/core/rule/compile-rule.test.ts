import { describe, expect, test } from "vitest";
import { compileActiveTimes } from "../../../src/core/rule/compile-active-times.ts";
import {
  documentContext,
  isOrderedRule,
  patternContent,
  withoutNulls,
} from "../../../src/core/rule/compile-declared.ts";
import { compileEmit } from "../../../src/core/rule/compile-emit.ts";
import { compileEvaluate } from "../../../src/core/rule/compile-evaluate.ts";
import { compileRule } from "../../../src/core/rule/compile-rule.ts";
import { namedConditionsIn } from "../../../src/core/rule/named-conditions.ts";
import { isPlainRule } from "../../../src/core/rule/plain-rule.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import type { ConditionDocument } from "../../../src/spec/value.ts";
import { scopeOf } from "../expr/expr-fixture.ts";
import { compiling, context, one, programOf, ruleOf, shortOf, sliding, tumbling } from "./rule-fixture.ts";

describe("faults, all in one pass", () => {
  const rows: readonly { why: string; rule: object; faults: readonly string[] }[] = [
    { why: "none", rule: { conditions: "true" }, faults: [] },
    {
      why: "in every part of the document",
      rule: {
        where: "1 +",
        key: ["a", "a", "b ||"],
        windows: { w: { type: "sliding", size: "0s" } },
        patterns: { p: "knwon" },
        let: { x: "(" },
        conditions: "x.y.",
        severity: "meduim",
        alert: { fingerprint: [")"] },
      },
      faults: [
        "error syntax /where",
        "error duplicate /key/1",
        "error syntax /key/2",
        "error wrong-value /windows/w/size",
        "error unknown-name /patterns/p",
        "error syntax /let/x",
        "error syntax /conditions",
        "error wrong-value /severity",
        "error syntax /alert/fingerprint/0",
      ],
    },
    {
      why: "a name declared twice",
      rule: { windows: { w: sliding }, let: { w: "1" }, conditions: "true" },
      faults: ["error duplicate /let/w"],
    },
    {
      why: "a name of the language",
      rule: { let: { key: "1", now: "2" }, conditions: "true" },
      faults: ["error duplicate /let/key", "error duplicate /let/now"],
    },
    {
      why: "a circle of lets",
      rule: { let: { a: "b", b: "c", c: "a", d: "1" }, conditions: "true" },
      faults: ["error cycle /let/a"],
    },
    { why: "a let of itself", rule: { let: { a: "a + 1" }, conditions: "true" }, faults: ["error cycle /let/a"] },
    {
      why: "`where` and `key` come before what the rule declares",
      rule: { where: "w.n > 1", key: ["w"], windows: { w: sliding }, conditions: "true" },
      faults: ["error unsupported /where", "error unsupported /key/0"],
    },
    {
      why: "a key as a map: in its expressions, and more values than an event may have",
      rule: {
        key: {
          a: { each: ["x", "y ||"] },
          b: { "t.*": "(", u: "v" },
          c: "1 +",
        },
        conditions: "true",
      },
      faults: ["error syntax /key/a/each/1", "error syntax /key/b/t.*", "error syntax /key/c"],
    },
    {
      why: "more values of a key than an event may have",
      rule: {
        key: Object.fromEntries(["a", "b", "c"].map((name) => [name, { each: ["v", "w", "x", "y", "z"] }])),
        conditions: "true",
      },
      faults: ["error wrong-value /key"],
    },
    {
      why: "an event of a type of Tocsin's own, with a field of its own and one that cannot be read",
      rule: { conditions: "true", emit: { type: "tocsin.x", fields: { time: "1", v: "1 +" } } },
      faults: ["error wrong-value /emit/type", "error duplicate /emit/fields/time", "error syntax /emit/fields/v"],
    },
    {
      why: "active times",
      rule: {
        conditions: "true",
        activeTimes: { timeZone: "Europe/Berln", days: ["mon-fri"], hours: ["09:00-17:00", "08:00-08:00"] },
      },
      faults: ["error wrong-value /activeTimes/timeZone", "error wrong-value /activeTimes/hours/1"],
    },
    {
      why: "where the key is not taken yet there is no event before",
      rule: { where: "prev == null", key: ["keySince"], conditions: "true" },
      faults: ["error unsupported /where", "error unsupported /key/0"],
    },
    {
      why: "no conditions at events",
      rule: {},
      faults: ["error missing-key "],
    },
    {
      why: "evaluate names what is not declared",
      rule: { windows: { burst: sliding }, conditions: "true", evaluate: ["window:brust", "pattern:p", "event"] },
      faults: ["error unknown-name /evaluate/0", "error unknown-name /evaluate/1"],
    },
    {
      why: "a member that a window does not have",
      rule: { windows: { w: sliding }, conditions: "w.m > 1" },
      faults: ["error unknown-name /conditions"],
    },
  ];
  test.each(rows)("$why", ({ rule, faults }) => {
    const { compiled, faults: found } = compiling(rule);
    expect(found.map(shortOf)).toEqual(faults);
    expect(compiled === undefined).toBe(faults.length > 0);
  });

  test("the nearest name is proposed", () => {
    const messages = (rule: object) => compiling(rule).faults.map(({ message }) => message);
    expect(messages({ patterns: { p: "knwon" }, conditions: "true" })[0]).toContain("did you mean `known`?");
    expect(messages({ windows: { burst: tumbling }, evaluate: "window:brust" })[0]).toContain("`window:burst`");
  });
});

describe("when a rule is evaluated", () => {
  const rows: readonly { why: string; rule: object; is: readonly string[] }[] = [
    { why: "nothing declared", rule: {}, is: ["event"] },
    { why: "one pattern", rule: { patterns: { p: one }, windows: { w: tumbling } }, is: ["pattern:p"] },
    { why: "two patterns", rule: { patterns: { p: one, q: one } }, is: ["event"] },
    { why: "one window that fires", rule: { windows: { w: tumbling } }, is: ["window:w"] },
    { why: "one that does not", rule: { windows: { w: sliding } }, is: ["event"] },
    { why: "two windows", rule: { windows: { v: tumbling, w: tumbling } }, is: ["event"] },
    {
      why: "two patterns and one window",
      rule: { patterns: { p: one, q: one }, windows: { w: tumbling } },
      is: ["window:w"],
    },
    {
      why: "as it says",
      rule: { windows: { w: tumbling }, patterns: { p: one }, evaluate: ["event", "window:w", "pattern:p"] },
      is: ["event", "window:w", "pattern:p"],
    },
  ];
  test.each(rows)("$why", ({ rule, is }) => {
    const document = ruleOf({ conditions: "true", ...rule });
    const { windows } = programOf({ conditions: "true", ...rule });
    const { compiled, faults } = compileEvaluate(document, { windows });
    expect(faults).toEqual([]);
    const told = [
      ...(compiled?.atEvents === true ? ["event"] : []),
      ...[...(compiled?.windows ?? [])].map((name) => `window:${name}`),
      ...[...(compiled?.patterns ?? [])].map((name) => `pattern:${name}`),
    ];
    expect(told).toEqual(is);
  });
});

describe("a program", () => {
  test("what is left out has its default", () => {
    const program = programOf({ conditions: "true" });
    expect(program).toMatchObject({
      id: "r",
      title: "r",
      priority: 1,
      tags: [],
      severity: { kind: "fixed", severity: "medium" },
      key: { names: [], identity: "[]" },
      isOrdered: false,
      event: { type: "r", params: undefined },
      replacesFacts: false,
      alert: { summary: undefined, fingerprint: undefined, throttleMs: undefined, labels: {}, channels: [] },
    });
    expect(programOf({ conditions: "true", alert: false }).alert).toBeUndefined();
  });

  test("lets stand behind what they read", () => {
    const { lets } = programOf({ let: { c: "a + b", b: "a", a: "1" }, conditions: "c > 0" });
    expect(lets.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  test("facts are what conditions read, evidence what they lead to: through lets, and through a pattern's steps", () => {
    const { factNames, evidenceWindows } = programOf({
      windows: { w: sliding, v: sliding, u: sliding },
      patterns: { p: { sequence: [{ begin: "x", where: "v.n > 0" }] } },
      let: { b: "a", a: "w.n" },
      conditions: "b > 1 && p.count == 1",
    });
    expect(factNames.map(({ name }) => name)).toEqual(["p", "b"]);
    expect(evidenceWindows.map(({ name }) => name)).toEqual(["w", "v"]);
  });

  test("only its own keys make a rule plain; then every name is a field", () => {
    const plain = { conditions: { all: [{ fact: "now", operator: "equal", value: 1 }] }, event: { type: "t" } };
    expect(isPlainRule(ruleOf(plain))).toBe(true);
    expect(isPlainRule(ruleOf({ ...plain, severity: "low" }))).toBe(false);
    const holds = (rule: object) => programOf(rule).conditions?.holds(scopeOf({ fields: { now: 1 } }));
    expect(holds(plain)).toBe(true);
    expect(holds({ ...plain, severity: "low" })).toBe(false);
  });

  test("a rule with a sliding window or a pattern takes events in order", () => {
    expect(
      [{}, { windows: { w: tumbling } }, { windows: { w: sliding } }, { patterns: { p: one } }].map((rule) =>
        isOrderedRule(ruleOf(rule), { prev: false }),
      ),
    ).toEqual([false, false, true, true]);
  });

  test("a rule that reads prev takes events in order, wherever it reads it; one that reads keySince does not", () => {
    const places: readonly object[] = [
      { conditions: "prev == null" },
      { conditions: { all: [{ fact: "prev", operator: "equal", value: null }] } },
      { conditions: "x > 1", let: { x: "prev.v" } },
      { conditions: "true", severity: "prev == null ? 'low' : 'high'" },
      { conditions: "true", alert: { fingerprint: ["prev.v"] } },
      { conditions: "true", event: { type: "t", params: { v: { fact: "prev" } } } },
      { conditions: "true", emit: { type: "x", fields: { v: "prev.v" } } },
      { windows: { w: { ...tumbling, where: "prev == null" } } },
      { windows: { w: { ...tumbling, aggregate: { s: { sum: "prev.v" } } } } },
      { patterns: { p: { sequence: [{ begin: "x", where: "prev == null" }] } } },
    ];
    for (const place of places) {
      expect(programOf({ key: ["u"], ...place })).toMatchObject({ isOrdered: true, history: { keepsEvent: true } });
    }
    expect(programOf({ key: ["u"], conditions: "keySince > 0" })).toMatchObject({
      isOrdered: false,
      history: { keepsEvent: false },
    });
    expect(programOf({ key: ["u"], conditions: "input.prev > 0" })).toMatchObject({
      isOrdered: false,
      history: undefined,
    });
  });

  test("emit, mode and active times as they are used", () => {
    const { emit, isShadow, activeTimes } = programOf({
      conditions: "true",
      mode: "shadow",
      emit: { type: "x.y", fields: { b: "1", a: "2" } },
      activeTimes: { days: ["mon"] },
    });
    expect([emit?.type, emit?.fields.map(({ name }) => name), isShadow]).toEqual(["x.y", ["b", "a"], true]);
    expect([activeTimes?.isActiveAt(eventTimeMs(4 * 86_400_000)), activeTimes?.isActiveAt(eventTimeMs(0))]).toEqual([
      true,
      false,
    ]);
    expect(programOf({ conditions: "true", emit: null, activeTimes: null })).toMatchObject({ isShadow: false });
    expect(compileEmit(undefined, documentContext(context))).toEqual({ compiled: undefined, faults: [] });
    expect(compileActiveTimes(undefined)).toEqual({ compiled: undefined, faults: [] });
  });

  test("what decides: the key's form and the active times, not what is made of it", () => {
    const decision = (rule: object) => programOf({ conditions: "true", ...rule }).decision;
    const base = decision({});
    expect(decision({ emit: { type: "x" }, mode: "shadow", activeTimes: null })).toBe(base);
    const others = [
      { key: ["a", "b"] },
      { key: { a: "a", b: "b" } },
      { key: { b: "b", a: "a" } },
      { key: { a: { x: "a", y: "b" } } },
      { key: { a: { y: "b", x: "a" } } },
      { key: { a: { each: ["a", "b"] } } },
      { activeTimes: { days: ["mon"] } },
    ].map(decision);
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
  });
});

describe("identity", () => {
  const windowIdentity = (rule: object) => programOf({ conditions: "true", ...rule }).windows[0]?.identity;
  const patternIdentity = (rule: object) => programOf({ conditions: "true", ...rule }).patterns[0]?.identity;

  test("of a window: what it sees and what it makes of it, not its name", () => {
    const base = windowIdentity({ windows: { w: tumbling } });
    expect(windowIdentity({ windows: { other: { ...tumbling, where: null } }, where: null, severity: "low" })).toBe(
      base,
    );
    const others = [
      { windows: { w: { ...tumbling, size: "11ms" } } },
      { windows: { w: tumbling }, on: ["a"] },
      { windows: { w: tumbling }, where: "true" },
      { windows: { w: tumbling }, allowUndefinedFacts: true },
      { windows: { w: tumbling }, allowUndefinedConditions: true },
      { windows: { w: tumbling, z: sliding } },
    ];
    for (const other of others) expect(windowIdentity(other)).not.toBe(base);
  });

  test("of a window and a history: whether events are taken in order", () => {
    const [onArrival, inOrder] = ["keySince > 0", "prev == null"].map((conditions) =>
      programOf({ conditions, windows: { w: tumbling } }),
    );
    expect(onArrival?.windows[0]?.identity).not.toBe(inOrder?.windows[0]?.identity);
    expect(onArrival?.history?.identity).not.toBe(inOrder?.history?.identity);
    expect(programOf({ key: ["u"], conditions: "prev == null" }).history?.identity).toBe(inOrder?.history?.identity);
    expect(programOf({ conditions: "prev == null", on: ["a"] }).history?.identity).not.toBe(inOrder?.history?.identity);
  });

  test("of a pattern: not what it says of itself, but the windows that it reads", () => {
    const base = patternIdentity({ patterns: { p: "known" } });
    expect(patternIdentity({ patterns: { q: one }, windows: { w: sliding } })).toBe(base);
    const reading = { sequence: [{ begin: "x", where: "w.n > 1" }] };
    const small = patternIdentity({ patterns: { p: reading }, windows: { w: sliding } });
    const large = patternIdentity({ patterns: { p: reading }, windows: { w: { ...sliding, size: "20ms" } } });
    expect(new Set([base, small, large]).size).toBe(3);
    expect(patternContent({ id: "x", key: ["u"], description: "d", where: null, sequence: [{ begin: "a" }] })).toEqual({
      sequence: [{ begin: "a" }],
    });
    expect(withoutNulls({ a: null, b: 0, c: undefined })).toEqual({ b: 0, c: undefined });
  });

  test("follows the named conditions that are used, through each other", () => {
    const named = (big: string) => ({
      ...context,
      named: new Map<string, ConditionDocument>([...context.named, ["big", big]]),
    });
    const identities = (condition: string) =>
      ["amount > 100", "amount > 101"].map((big) => {
        const rule = ruleOf({ windows: { w: { ...tumbling, where: { condition } } } });
        return compileRule("r", rule, named(big)).compiled?.windows[0]?.identity;
      });
    const [before, after] = identities("huge");
    expect(before).not.toBe(after);
    expect(namedConditionsIn(["cond('huge') && cond(\"nowhere\")"], context.named).map(([name]) => name)).toEqual([
      "big",
      "huge",
    ]);
    expect(namedConditionsIn([undefined, { all: [{ condition: "big" }] }, ["x"]], context.named)).toEqual([
      ["big", "amount > 100"],
    ]);
  });
});
