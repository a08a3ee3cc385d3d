import { test } from "vitest";
import { play, type Row } from "./scenario.ts";

const rows: readonly Row[] = [
  {
    why: "an event between that meets it kills; what starts behind it is not touched",
    pattern: {
      without: { logout: "bad == 1" },
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 bad=0
      x1 bad=1
      a2 bad=0
      b1 bad=0 => {a2 b1}`,
  },
  {
    why: "the first event is not tested, the closing one is",
    pattern: {
      without: { logout: "bad == 1" },
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 bad=1
      b1 bad=1
      b2 bad=0
      a2 bad=1
      b3 bad=0 => {a2 b3}`,
  },
  {
    why: "it reads the steps taken so far, and any of several kills",
    pattern: {
      without: { other: "user != a.first.user", stop: "stop == 1" },
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 user=1 stop=0
      b1 user=2 stop=0
      a2 user=1 stop=0
      b2 user=1 stop=0 => {a2 b2}
      a3 user=1 stop=0
      x1 user=1 stop=1
      b3 user=1 stop=0`,
  },
  {
    why: "what waits for the end by time is killed as well",
    pattern: {
      within: "10ms",
      without: { stop: "stop == 1" },
      sequence: [
        { begin: "a", on: ["a"] },
        { notFollowedBy: "n", on: ["n"] },
      ],
    },
    stream: `
      a1 stop=0
      x1 stop=1
      a2 @3 stop=0
      time @99 => {a2} at 13`,
  },
  {
    why: "an error in it does not hold, and is told",
    pattern: {
      without: { stop: "stop > 0" },
      sequence: [
        { begin: "a", on: ["a"] },
        { followedBy: "b", on: ["b"] },
      ],
    },
    stream: `
      a1 stop=1
      x1 stop=word => error in without
      b1 stop=0 => {a1 b1}`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});
