import { describe, expect, test } from "vitest";
import { alertsLeft, play, type Row } from "./life-kit.ts";

const sliding = { type: "sliding", size: "30ms", aggregate: { n: "count" } };
const hosts = { id: "hosts", members: ["p", "q"] };
const beats = { id: "r", key: ["h"], windows: { w: sliding }, evaluate: { every: "10ms" } };

const rows: readonly Row[] = [
  {
    why: "a tick at d is after the events of time d, at multiples of the period from the key's first event on",
    rules: [{ ...beats, conditions: "w.n >= 1" }],
    stream: `
      3 a h=x => window r.w {'h':'x'} -27..3 n=1 onTime
      10 a h=x => window r.w {'h':'x'} -20..10 n=2 onTime
      11 b h=y => alert r {'h':'x'} @10; window r.w {'h':'y'} -19..11 n=1 onTime
      21 b h=y => alert r {'h':'x'} @20; alert r {'h':'y'} @20; window r.w {'h':'y'} -9..21 n=2 onTime`,
  },
  {
    why: "a key goes after the tick that saw its windows empty",
    rules: [{ ...beats, conditions: "w.n == 0" }],
    stream: `
      5 a h=x => window r.w {'h':'x'} -25..5 n=1 onTime
      100 a h=y => alert r {'h':'x'} @40; window r.w {'h':'y'} 70..100 n=1 onTime`,
  },
  {
    why: "keys of a list are there before their first event, in order, and go on",
    lists: [hosts],
    rules: [{ ...beats, keys: { list: "hosts" }, conditions: "w.n == 0" }],
    stream: `
      5 a h=p => window r.w {'h':'p'} -25..5 n=1 onTime
      11 b h=p => alert r {'h':'q'} @10; window r.w {'h':'p'} -19..11 n=2 onTime
      21 b h=q => alert r {'h':'q'} @20; window r.w {'h':'q'} -9..21 n=1 onTime
      31 b h=z => window r.w {'h':'z'} 1..31 n=1 onTime`,
  },
  {
    why: "several periods: one evaluation where they meet",
    rules: [{ ...beats, evaluate: [{ every: "10ms" }, { every: "15ms" }], conditions: "w.n >= 1" }],
    stream: `
      1 a h=x => window r.w {'h':'x'} -29..1 n=1 onTime
      31 b h=x => alert r {'h':'x'} @10; alert r {'h':'x'} @15; alert r {'h':'x'} @20; alert r {'h':'x'} @30; window r.w {'h':'x'} 1..31 n=1 onTime`,
  },
  {
    why: "after the end of input ticks end with the first at or after the last event + the longest duration, also where the rule reads now",
    rules: [{ ...beats, conditions: "now > 0 && w.n == 0" }],
    stream: `
      5 a h=x => window r.w {'h':'x'} -25..5 n=1 onTime
      end => alert r {'h':'x'} @40`,
  },
  {
    why: "for over ticks: a heartbeat that is missing for so long",
    rules: [{ ...beats, conditions: "w.n == 0 && now > 0", for: "10ms", alert: { resolve: "whenFalse" } }],
    stream: `
      5 a h=x => window r.w {'h':'x'} -25..5 n=1 onTime
      61 a h=x => alert r {'h':'x'} @50; window r.w {'h':'x'} 31..61 n=1 onTime
      71 a h=x => resolved r {'h':'x'} @70 whenFalse; window r.w {'h':'x'} 41..71 n=2 onTime`,
  },
];

describe("rules that are evaluated at ticks", () => {
  test.each(rows)("$why", (row) => play(row));

  test("leave no key behind", () => {
    expect(alertsLeft({ rules: [{ ...beats, conditions: "w.n > 100" }] }, "5 a h=x\n7 a h=y\nend")).toBe(0);
  });
});
