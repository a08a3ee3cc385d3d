import { describe, expect, test } from "vitest";
import { alertEventType, chainPlacesOf } from "../../../src/core/plan/chain-members.ts";
import { compilePlan } from "../../../src/core/plan/compile-plan.ts";
import { documentSetHash, documentSetText, noDocuments } from "../../../src/core/plan/document-set.ts";
import { linkPlan } from "../../../src/core/plan/link-plan.ts";
import { documentSetOf, planOf } from "../shard/scenario.ts";

const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
const tumbling = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
const one = { sequence: [{ begin: "x" }] };

describe("order and sharing", () => {
  const plan = planOf({
    rules: [
      { id: "b", key: ["u"], windows: { z: sliding, a: tumbling }, conditions: "true", alert: { throttle: "5ms" } },
      { id: "c", priority: 3, key: ["u"], windows: { y: sliding }, conditions: "true" },
      { id: "a", key: ["v"], windows: { y: sliding }, patterns: { p: "used" } },
      { id: "off", mode: "disabled", patterns: { p: "named" } },
    ],
    patterns: [
      { id: "used", ...one },
      { id: "named", ...one },
      { id: "lone", key: ["v"], ...one },
      { id: "alone", key: ["v"], ...one },
    ],
  });

  test("rules by priority, then id; a disabled one is left out", () => {
    expect(plan.rules.map(({ program, order }) => [program.id, order])).toEqual([
      ["c", 0],
      ["a", 1],
      ["b", 2],
    ]);
  });

  test("equal keys are one dimension", () => {
    expect(plan.dimensions.map(({ identity }) => identity)).toEqual(['["u"]', '["v"]']);
    expect(plan.rules.map(({ dimension }) => dimension)).toEqual([0, 1, 0]);
  });

  test("equal operators under one key are one, with a user for each rule", () => {
    const [c, , b] = plan.rules;
    expect(c?.windows[0]?.node).toBe(b?.windows[1]?.node);
    expect(c?.windows[0]?.node.users.map(({ rule, declared }) => `${rule.program.id}.${declared.name}`)).toEqual([
      "c.y",
      "b.z",
    ]);
  });

  test("operators have their place: windows, patterns, throttles; and within their dimension", () => {
    expect(plan.operators.map(({ kind, order }) => `${order} ${kind}`)).toEqual([
      "0 window",
      "1 window",
      "2 window",
      "3 pattern",
      "4 pattern",
      "5 throttle",
    ]);
    for (const { operators } of plan.dimensions) {
      expect(operators.map(({ state }) => state)).toEqual([...operators.keys()]);
      for (const node of operators) expect(plan.operators[node.order]).toBe(node);
    }
  });

  test("a rule's windows are taken in the order of their names", () => {
    expect(plan.rules[2]?.windows.map(({ declared }) => declared.name)).toEqual(["a", "z"]);
  });

  test("a pattern that no rule names runs alone; equal ones are one operator", () => {
    expect(plan.lonePatterns.map(({ id }) => id)).toEqual(["alone", "lone"]);
    const [alone, lone] = plan.lonePatterns;
    expect(alone?.node).toBe(lone?.node);
    expect(alone?.node.users.map(({ label }) => label)).toEqual(["alone", "lone"]);
    expect(alone?.node).not.toBe(plan.rules[1]?.patterns[0]?.node);
  });

  test("a throttle is remembered as long as a window can still fire within it", () => {
    const kept = (window: object) => {
      const rule = { id: "r", windows: { w: window }, conditions: "true", alert: { throttle: "5ms" } };
      const node = planOf({ rules: [rule] }).rules[0]?.throttle;
      return [node?.throttleMs, node?.keptMs];
    };
    expect(kept(sliding)).toEqual([5, 6]);
    expect(kept({ ...tumbling, allowedLateness: "30ms" })).toEqual([5, 36]);
  });

  test("nothing to link is a plan of nothing", () => {
    expect(linkPlan("none", [], [], [])).toMatchObject({
      documents: "none",
      rules: [],
      lonePatterns: [],
      dimensions: [],
      lists: [],
      operators: [],
    });
  });
});

