import { describe, expect, test } from "vitest";
import { alertsLeft, play, type Row } from "./life-kit.ts";

const hot = { id: "r", key: ["h"], conditions: "v > 5" };
const whenFalse = { alert: { resolve: "whenFalse" } };
const tumbling = { type: "tumbling", size: "10ms", allowedLateness: "100ms", aggregate: { n: "count" } };

const rows: readonly Row[] = [
  {
    why: "whenFalse: one alert at the change, one end at the first evaluation that does not hold, and again",
    rules: [{ ...hot, ...whenFalse }],
    stream: `
      1 a h=x v=9 => alert r {'h':'x'} @1
      2 a h=x v=8
      3 a h=y v=1
      4 a h=x v=1 => resolved r {'h':'x'} @4 whenFalse
      5 a h=x v=2
      6 a h=x v=7 => alert r {'h':'x'} @6`,
  },
  {
    why: "a condition in error does not hold",
    rules: [{ ...hot, ...whenFalse }],
    stream: `
      1 a h=x v=9 => alert r {'h':'x'} @1
      2 a h=x => resolved r {'h':'x'} @2 whenFalse`,
  },
  {
    why: "for: the first evaluation at or after the first true one + for; one that does not hold begins anew",
    rules: [{ ...hot, for: "10ms" }],
    stream: `
      0 a h=x v=9
      9 a h=x v=9
      10 a h=x v=9 => alert r {'h':'x'} @10
      15 a h=x v=9
      16 a h=x v=1
      17 a h=x v=9
      26 a h=x v=9
      40 a h=x v=9 => alert r {'h':'x'} @40`,
  },
  {
    why: "keepFiringFor: by timer, after the events of its time; what holds meanwhile puts it off",
    rules: [{ ...hot, keepFiringFor: "10ms", ...whenFalse }],
    stream: `
      0 a h=x v=9 => alert r {'h':'x'} @0
      3 a h=x v=1
      8 a h=x v=9
      12 a h=x v=1
      18 a h=x v=1
      19 b h=y => resolved r {'h':'x'} @18 keepFiringFor
      20 a h=x v=9 => alert r {'h':'x'} @20`,
  },
  {
    why: "resolve with a condition: tried on each event of the key, before the rule decides on it",
    rules: [{ ...hot, alert: { resolve: "ok == true" } }],
    stream: `
      1 a h=x v=9 => alert r {'h':'x'} @1
      2 a h=x v=9 => alert r {'h':'x'} @2
      3 a h=y ok=true v=1
      4 a h=x ok=true v=1 => resolved r {'h':'x'} @4 condition
      5 a h=x ok=true v=9 => alert r {'h':'x'} @5
      6 a h=x ok=true v=9 => resolved r {'h':'x'} @6 condition; alert r {'h':'x'} @6`,
  },
  {
    why: "resolveAfter: so long after the last alert that was given; the latest one ends",
    rules: [{ ...hot, alert: { resolveAfter: "10ms" } }],
    stream: `
      0 a h=x v=9 => alert r {'h':'x'} @0
      5 a h=x v=9 => alert r {'h':'x'} @5
      15 a h=x v=1
      17 a h=x v=1 => resolved r {'h':'x'} @15 resolveAfter
      30 a h=x v=1`,
  },
  {
    why: "an alert that throttle holds changes nothing of what stands, and has no end of its own",
    rules: [{ ...hot, alert: { resolve: "whenFalse", throttle: "100ms" } }],
    stream: `
      0 a h=x v=9 => alert r {'h':'x'} @0
      1 a h=x v=1 => resolved r {'h':'x'} @1 whenFalse
      2 a h=x v=9
      3 a h=x v=1`,
  },
  {
    why: "a late firing whose conditions do not hold takes the alert of its window back",
    outOfOrdernessMs: 0,
    rules: [{ id: "r", windows: { w: tumbling }, conditions: "w.n < 3" }],
    stream: `
      1 a
      12 a => window r.w {} 0..10 n=1 onTime; alert r {} @9
      2 a => window r.w {} 0..10 n=2 late; alert r {} @9
      3 a => window r.w {} 0..10 n=3 late; resolved r {} @9 retracted
      4 a => window r.w {} 0..10 n=4 late`,
  },
  {
    why: "a shadow rule's alerts end in the shadow",
    rules: [{ ...hot, ...whenFalse, mode: "shadow" }],
    stream: `
      1 a h=x v=9 => shadow alert r {'h':'x'} @1
      2 a h=x v=1 => shadow resolved r {'h':'x'} @2 whenFalse`,
  },
  {
    why: "emit acts at each evaluation that holds, with `for` while it fires",
    rules: [{ ...hot, on: ["a"], for: "2ms", emit: { type: "hot" } }],
    stream: `
      1 a h=x v=9
      3 a h=x v=9 => alert r {'h':'x'} @3; event r hot {} @3
      4 a h=x v=9 => event r hot {} @4
      5 a h=x v=1`,
  },
];

describe("the life of an alert", () => {
  test.each(rows)("$why", (row) => play(row));

  test("nothing is left of what ended", () => {
    expect(alertsLeft({ rules: [{ ...hot, ...whenFalse }] }, "1 a h=x v=9\n2 a h=x v=1\nend")).toBe(0);
  });

  test("what fires without an end is kept", () => {
    expect(alertsLeft({ rules: [{ ...hot, ...whenFalse }] }, "1 a h=x v=9\nend")).toBe(1);
  });
});
