import { describe, expect, test } from "vitest";
import { draftsOf, run } from "./scenario.ts";

const tumbling = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
const pair = {
  sequence: [
    { begin: "x", on: ["a"] },
    { followedBy: "y", on: ["b"] },
  ],
  within: "100ms",
};

describe("an alert's id", () => {
  const base = {
    id: "r",
    key: ["u"],
    windows: { w: sliding },
    conditions: "w.n == 2",
    patterns: { p: "pat" },
    evaluate: ["event", "pattern:p"],
  };
  const pattern = { id: "pat", ...pair };
  const stream = "1 a u=1\n2 b u=1";
  const idsOf = (rule: object, patterns: readonly object[] = [pattern], lines = stream) =>
    draftsOf(run({ rules: [rule], patterns }, lines).outputs).map(({ alert }) => alert.id);
  const ids = idsOf(base);

  test("is a function of its cause: equal input at equal positions gives equal ids", () => {
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^a[a-z2-7]{26}$/);
    expect(idsOf(base)).toEqual(ids);
  });

  test.each([
    { why: "a name", change: { name: "Another" } },
    { why: "a description", change: { description: "x" } },
    { why: "severity", change: { severity: "high" } },
    { why: "tags", change: { tags: ["x"] } },
    { why: "priority", change: { priority: 7 } },
    {
      why: "summary, labels, channels, fingerprint",
      change: { alert: { summary: "x", labels: { a: "b" }, channels: ["c"], fingerprint: ["u"] } },
    },
    { why: "throttle", change: { alert: { throttle: "0ms" } } },
    { why: "the event", change: { event: { type: "other" } } },
    { why: "where: null, the default", change: { where: null } },
  ])("does not depend on $why", ({ change }) => {
    expect(idsOf({ ...base, ...change })).toEqual(ids);
  });

  test("does not depend on what a pattern says of itself, nor on the key that it has alone", () => {
    expect(idsOf(base, [{ ...pattern, description: "x", key: ["u"], where: null }])).toEqual(ids);
  });

  test.each([
    { why: "the conditions", change: { conditions: "w.n == 2 && true" } },
    { why: "a window", change: { windows: { w: { ...sliding, size: "11ms" } } } },
    { why: "`where`", change: { where: "true" } },
    { why: "the rule's id", change: { id: "s" } },
    { why: "options of JSON conditions", change: { allowUndefinedFacts: true } },
  ])("depends on $why", ({ change }) => {
    const changed = idsOf({ ...base, ...change });
    expect(changed).toHaveLength(2);
    for (const id of changed) expect(ids).not.toContain(id);
  });

  test("depends on the pattern's content, on the key and on the positions", () => {
    const others = [
      idsOf(base, [{ ...pattern, within: "99ms" }]),
      idsOf(base, [pattern], "1 a u=2\n2 b u=2"),
      idsOf(base, [pattern], `0 c u=9\n${stream}`),
    ];
    for (const other of others) {
      expect(other).toHaveLength(2);
      for (const id of other) expect(ids).not.toContain(id);
    }
  });

  test("tells the firings of one window apart", () => {
    const late = { id: "r", windows: { w: { ...tumbling, allowedLateness: "9ms" } } };
    const firings = idsOf(late, [], "1 a\n10 a\n2 a\n3 a");
    expect(new Set(firings).size).toBe(3);
  });

  test("tells matches of other events and a timeout apart", () => {
    const patterns = { p: { ...pair, within: "5ms", emitTimeouts: true } };
    const matches = idsOf({ id: "r", patterns, conditions: "true" }, [], "1 a\n2 a\n3 b\n4 a\nend");
    expect(new Set(matches).size).toBe(3);
  });
});
