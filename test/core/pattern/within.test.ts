import { test } from "vitest";
import { play, type Row } from "./scenario.ts";

const rows: readonly Row[] = [
  {
    why: "the right border of a span is outside",
    pattern: {
      within: "10ms",
      sequence: [
        { begin: "a", on: ["a"] },
        { followedByAny: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 @1
      b1 @10 => {a1 b1}
      b2 @11`,
  },
  {
    why: "a pattern's gap is from each event to the one taken before",
    pattern: {
      within: { gap: "3ms" },
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
        { followedBy: "c", on: ["c"] },
      ],
    },
    stream: `
      a1 @1
      b1 @3
      c1 @5 => {a1 b1 c1}
      a2 @10
      b2 @13
      a3 @20
      b3 @21
      c3 @24`,
  },
  {
    why: "a gap inside a loop of a pattern with one counts from the loop's last event, not the start",
    pattern: { within: { gap: "3ms" }, sequence: [{ begin: "a", on: ["a"], times: 3 }] },
    stream: `
      a1 @1
      a2 @3
      a3 @5 => {a1 a2 a3}
      a4 @8`,
  },
  {
    why: "span and gap both hold",
    pattern: { within: { span: "6ms", gap: "3ms" }, sequence: [{ begin: "a", on: ["a"], times: 4 }] },
    stream: `
      a1 @1
      a2 @3
      a3 @5
      a4 @7
      a5 @8 => {a2 a3 a4 a5}`,
  },
  {
    why: "a single step's gap bounds its event alone",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedByAny: "b", on: ["b"], within: { gap: "3ms" } },
        { followedByAny: "c", on: ["c"] },
      ],
    },
    stream: `
      a1 @1
      b1 @3
      b2 @4
      c1 @99 => {a1 b1 c1}`,
  },
  {
    why: "a loop's gap is between its events; the wait before and behind it is not bounded",
    pattern: {
      sequence: [
        { begin: "s", on: ["s"] },
        { followedBy: "a", on: ["a"], times: "1+", within: { gap: "3ms" } },
        { followedBy: "e", on: ["e"] },
      ],
    },
    stream: `
      s1 @1
      a1 @20
      a2 @22
      a3 @25
      e1 @50 => {s1 a1 a2 e1}; {s1 a1 e1}`,
  },
  {
    why: "a loop's span is from its first event to its last",
    pattern: {
      sequence: [
        { begin: "s", on: ["s"] },
        { followedBy: "a", on: ["a"], times: "2+", within: "5ms" },
        { followedBy: "e", on: ["e"] },
      ],
    },
    stream: `
      s1 @1
      a1 @20
      a2 @24
      a3 @25
      e1 @50 => {s1 a1 a2 e1}`,
  },
  {
    why: "a loop too short when its gap runs out is lost",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"], times: "2+", within: { gap: "3ms" } },
        { followedBy: "e", on: ["e"] },
      ],
    },
    stream: `
      a1 @1
      a2 @4
      e1 @5`,
  },
  {
    why: "an optional step's gap runs out: it is skipped, even after an event was passed over (in Flink the bound is lost then)",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"], optional: true, within: { gap: "3ms" } },
        { followedBy: "c", on: ["c"] },
      ],
    },
    stream: `
      a1 @1
      x1 @2
      b1 @9
      c1 @10 => {a1 c1}`,
  },
  {
    why: "time 0 is a time as any other",
    pattern: {
      within: "2ms",
      sequence: [
        { begin: "a", on: ["a"] },
        { next: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 @0
      b1 @1 => {a1 b1}
      b2 @2`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});
