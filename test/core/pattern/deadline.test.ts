import { expect, test } from "vitest";
import {
  earliestDeadline,
  partialMatchDeadline,
  patternDeadline,
  waitingDeadline,
} from "../../../src/core/pattern/deadline.ts";
import { PartialMatch, Taken } from "../../../src/core/pattern/partial-match.ts";
import { eventOf, programOf } from "./scenario.ts";

const program = programOf({
  within: { span: "100ms", gap: "40ms" },
  sequence: [
    { begin: "a", times: "1+", within: { span: "50ms", gap: "20ms" } },
    { followedBy: "b", within: { gap: "10ms" }, optional: true },
    { followedBy: "c", times: 2, within: { gap: "30ms" } },
  ],
});
const first = new Taken(0, eventOf("a1", 0, 1_000), 0, undefined);
const second = new Taken(0, eventOf("a2", 1, 1_015), 1, first);

test("the pattern's bounds", () => {
  expect([patternDeadline(program, first), patternDeadline(program, second)]).toEqual([1_040, 1_055]);
});

const ways = [
  { why: "a loop by its own gap", taken: second, way: 0, at: 1_035 },
  { why: "a single step by the gap before it", taken: second, way: 1, at: 1_025 },
  { why: "a loop's own gap does not bound its first event", taken: second, way: 2, at: 1_055 },
  { why: "a loop by its own span", taken: new Taken(0, eventOf("a3", 2, 1_045), 2, second), way: 0, at: 1_050 },
  {
    why: "the pattern's span, where it is least",
    taken: new Taken(2, eventOf("c1", 3, 1_090), 3, second),
    way: 2,
    at: 1_100,
  },
];

test.each(ways)("$why", ({ taken, way, at }) => {
  expect(waitingDeadline(program, taken, way)).toBe(at);
});

test("of a partial match and of a state, the first to come; none without a bound", () => {
  const both = new PartialMatch(second, [0, 2], false);
  expect(partialMatchDeadline(program, both)).toBe(1_035);
  expect(earliestDeadline(program, [both, new PartialMatch(first, [1], true)])).toBe(1_010);
  expect(earliestDeadline(program, [])).toBeUndefined();
  const unbounded = programOf({ sequence: [{ begin: "a" }, { next: "b" }] });
  expect(earliestDeadline(unbounded, [new PartialMatch(first, [1], true)])).toBeUndefined();
});
