import { expect, test } from "vitest";
import { onwardFrom, startsOf } from "../../../src/core/pattern/onward.ts";
import type { InlinePatternDocument } from "../../../src/spec/pattern.ts";
import { programOf } from "./scenario.ts";

const chainOf = (pattern: InlinePatternDocument) => programOf(pattern).chain;

test("a match begins at the first step, and behind it while all before are optional", () => {
  const chain = chainOf({
    sequence: [{ begin: "a", optional: true }, { next: "b", optional: true }, { next: "c" }, { next: "d" }],
  });
  expect(startsOf(chain)).toEqual([0, 1, 2]);
});

test("an optional step may be left out; not-steps before it belong to the step they follow", () => {
  const chain = chainOf({
    sequence: [{ begin: "a" }, { notFollowedBy: "n" }, { notNext: "m" }, { next: "b", optional: true }, { next: "c" }],
  });
  const { leaving, ending, bans, nextBans } = onwardFrom(chain, 0);
  expect([leaving, ending, bans.map(({ name }) => name), nextBans.map(({ name }) => name)]).toEqual([
    [3, 4],
    "no",
    ["n"],
    ["m"],
  ]);
  expect(onwardFrom(chain, 3).bans).toEqual([]);
});

const endings = [
  { why: "nothing behind", pattern: { sequence: [{ begin: "a" }] }, ending: "atOnce", leaving: [] },
  {
    why: "only an optional step",
    pattern: { sequence: [{ begin: "a" }, { next: "b", optional: true }] },
    ending: "atOnce",
    leaving: [1],
  },
  {
    why: "a last notNext",
    pattern: { sequence: [{ begin: "a" }, { notNext: "n" }] },
    ending: "byNextEvent",
    leaving: [2],
  },
  {
    why: "a notNext before an optional step",
    pattern: { sequence: [{ begin: "a" }, { notNext: "n" }, { next: "b", optional: true }] },
    ending: "byNextEvent",
    leaving: [2, 3],
  },
  {
    why: "a last notFollowedBy",
    pattern: { within: "1s", sequence: [{ begin: "a" }, { notFollowedBy: "n" }] },
    ending: "byTime",
    leaving: [2],
  },
  { why: "an obligatory step", pattern: { sequence: [{ begin: "a" }, { next: "b" }] }, ending: "no", leaving: [1] },
] as const;

test.each(endings)("behind a step with $why", ({ pattern, ending, leaving }) => {
  const onward = onwardFrom(chainOf({ ...pattern, sequence: [...pattern.sequence] }), 0);
  expect([onward.ending, onward.leaving]).toEqual([ending, leaving]);
});

test("of several last notFollowedBy the least gap counts", () => {
  const chain = chainOf({
    sequence: [
      { begin: "a" },
      { notFollowedBy: "n", within: { gap: "5s" } },
      { notFollowedBy: "m", within: { gap: "2s" } },
    ],
  });
  expect(onwardFrom(chain, 0).endGapMs).toBe(2_000);
});
