import { expect, test } from "vitest";
import { stepFactOfEvents } from "../../../src/core/pattern/step-fact.ts";
import { eventOf, play, type Row } from "./scenario.ts";

const rows: readonly Row[] = [
  {
    why: "the user manual's own: a login by the user who failed last",
    pattern: {
      sequence: [
        { begin: "fail", on: ["fail"], times: "2+" },
        { followedBy: "login", on: ["login"], where: "user == fail.last.user" },
      ],
    },
    stream: `
      fail1 user=x
      fail2 user=y
      login1 user=x
      login2 user=y => {fail1 fail2 login2}`,
  },
  {
    why: "first and last, of this partial match alone",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"], times: "1+" },
        { followedByAny: "b", on: ["b"], where: "k == a.first.k && n == a.last.k" },
      ],
    },
    stream: `
      a1 k=1
      a2 k=2
      b1 k=1 n=2 => {a1 a2 b1}
      b2 k=2 n=2 => {a2 b2}
      b3 k=1 n=1 => {a1 b3}`,
  },
  {
    why: "a step's own fact has its earlier rounds, without the event under test",
    pattern: { sequence: [{ begin: "a", on: ["a"], times: "1+", where: "a.count == 0 || v > a.last.v" }] },
    stream: `
      a1 v=1 => {a1}
      a2 v=3 => {a1 a2}; {a2}
      a3 v=2 => {a3}
      a4 v=4 => {a1 a2 a4}; {a2 a4}; {a3 a4}; {a4}`,
  },
  {
    why: "of no events a sum is 0, for a field that no event ever had too",
    pattern: { sequence: [{ begin: "a", on: ["a"], times: "1+", where: "a.sum.v + v < 6" }] },
    stream: `
      a1 v=1 => {a1}
      a2 v=2 => {a1 a2}; {a2}
      a3 v=3 => {a2 a3}; {a3}`,
  },
  {
    why: "the same by a JSON condition and its path",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"], times: "1+" },
        {
          followedBy: "b",
          on: ["b"],
          where: { all: [{ fact: "a", path: "$.sum.v", operator: "greaterThan", value: 2 }] },
        },
      ],
    },
    stream: `
      a1 v=1
      a2 v=2
      b1 v=0 => {a1 a2 b1}`,
  },
  {
    why: "avg, min, max, distinct and durationMs",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"], times: 3 },
        {
          next: "b",
          on: ["b"],
          where: "a.avg.v == 2 && a.min.v == 1 && a.max.v == 3 && a.distinct.u == 2 && a.durationMs == 4",
        },
      ],
    },
    stream: `
      a1 @1 v=1 u=x
      a2 @3 v=3 u=y
      a3 @5 v=2 u=x
      b1 @6 => {a1 a2 a3 b1}`,
  },
  {
    why: "of a step that took nothing first is null, and nothing compares with it but null",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "o", on: ["o"], optional: true },
        { followedByAny: "b", on: ["b"], where: "o.first == null && o.count == 0 && o.avg.v == null" },
      ],
    },
    stream: `
      a1 v=1
      o1 v=1
      b1 => {a1 b1}`,
  },
  {
    why: "an error counts as an event that does not fit: a relaxed step passes it over, and it is told",
    pattern: {
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"], where: "v > 1" },
      ],
    },
    stream: `
      a1
      b1 v=word => error in b
      b2 v=2 => {a1 b2}`,
  },
  {
    why: "and in until it does not hold",
    pattern: { sequence: [{ begin: "a", on: ["a"], times: "1+", until: "v > 1" }] },
    stream: `
      a1 v=word => error in a; {a1}`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});

test("a step's fact is plain: own members, each to be printed", () => {
  const events = [eventOf("a1 v=1 u=x", 0, 10), eventOf("a2 v=4 w=2 u=x", 1, 15)];
  expect(JSON.parse(JSON.stringify(stepFactOfEvents(events, ["asked"])))).toEqual({
    count: 2,
    first: { name: "a1", v: 1, u: "x" },
    last: { name: "a2", v: 4, w: 2, u: "x" },
    sum: { asked: 0, v: 5, w: 2 },
    avg: { asked: null, v: 2.5, w: 2 },
    min: { asked: null, v: 1, w: 2 },
    max: { asked: null, v: 4, w: 2 },
    distinct: { asked: null, name: 2, v: 2, w: 1, u: 1 },
    durationMs: 5,
  });
  expect(JSON.parse(JSON.stringify(stepFactOfEvents([], [])))).toEqual({
    count: 0,
    first: null,
    last: null,
    sum: {},
    avg: {},
    min: {},
    max: {},
    distinct: {},
    durationMs: null,
  });
});

test("a field called __proto__ is a field", () => {
  const event = eventOf("a1", 0, 1);
  const fields = JSON.parse('{"__proto__": 3}');
  expect(Object.entries(stepFactOfEvents([{ ...event, fields }], []).sum)).toEqual([["__proto__", 3]]);
});
