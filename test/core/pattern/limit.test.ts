import { expect, test } from "vitest";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import { advanceTime } from "../../../src/core/pattern/advance-time.ts";
import type { Match } from "../../../src/core/pattern/match.ts";
import { matchFact } from "../../../src/core/pattern/match-fact.ts";
import { offerEvent } from "../../../src/core/pattern/matcher.ts";
import { newPatternState } from "../../../src/core/pattern/partial-match.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { restored } from "./flink-vector.ts";
import { eventOf, play, programOf, type Row } from "./scenario.ts";

const rows: readonly Row[] = [
  {
    why: "at the limit the partial match with the earliest start is shed",
    pattern: {
      limits: { maxPartialMatches: 2 },
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1
      a2
      a3 => shed 1
      b1 => {a2 b1}; {a3 b1}`,
  },
  {
    why: "a match that waited behind the one shed comes out",
    pattern: {
      limits: { maxPartialMatches: 2 },
      skip: "pastLastEvent",
      sequence: [
        { begin: "s", on: ["a", "b"] },
        { followedBy: "e", on: ["e"], where: "kind == s.first.kind" },
      ],
    },
    stream: `
      a1 kind=1
      b1 kind=2
      e1 kind=2
      a2 kind=3 => shed 1; {b1 e1}`,
  },
  {
    why: "the events held are bounded too, and what holds the oldest goes",
    pattern: {
      limits: { maxBufferedEvents: 3 },
      sequence: [
        { begin: "s", on: ["s"] },
        { followedBy: "a", on: ["a"], times: "1+", greedy: true },
        { followedBy: "e", on: ["e"] },
      ],
    },
    stream: `
      s1
      a1
      a2
      a3 => shed 1
      s2
      a4
      e1 => {s2 a4 e1}`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});

const silent = { match: () => undefined, error: () => undefined, shed: () => undefined };
const scopeOf = emptyScope;

test("a match of 100,000 events: no recursion over its length, its facts, its bytes", () => {
  const program = programOf({
    limits: { maxBufferedEvents: 1_000_000 },
    sequence: [
      { begin: "s", on: ["s"] },
      { next: "a", on: ["a"], times: "1+", greedy: true, where: "a.sum.v >= 0" },
      { next: "e", on: ["e"], where: "a.count == 100000 && a.sum.v == 100000 && a.distinct.name == 100000" },
    ],
  });
  const matches: Match[] = [];
  const sink = { ...silent, match: (match: Match) => matches.push(match) };
  let state = newPatternState();
  const scope = scopeOf();
  offerEvent(program, state, eventOf("s0", 0, 0), scope, sink);
  for (let index = 1; index <= 100_000; index += 1)
    offerEvent(program, state, eventOf(`a${index} v=1`, index, index), scope, sink);
  state = restored(program, state);
  offerEvent(program, state, eventOf("e1", 100_001, 100_001), scope, sink);
  expect(matches.map((match) => matchFact(program, match)["count"])).toEqual([100_002]);
}, 300_000);

test("2,000 partial matches with a deadline each end in one advance under a skip strategy", () => {
  const program = programOf({
    within: "1000000ms",
    skip: "toNext",
    sequence: [
      { begin: "a", on: ["a"] },
      { notFollowedBy: "n", on: ["n"] },
    ],
  });
  let count = 0;
  const sink = { ...silent, match: () => (count += 1) };
  const state = newPatternState();
  const scope = scopeOf();
  for (let index = 0; index < 2_000; index += 1) offerEvent(program, state, eventOf("a1", index, index), scope, sink);
  advanceTime(program, state, eventTimeMs(Number.POSITIVE_INFINITY), scope, sink);
  expect(count).toBe(2_000);
});

test("the fact of a match is plain JSON with every step that can take", () => {
  const program = programOf({
    sequence: [
      { begin: "a", on: ["a"], times: 2 },
      { notNext: "n", on: ["n"] },
      { followedBy: "o", on: ["o"], optional: true },
      { followedBy: "b", on: ["b"] },
    ],
  });
  const matches: Match[] = [];
  const state = newPatternState();
  const scope = scopeOf();
  for (const [index, name] of ["a1 v=1", "a2 v=2", "b1"].entries()) {
    offerEvent(program, state, eventOf(name, index, index * 10), scope, {
      ...silent,
      match: (match) => matches.push(match),
    });
  }
  const [match] = matches;
  if (match === undefined) throw new Error("no match");
  const none = {
    count: 0,
    first: null,
    last: null,
    sum: {},
    avg: {},
    min: {},
    max: {},
    distinct: {},
    durationMs: null,
  };
  expect(matchFact(program, match)).toEqual({
    start: 0,
    end: 20,
    time: 20,
    durationMs: 20,
    timedOut: false,
    count: 3,
    steps: {
      a: {
        count: 2,
        first: { name: "a1", v: 1 },
        last: { name: "a2", v: 2 },
        sum: { v: 3 },
        avg: { v: 1.5 },
        min: { v: 1 },
        max: { v: 2 },
        distinct: { name: 2, v: 2 },
        durationMs: 10,
      },
      o: none,
      b: { ...none, count: 1, first: { name: "b1" }, last: { name: "b1" }, distinct: { name: 1 }, durationMs: 0 },
    },
  });
});

test("matches of one event come in the order of their positions in the log, not of their times", () => {
  const program = programOf({
    sequence: [
      { begin: "a", on: ["a"] },
      { followedBy: "b", on: ["b"] },
    ],
  });
  const lines: string[] = [];
  const state = newPatternState();
  const scope = scopeOf();
  const sink = {
    ...silent,
    match: ({ steps }: Match) =>
      lines.push(
        [...steps.values()]
          .flat()
          .map(({ id }) => id)
          .join(" "),
      ),
  };
  offerEvent(program, state, eventOf("a1", 7, 1), scope, sink);
  offerEvent(program, state, eventOf("a2", 3, 2), scope, sink);
  offerEvent(program, state, eventOf("b1", 8, 3), scope, sink);
  expect(lines).toEqual(["a2 b1", "a1 b1"]);
});
