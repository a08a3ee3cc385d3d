import { test } from "vitest";
import { play, type Row } from "./scenario.ts";

const rows: readonly Row[] = [
  {
    why: "with and without it",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"], optional: true },
        { followedBy: "c", on: ["c"] },
      ],
    },
    stream: `
      a1
      b1
      c1 => {a1 b1 c1}; {a1 c1}`,
  },
  {
    why: "a last optional step: the short match comes at once",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"], optional: true },
      ],
    },
    stream: `
      a1 => {a1}
      x1
      b1 => {a1 b1}
      b2`,
  },
  {
    why: "an optional first step: any of the two begins",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"], optional: true },
        { next: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      b1 => {a1 b1}; {b1}
      x1
      b2 => {b2}`,
  },
  {
    why: "next behind a skipped step is adjacent to the event taken before it",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"], optional: true },
        { next: "c", on: ["c"] },
      ],
    },
    stream: `
      a1
      c1 => {a1 c1}
      a2
      x1
      b1
      c2 => {a1 b1 c2}; {a2 b1 c2}`,
  },
  {
    why: "an empty match is never given",
    pattern: { sequence: [{ begin: "a", on: ["a"], times: "1+", optional: true }] },
    stream: `
      x1
      a1 => {a1}
      x2
      a2 => {a1 a2}; {a2}`,
  },
  {
    why: "all of an optional loop's lengths, and none",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"], times: "2+", optional: true },
        { followedBy: "c", on: ["c"] },
      ],
    },
    stream: `
      a1
      b1
      b2
      b3
      c1 => {a1 b1 b2 b3 c1}; {a1 b1 b2 c1}; {a1 c1}`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});
