import { test } from "vitest";
import { play, type Row } from "./scenario.ts";

const rows: readonly Row[] = [
  {
    why: "notNext: the event right behind must not meet it, and is judged by the next step at once",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { notNext: "n", on: ["n"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      n1
      b1
      a2
      b2 => {a2 b2}
      a3
      x1
      n2
      b3 => {a3 b3}`,
  },
  {
    why: "a last notNext: the match comes with the next event, and without one not at all",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { notNext: "n", on: ["n"] },
      ],
    },
    stream: `
      a1
      x1 => {a1}
      a2
      n1
      a3
      a4 => {a3}`,
  },
  {
    why: "Flink's testNotNextAfterOneOrMoreSkipTillNext: it ends the loop before it too",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"], times: "1+" },
        { notNext: "c", on: ["c"] },
        { followedBy: "d", on: ["d"] },
      ],
    },
    stream: `
      a1
      b1
      c1
      b2
      d1`,
  },
  {
    why: "Flink's testNotNextAfterOneOrMoreSkipTillAny",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedByAny: "b", on: ["b"], times: "1+" },
        { notNext: "c", on: ["c"] },
        { followedBy: "d", on: ["d"] },
      ],
    },
    stream: `
      a1
      b1
      c1
      b2
      d1 => {a1 b2 d1}`,
  },
  {
    why: "notFollowedBy: none until the next step takes",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { notFollowedBy: "n", on: ["n"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      x1
      a2
      n1
      a3
      b1 => {a3 b1}
      n2`,
  },
  {
    why: "an event that meets the not-step and a middle step ends the partial match",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { notFollowedBy: "n", where: "bad == 1" },
        { followedBy: "b", on: ["b"] },
        { followedBy: "c", on: ["c"] },
      ],
    },
    stream: `
      a1 bad=0
      b1 bad=1
      b2 bad=0
      c1 bad=0`,
  },
  {
    why: "and the last step (in Flink that one comes out)",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { notFollowedBy: "n", where: "bad == 1" },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 bad=0
      b1 bad=1
      b2 bad=0`,
  },
  {
    why: "behind a loop it holds inside it as well",
    pattern: {
      sequence: [
        { begin: "s", on: ["s"] },
        { followedBy: "a", on: ["a"], times: "1+" },
        { notFollowedBy: "n", on: ["n"] },
        { followedBy: "e", on: ["e"] },
      ],
    },
    stream: `
      s1
      a1
      n1
      a2
      e1`,
  },
  {
    why: "before a loop it holds until the loop's first event",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { notFollowedBy: "c", on: ["c"] },
        { followedBy: "b", on: ["b"], times: "1+" },
        { followedBy: "d", on: ["d"] },
      ],
    },
    stream: `
      a1
      b1
      c1
      b2
      d1 => {a1 b1 b2 d1}; {a1 b1 d1}`,
  },
  {
    why: "before an optional step, what takes that step lifts it",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { notFollowedBy: "b", on: ["b"] },
        { followedBy: "c", on: ["c"], optional: true },
        { followedBy: "d", on: ["d"] },
      ],
    },
    stream: `
      a1
      c1
      b1
      d1 => {a1 c1 d1}
      a2
      b2
      d2`,
  },
  {
    why: "Flink's testPendingStateMatchesWithinFirstAndLast: the time fulfils a last notFollowedBy, at start + span and not before",
    pattern: {
      within: "5ms",
      sequence: [
        { begin: "s", on: ["s"] },
        { notFollowedBy: "m", on: ["m"] },
      ],
    },
    stream: `
      s1 @1
      m1 @4
      s2 @5
      time @9
      s3 @11 => {s2} at 10
      m2 @18 => {s3} at 16`,
  },
  {
    why: "an event at exactly start + span is too late to prevent it",
    pattern: {
      within: "5ms",
      sequence: [
        { begin: "s", on: ["s"] },
        { notFollowedBy: "m", on: ["m"] },
      ],
    },
    stream: `
      s1 @1
      m1 @6 => {s1} at 6
      s2 @10
      m2 @14
      time @99`,
  },
  {
    why: "Flink's testNotFollowedByWithinPreviousAndCurrentAtEnd: a gap of its own",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { notFollowedBy: "b", on: ["b"], within: { gap: "3ms" } },
      ],
    },
    stream: `
      a1 @1
      b1 @2
      a2 @4
      c1 @5
      b2 @10 => {a2} at 7
      a3 @11
      b3 @13`,
  },
  {
    why: "behind a loop every length is fulfilled, the longest too (in Flink that one may time out)",
    pattern: {
      within: "10ms",
      emitTimeouts: true,
      sequence: [
        { begin: "a", on: ["a"], times: "1+" },
        { notFollowedBy: "n", on: ["n"] },
      ],
    },
    stream: `
      a1 @1
      a2 @2
      time @99 => {a1 a2} at 11; {a1} at 11; {a2} at 12`,
  },
  {
    why: "the pattern's own gap bounds a last notFollowedBy too",
    pattern: {
      within: { gap: "4ms" },
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
        { notFollowedBy: "n", on: ["n"] },
      ],
    },
    stream: `
      a1 @1
      b1 @3
      n1 @7 => {a1 b1} at 7`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});
