import { test } from "vitest";
import { play, type Row } from "./scenario.ts";

/** Flink's docs: `b+ c` over b1 b2 b3 c under each strategy. Strict inside: else the loops live on behind the c. */
const bThenC = (skip: Row["pattern"]["skip"]): Row["pattern"] => ({
  skip,
  sequence: [
    { begin: "b", on: ["b"], times: "1+", inner: "strict" },
    { next: "c", on: ["c"] },
  ],
});

/** Flink's docs: `(a | b | c) (b | c) c+ greedy d` over a b c1 c2 c3 d. */
const toStep = (skip: Row["pattern"]["skip"]): Row["pattern"] => ({
  skip,
  sequence: [
    { begin: "x", on: ["a", "b", "c"] },
    { next: "y", on: ["b", "c"] },
    { next: "z", on: ["c"], times: "1+", greedy: true },
    { next: "d", on: ["d"] },
  ],
});

const rows: readonly Row[] = [
  {
    why: "none: all come out",
    pattern: bThenC("none"),
    stream: `
      b1
      b2
      b3
      c1 => {b1 b2 b3 c1}; {b2 b3 c1}; {b3 c1}`,
  },
  {
    why: "toNext drops others with the same start",
    pattern: {
      skip: "toNext",
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"], times: "1+" },
      ],
    },
    stream: `
      a1
      b1 => {a1 b1}
      b2`,
  },
  {
    why: "toNext: other starts stay",
    pattern: bThenC("toNext"),
    stream: `
      b1
      b2
      b3
      c1 => {b1 b2 b3 c1}; {b2 b3 c1}; {b3 c1}`,
  },
  {
    why: "pastLastEvent drops all that began before the match's end",
    pattern: bThenC("pastLastEvent"),
    stream: `
      b1
      b2
      b3
      c1 => {b1 b2 b3 c1}
      b4
      c2 => {b4 c2}`,
  },
  {
    why: "toFirst keeps what begins at the step's first event or behind: of the first step nothing with that start is lost",
    pattern: bThenC({ toFirst: "b" }),
    stream: `
      b1
      b2
      b3
      c1 => {b1 b2 b3 c1}; {b2 b3 c1}; {b3 c1}`,
  },
  {
    why: "toLast drops what begins before the step's last event",
    pattern: bThenC({ toLast: "b" }),
    stream: `
      b1
      b2
      b3
      c1 => {b1 b2 b3 c1}; {b3 c1}`,
  },
  {
    why: "Flink's docs, (a|b|c) (b|c) c+ greedy d without skipping",
    pattern: toStep("none"),
    stream: `
      a1
      b1
      c1
      c2
      c3
      d1 => {a1 b1 c1 c2 c3 d1}; {b1 c1 c2 c3 d1}; {c1 c2 c3 d1}`,
  },
  {
    why: "Flink's docs, the same skipping to the first c of its loop",
    pattern: toStep({ toFirst: "z" }),
    stream: `
      a1
      b1
      c1
      c2
      c3
      d1 => {a1 b1 c1 c2 c3 d1}; {c1 c2 c3 d1}`,
  },
  {
    why: "a loop that may still grow has the earlier start, and holds the others back; without a bound for ever",
    pattern: {
      skip: { toFirst: "b" },
      sequence: [
        { begin: "b", on: ["b"], times: "1+" },
        { next: "c", on: ["c"] },
      ],
    },
    stream: `
      b1
      b2
      c1 => {b1 b2 c1}
      time @99`,
  },
  {
    why: "a step that took nothing skips nothing",
    pattern: {
      skip: { toLast: "o" },
      sequence: [
        { begin: "a", on: ["a"] },
        { next: "o", on: ["o"], optional: true },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      a2
      b1 => {a1 b1}; {a2 b1}`,
  },
  {
    why: "a match waits while a partial match with an earlier start lives, and time frees it",
    pattern: {
      within: "10ms",
      skip: "pastLastEvent",
      sequence: [
        { begin: "s", on: ["a", "b"] },
        { followedBy: "e", where: "kind == s.first.kind" },
      ],
    },
    stream: `
      a1 @1 kind=1
      b1 @2 kind=2
      x1 @3 kind=2
      time @10
      time @11 => {b1 x1}`,
  },
  {
    why: "a match by time skips as any other",
    pattern: {
      within: "5ms",
      skip: "pastLastEvent",
      sequence: [
        { begin: "a", on: ["a"], times: "1+" },
        { notFollowedBy: "n", on: ["n"] },
      ],
    },
    stream: `
      a1 @1
      a2 @2
      time @99 => {a1 a2} at 6`,
  },
  {
    why: "of equals the lexicographically first comes out, the longer before its own prefix",
    pattern: {
      skip: "toNext",
      sequence: [
        { begin: "a", on: ["a"] },
        { followedByAny: "b", on: ["b"], times: "1+" },
        { followedBy: "c", on: ["c"] },
      ],
    },
    stream: `
      a1
      b1
      b2
      c1 => {a1 b1 b2 c1}`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});
