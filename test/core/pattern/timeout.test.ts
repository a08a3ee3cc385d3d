import { test } from "vitest";
import { play, type Row } from "./scenario.ts";

const rows: readonly Row[] = [
  {
    why: "a partial match that outlives the span comes out at start + span, before an event of that time",
    pattern: {
      within: "10ms",
      emitTimeouts: true,
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 @1
      time @10
      b1 @11 => {a1} at 11 timed out`,
  },
  {
    why: "without emitTimeouts it is let go in silence",
    pattern: {
      within: "10ms",
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 @1
      time @99`,
  },
  {
    why: "a gap has a timer of its own: it needs no event (in Flink it does)",
    pattern: {
      within: { gap: "4ms" },
      emitTimeouts: true,
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
        { followedBy: "c", on: ["c"] },
      ],
    },
    stream: `
      a1 @1
      b1 @3
      time @6
      time @7 => {a1 b1} at 7 timed out`,
  },
  {
    why: "what came out as a match and might have grown times out too",
    pattern: {
      within: "10ms",
      emitTimeouts: true,
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"], times: "1+" },
      ],
    },
    stream: `
      a1 @1
      b1 @2 => {a1 b1}
      time @11 => {a1 b1} at 11 timed out`,
  },
  {
    why: "but not where only the step's own gap ended its growth",
    pattern: {
      within: "10ms",
      emitTimeouts: true,
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"], times: "1+", within: { gap: "3ms" } },
      ],
    },
    stream: `
      a1 @1
      b1 @2 => {a1 b1}
      time @99`,
  },
  {
    why: "each partial match times out once, however many ways it had",
    pattern: {
      within: "10ms",
      emitTimeouts: true,
      sequence: [
        { begin: "a", on: ["a"], times: "1+" },
        { followedBy: "e", on: ["e"] },
      ],
    },
    stream: `
      a1 @1
      x1 @2
      time @99 => {a1} at 11 timed out`,
  },
  {
    why: "in the order of their deadlines, and those of one deadline by their events",
    pattern: {
      within: "10ms",
      emitTimeouts: true,
      sequence: [
        { begin: "a", on: ["a"] },
        { followedByAny: "b", on: ["b"] },
        { followedBy: "c", on: ["c"] },
      ],
    },
    stream: `
      a1 @1
      a2 @1
      a3 @2
      b1 @3
      time @99 => {a1 b1} at 11 timed out; {a1} at 11 timed out; {a2 b1} at 11 timed out; {a2} at 11 timed out; {a3 b1} at 12 timed out; {a3} at 12 timed out`,
  },
  {
    why: "what a not-step killed does not time out",
    pattern: {
      within: "10ms",
      emitTimeouts: true,
      sequence: [
        { begin: "a", on: ["a"] },
        { notFollowedBy: "n", on: ["n"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 @1
      n1 @2
      time @99`,
  },
  {
    why: "what a skip strategy ended does not time out",
    pattern: {
      within: "10ms",
      emitTimeouts: true,
      skip: "pastLastEvent",
      sequence: [
        { begin: "a", on: ["a"] },
        { followedByAny: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 @1
      a2 @2
      b1 @3 => {a1 b1}
      time @99`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});
