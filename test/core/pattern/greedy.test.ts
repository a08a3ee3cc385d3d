import { test } from "vitest";
import { play, type Row, type StepDocument } from "./scenario.ts";

const around = (middle: StepDocument): Row["pattern"] => ({
  sequence: [
    { begin: "c", on: ["c"] },
    { on: ["a"], greedy: true, ...middle },
    { followedBy: "d", on: ["d"] },
  ],
});

const rows: readonly Row[] = [
  {
    why: "Flink's testGreedyZeroOrMore: only the longest",
    pattern: around({ followedBy: "a", times: "1+", optional: true }),
    stream: `
      c1
      a1
      a2
      a3
      d1 => {c1 a1 a2 a3 d1}`,
  },
  {
    why: "Flink's testGreedyZeroOrMoreInBetween: foreign events change nothing",
    pattern: around({ followedBy: "a", times: "1+", optional: true }),
    stream: `
      c1
      x1
      a1
      x2
      a2
      d1 => {c1 a1 a2 d1}`,
  },
  {
    why: "Flink's testGreedyZeroOrMoreWithDummyEventsBeforeQuantifier: none to take is none taken",
    pattern: around({ followedBy: "a", times: "1+", optional: true }),
    stream: `
      c1
      x1
      d1 => {c1 d1}`,
  },
  {
    why: "a range is greedy up to its end",
    pattern: around({ followedBy: "a", times: "2..5" }),
    stream: `
      c1
      a1
      a2
      a3
      d1 => {c1 a1 a2 a3 d1}`,
  },
  {
    why: "a range that is full takes no more, so a further event is passed over (in Flink it kills)",
    pattern: around({ followedBy: "a", times: "2..3" }),
    stream: `
      c1
      a1
      a2
      a3
      a4
      d1 => {c1 a1 a2 a3 d1}`,
  },
  {
    why: "Flink's testGreedyUtilZeroOrMoreWithDummyEventsAfterQuantifier: the event that meets until is passed over",
    pattern: around({ followedBy: "a", times: "1+", optional: true, until: "price > 3" }),
    stream: `
      c1 price=1
      a1 price=2
      a2 price=3
      a3 price=4
      d1 price=3 => {c1 a1 a2 d1}`,
  },
  {
    why: "Flink's testGreedyUtilWithDummyEventsBeforeQuantifier: an until event that fits ends a loop before it began",
    pattern: around({ followedBy: "a", times: "1+", optional: true, until: "price > 3" }),
    stream: `
      c1 price=1
      a1 price=4
      a2 price=2
      d1 price=3 => {c1 d1}`,
  },
  {
    why: "a loop that until has ended grabs nothing any more",
    pattern: around({ followedBy: "a", times: "1+", until: "price > 3" }),
    stream: `
      c1 price=1
      a1 price=2
      x1 price=1
      u1 price=9
      a2 price=2
      d1 price=3 => {c1 a1 d1}`,
  },
  {
    why: "what the next step takes, but the loop fits too, is the loop's: nothing ever matches",
    pattern: {
      sequence: [
        { begin: "s", on: ["s"] },
        { followedBy: "l", on: ["a", "b"], times: "1+", greedy: true },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      s1
      a1
      b1
      b2`,
  },
  {
    why: "greed of the last step changes nothing",
    pattern: {
      sequence: [
        { begin: "c", on: ["c"] },
        { followedBy: "a", on: ["a"], times: "1+", greedy: true },
      ],
    },
    stream: `
      c1
      a1 => {c1 a1}
      a2 => {c1 a1 a2}`,
  },
  {
    why: "greed of the first step does not stop later starts (FLINK-8914)",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"], times: "1+", greedy: true },
        { followedBy: "e", on: ["e"] },
      ],
    },
    stream: `
      a1
      a2
      a3
      e1 => {a1 a2 a3 e1}; {a2 a3 e1}; {a3 e1}`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});