describe("faults", () => {
  test("every one of every document; no plan where one is an error, in a disabled rule too", () => {
    const set = {
      ...documentSetOf({
        rules: [
          { id: "r", conditions: "(" },
          { id: "s", mode: "disabled", patterns: { p: "nowhere" } },
          { id: "t", conditions: "true" },
        ],
        patterns: [{ id: "p", key: ["("], where: ")", ...one }],
      }),
      named: [{ name: "n", document: "[" }],
    };
    const { plan, faults } = compilePlan(set);
    expect(plan).toBeUndefined();
    expect(faults.map(({ kind, id, fault }) => `${kind} ${id} ${fault.pointer}`)).toEqual([
      "define n ",
      "rule r /conditions",
      "rule s /patterns/p",
      "pattern p /key/0",
      "pattern p /where",
    ]);
  });

  test("a pattern that a rule uses tells its faults once, at its own place", () => {
    const documents = { rules: [{ id: "r", patterns: { p: "p" } }], patterns: [{ id: "p", where: ")", ...one }] };
    const { plan, faults } = compilePlan(documentSetOf(documents));
    expect(plan).toBeUndefined();
    expect(faults.map(({ kind, id, fault }) => `${kind} ${id} ${fault.pointer}`)).toEqual(["pattern p /where"]);
  });

  test("a circle through what rules make, at the first that it goes through; a disabled rule's too", () => {
    const faultsOf = (rules: readonly object[]) =>
      compilePlan(documentSetOf({ rules })).faults.map(
        ({ id, fault }) => `${id} ${fault.code} ${fault.pointer} ${fault.message}`,
      );
    const [first, ...more] = faultsOf([
      { id: "a", on: ["x"], conditions: "true", alert: false, emit: { type: "y.z" } },
      { id: "b", mode: "disabled", on: ["y.*"], conditions: "true" },
      { id: "c", on: ["tocsin.alert.b"], conditions: "true", alert: false, emit: { type: "x" } },
    ]);
    expect(first).toContain(
      "a cycle /emit/type rules may form no circle through what they make: rule a → y.z → rule b → tocsin.alert.b → rule c → x → rule a; narrow `on`",
    );
    expect(more).toEqual([]);
    expect(faultsOf([{ id: "a", conditions: "true", alert: false, emit: { type: "y" } }])).toHaveLength(1);
    expect(
      faultsOf([
        { id: "a", conditions: "true" },
        { id: "b", on: ["tocsin.>"], conditions: "true", alert: false },
      ]),
    ).toEqual([]);
  });

  test("operators of rules behind others are of a higher level; shadow rules share none that live ones do not see alike", () => {
    const window = { windows: { w: tumbling } };
    const plan = planOf({
      rules: [
        { id: "a", on: ["a"], ...window, emit: { type: "x" }, alert: false },
        { id: "b", on: ["x"], ...window, alert: { throttle: "1s" }, conditions: "prev == null" },
        { id: "c", on: ["tocsin.alert.b"], ...window },
        { id: "s", mode: "shadow", on: ["a"], ...window, emit: { type: "y" } },
        { id: "l", on: ["y"], ...window },
        { id: "t", mode: "shadow", on: ["y"], ...window },
      ],
      patterns: [{ id: "lone", on: ["x"], ...one }],
    });
    const levels = Object.fromEntries(
      plan.rules.map(({ program, windows, throttle, history }) => [
        program.id,
        [windows[0]?.node.level, throttle?.level, history?.level],
      ]),
    );
    const none = undefined;
    expect(levels).toEqual({
      a: [0, none, none],
      b: [1, 1, 1],
      c: [2, none, none],
      s: [0, none, none],
      l: [1, none, none],
      t: [1, none, none],
    });
    expect([plan.levelMax, plan.lonePatterns[0]?.node.level]).toEqual([2, 1]);
    const nodeOf = (id: string) => plan.rules.find(({ program }) => program.id === id)?.windows[0]?.node;
    expect(nodeOf("a")).toBe(nodeOf("s"));
    expect(nodeOf("l")).not.toBe(nodeOf("t"));
    const places = chainPlacesOf(
      plan.rules.map(({ program }) => program),
      [],
      [],
    );
    expect([
      places.levelOf("rule", "c"),
      places.levelOf("rule", "?"),
      places.seesShadow("t"),
      places.seesShadow("l"),
    ]).toEqual([2, 0, true, false]);
    expect(alertEventType("r")).toBe("tocsin.alert.r");
  });

  test("a warning does not stop a plan", () => {
    const { plan, faults } = compilePlan(
      documentSetOf({ rules: [{ id: "r", severity: "warning", conditions: "true" }] }),
    );
    expect(faults.map(({ fault }) => fault.severity)).toEqual(["warning"]);
    expect(plan?.rules).toHaveLength(1);
  });
});

describe("the hash of documents", () => {
  const rule = (id: string, conditions: string) => ({ id, conditions });

  test("does not depend on the order of files or keys", () => {
    const hashes = [
      { rules: [rule("a", "true"), rule("b", "false")] },
      { rules: [{ conditions: "false", id: "b" }, rule("a", "true")] },
    ].map((documents) => documentSetHash(documentSetOf(documents)));
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(planOf({ rules: [rule("a", "true"), rule("b", "false")] }).documents).toBe(hashes[0]);
  });

  test("depends on every word of them, and the text reads back", () => {
    const set = documentSetOf({ rules: [rule("a", "true")] });
    const others = [
      noDocuments,
      documentSetOf({ rules: [rule("a", "false")] }),
      documentSetOf({ rules: [rule("b", "true")] }),
    ];
    for (const other of others) expect(documentSetHash(other)).not.toBe(documentSetHash(set));
    const { lists: _none, ...documents } = set;
    expect(JSON.parse(documentSetText(set))).toEqual(documents);
  });
});
