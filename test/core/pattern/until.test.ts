import { test } from "vitest";
import { play, type Row, type StepDocument } from "./scenario.ts";

const around = (
  middle: StepDocument,
  end: StepDocument = { followedBy: "end", where: "price == 5" },
): Row["pattern"] => ({
  sequence: [{ begin: "c", on: ["c"] }, { on: ["a"], until: "price == 5", times: "1+", ...middle }, end],
});

const rows: readonly Row[] = [
  {
    why: "Flink's testUntilConditionFollowedByOneOrMore: the next step may take the event that ends the loop",
    pattern: around({ followedBy: "a" }),
    stream: `
      c1 price=1
      a1 price=2
      a2 price=3
      a3 price=5 => {c1 a1 a2 a3}; {c1 a1 a3}
      a4 price=6`,
  },
  {
    why: "Flink's testUntilConditionFollowedByOneOrMoreCombinations",
    pattern: around({ followedBy: "a", inner: "combinations" }),
    stream: `
      c1 price=1
      a1 price=2
      a2 price=3
      a3 price=4
      a4 price=5 => {c1 a1 a2 a3 a4}; {c1 a1 a2 a4}; {c1 a1 a3 a4}; {c1 a1 a4}
      a5 price=6`,
  },
  {
    why: "Flink's testUntilConditionFollowedByZeroOrMore: of a loop that may be empty too",
    pattern: around({ followedBy: "a", optional: true }),
    stream: `
      c1 price=1
      a1 price=2
      a2 price=3
      a3 price=5 => {c1 a1 a2 a3}; {c1 a1 a3}; {c1 a3}`,
  },
  {
    why: "an until event that does not fit is passed over while the loop is empty",
    pattern: around({ followedBy: "a" }, { followedBy: "b", on: ["b"] }),
    stream: `
      c1 price=1
      x1 price=5
      a1 price=2
      x2 price=5
      a2 price=2
      b1 price=1 => {c1 a1 b1}`,
  },
  {
    why: "Flink's testEmptyOneOrMore: one that fits can be neither taken nor passed over",
    pattern: around({ followedBy: "a" }, { followedBy: "b", on: ["b"] }),
    stream: `
      c1 price=1
      a1 price=5
      a2 price=2
      b1 price=1`,
  },
  {
    why: "Flink's testUntilConditionFollowedByAnyOneOrMore: other starts of the loop go on",
    pattern: {
      sequence: [
        { begin: "c", on: ["c"] },
        { followedByAny: "a", on: ["a"], times: "1+", until: "price == 5" },
      ],
    },
    stream: `
      c1 price=1
      a1 price=2 => {c1 a1}
      a2 price=3 => {c1 a1 a2}; {c1 a2}
      a3 price=5
      a4 price=6 => {c1 a4}`,
  },
  {
    why: "until reads the loop's events so far, without the one under test",
    pattern: {
      sequence: [
        { begin: "c", on: ["c"] },
        { followedBy: "a", on: ["a"], times: "1+", until: "a.sum.price >= 5" },
      ],
    },
    stream: `
      c1
      a1 price=2 => {c1 a1}
      a2 price=3 => {c1 a1 a2}
      a3 price=1`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});
