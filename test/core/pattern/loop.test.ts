import { test } from "vitest";
import { play, type Row, type StepDocument } from "./scenario.ts";

const around = (middle: StepDocument): Row["pattern"] => ({
  sequence: [
    { begin: "c", on: ["c"] },
    { ...middle, on: ["a"] },
    { followedBy: "b", on: ["b"] },
  ],
});

const rows: readonly Row[] = [
  {
    why: "a begin loop gives every length from every start",
    pattern: { sequence: [{ begin: "a", on: ["a"], times: "1+" }] },
    stream: `
      a1 => {a1}
      a2 => {a1 a2}; {a2}
      a3 => {a1 a2 a3}; {a2 a3}; {a3}`,
  },
  {
    why: "relaxed inside: what fits is taken, so no length leaves one out",
    pattern: around({ followedBy: "a", times: "1+" }),
    stream: `
      c1
      a1
      x1
      a2
      b1 => {c1 a1 a2 b1}; {c1 a1 b1}`,
  },
  {
    why: "followedByAny before a relaxed loop frees its first event alone",
    pattern: around({ followedByAny: "a", times: "1+" }),
    stream: `
      c1
      a1
      a2
      a3
      b1 => {c1 a1 a2 a3 b1}; {c1 a1 a2 b1}; {c1 a1 b1}; {c1 a2 a3 b1}; {c1 a2 b1}; {c1 a3 b1}`,
  },
  {
    why: "combinations keep the first event of a followedBy loop and leave out any behind it",
    pattern: around({ followedBy: "a", times: "1+", inner: "combinations" }),
    stream: `
      c1
      a1
      a2
      a3
      b1 => {c1 a1 a2 a3 b1}; {c1 a1 a2 b1}; {c1 a1 a3 b1}; {c1 a1 b1}`,
  },
  {
    why: "strict inside: a foreign event ends the growth, and the lengths reached live on",
    pattern: around({ followedBy: "a", times: "1+", inner: "strict" }),
    stream: `
      c1
      a1
      a2
      d1
      a3
      b1 => {c1 a1 a2 b1}; {c1 a1 b1}`,
  },
  {
    why: "Flink's docs, strict loop (consecutive) behind followedByAny and before next: only the adjacent one",
    pattern: {
      sequence: [
        { begin: "c", on: ["c"] },
        { followedByAny: "a", on: ["a"], times: "1+", inner: "strict" },
        { next: "b", on: ["b"] },
      ],
    },
    stream: `
      c1
      d1
      a1
      a2
      d2
      a3
      b1 => {c1 a3 b1}`,
  },
  {
    why: "exactly n",
    pattern: around({ followedBy: "a", times: 2 }),
    stream: `
      c1
      a1
      b1
      a2
      a3
      b2 => {c1 a1 a2 b2}`,
  },
  {
    why: "n to m gives each length between",
    pattern: around({ followedBy: "a", times: "2..3" }),
    stream: `
      c1
      a1
      a2
      a3
      a4
      b1 => {c1 a1 a2 a3 b1}; {c1 a1 a2 b1}`,
  },
  {
    why: "n or more needs n",
    pattern: around({ followedBy: "a", times: "2+" }),
    stream: `
      c1
      a1
      b1
      a2
      b2 => {c1 a1 a2 b2}`,
  },
  {
    why: "a last loop gives one match for each further event",
    pattern: {
      sequence: [
        { begin: "c", on: ["c"] },
        { followedBy: "a", on: ["a"], times: "1+" },
      ],
    },
    stream: `
      c1
      a1 => {c1 a1}
      x1
      a2 => {c1 a1 a2}`,
  },
  {
    why: "and none before it has enough",
    pattern: { sequence: [{ begin: "a", on: ["a"], times: "2..3" }] },
    stream: `
      a1
      a2 => {a1 a2}
      a3 => {a1 a2 a3}; {a2 a3}`,
  },
  {
    why: "next behind a loop is adjacent to the last event taken",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"], times: "1+" },
        { next: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      x1
      a2
      b1 => {a1 a2 b1}; {a2 b1}`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});
