import { test } from "vitest";
import { play, type Row } from "./scenario.ts";

const rows: readonly Row[] = [
  {
    why: "Flink's docs: strict takes nothing where an event stands between (a b over a c b1 b2)",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { next: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      c1
      b1
      b2`,
  },
  {
    why: "strict takes the event right behind, and only that",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { next: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      b1 => {a1 b1}
      b2`,
  },
  {
    why: "Flink's docs: relaxed takes the first that fits (a b over a c b1 b2)",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      c1
      b1 => {a1 b1}
      b2`,
  },
  {
    why: "Flink's docs: non-deterministic relaxed takes each (a b over a c b1 b2)",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedByAny: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      c1
      b1 => {a1 b1}
      b2 => {a1 b2}`,
  },
  {
    why: "the beginning never goes away: each event that fits it starts another",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      a2
      b1 => {a1 b1}; {a2 b1}`,
  },
  {
    why: "an event is used once in a match, though both steps fit it",
    pattern: { sequence: [{ begin: "x" }, { next: "y" }] },
    stream: `
      a1
      a2 => {a1 a2}
      a3 => {a2 a3}`,
  },
  {
    why: "relaxed must take what fits: it never waits for a better one",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
        { next: "c", on: ["c"] },
      ],
    },
    stream: `
      a1
      b1
      b2
      c1`,
  },
  {
    why: "equal times are told apart by arrival",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { next: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 @5
      b1 @5 => {a1 b1}
      a2 @5
      a3 @5
      b2 @5 => {a3 b2}`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});
