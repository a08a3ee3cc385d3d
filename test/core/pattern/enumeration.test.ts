import fc from "fast-check";
import { expect, test } from "vitest";
import type { TocsinEvent } from "../../../src/core/event/event.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import type { Scope } from "../../../src/core/expr/scope.ts";
import { advanceTime } from "../../../src/core/pattern/advance-time.ts";
import { compilePattern } from "../../../src/core/pattern/compile-pattern.ts";
import type { Match } from "../../../src/core/pattern/match.ts";
import { offerEvent } from "../../../src/core/pattern/matcher.ts";
import { newPatternState } from "../../../src/core/pattern/partial-match.ts";
import type { PatternProgram } from "../../../src/core/pattern/pattern-program.ts";
import { parseStepTimes } from "../../../src/core/pattern/step-times.ts";
import { parseDuration } from "../../../src/core/time/duration.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { inlinePatternSchema, type InlinePatternDocument } from "../../../src/spec/pattern.ts";
import { enumerateMatches, type OraclePattern, type OracleStep } from "../../oracle/pattern-enumeration.ts";
import { noSource } from "../expr/expr-fixture.ts";
import { restored } from "./flink-vector.ts";

const caseCount = Number(process.env["TOCSIN_CASES"] ?? 2_000);

/** A condition is the letters that meet it. */
const letters = fc.constantFrom("a", "b", "c", "ab", "bc", "abc");
const gap = fc.constantFrom("2ms", "3ms", "4ms");
const maybe = <T>(value: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight, arbitrary: value });

const takingStep = fc.record({
  key: fc.constantFrom("next", "followedBy", "followedByAny"),
  where: letters,
  times: maybe(fc.constantFrom("1+", "2+", 2, "1..2", "2..3"), 3),
  inner: maybe(fc.constantFrom("strict", "combinations"), 2),
  optional: maybe(fc.constant(true)),
  greedy: maybe(fc.constant(true)),
  until: maybe(letters),
  within: maybe(fc.oneof(fc.record({ gap }), fc.record({ span: gap })), 1),
});
const notStep = fc.record({ key: fc.constantFrom("notNext", "notFollowedBy"), where: letters });
type Draft = { key: string; where: string; times?: string | number | undefined } & {
  [key in "inner" | "optional" | "greedy" | "until"]?: string | boolean | undefined;
} & {
  within?: { gap?: string; span?: string } | undefined;
};

const sequence = fc.array(fc.oneof({ weight: 4, arbitrary: takingStep }, { weight: 1, arbitrary: notStep }), {
  minLength: 1,
  maxLength: 4,
});
const skip = fc.constantFrom(
  "none",
  "none",
  "none",
  "toNext",
  "pastLastEvent",
  { toFirst: "s0" },
  { toLast: "s0" },
  { toFirst: "s1" },
  { toLast: "s1" },
);

const pattern = fc.record({
  sequence,
  skip,
  within: maybe(
    fc.oneof(fc.constantFrom("4ms", "6ms"), fc.record({ gap }), fc.record({ span: fc.constant("6ms"), gap })),
    3,
  ),
  without: maybe(letters),
  emitTimeouts: fc.boolean(),
});

const events = fc.array(
  fc.record({ letter: fc.constantFrom("a", "b", "c", "d"), afterMs: fc.constantFrom(0, 1, 1, 1, 2, 3) }),
  { maxLength: 8 },
);

/** Leaves out what a document may not say, so that most drafts compile. */
function stepOf(draft: Draft, index: number, before: Draft | undefined): object {
  const isNot = draft.key.startsWith("not");
  const key = index === 0 ? "begin" : draft.key;
  const isLoop = draft.times !== undefined;
  const isOpen = typeof draft.times === "string" && draft.times.endsWith("+");
  const isGreedy = draft.greedy === true && isLoop && draft.inner !== "combinations";
  const within =
    draft.within === undefined || (!isLoop && (draft.within.gap === undefined || index === 0))
      ? undefined
      : draft.within;
  const entries: [string, unknown][] = [
    [key, `s${index}`],
    ["where", { letters: draft.where }],
  ];
  if (!isNot || index === 0) {
    entries.push(["times", draft.times], ["inner", isLoop ? draft.inner : undefined], ["within", within]);
    entries.push(["greedy", isGreedy || undefined], ["optional", before?.greedy === true ? undefined : draft.optional]);
    entries.push(["until", isOpen && typeof draft.until === "string" ? { letters: draft.until } : undefined]);
  }
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

interface PatternDraft {
  readonly sequence: readonly Draft[];
  readonly skip: unknown;
  readonly within: unknown;
  readonly without: string | undefined;
  readonly emitTimeouts: boolean;
}

function documentOf({
  sequence: steps,
  skip: strategy,
  within,
  without,
  emitTimeouts,
}: PatternDraft): InlinePatternDocument {
  return inlinePatternSchema.parse({
    sequence: steps.map((step, index) => stepOf(step, index, steps[index - 1])),
    skip: strategy,
    emitTimeouts,
    within,
    ...(without === undefined ? {} : { without: { w: { letters: without } } }),
  });
}

function lettersOf(condition: unknown): string {
  return typeof condition === "object" &&
    condition !== null &&
    "letters" in condition &&
    typeof condition.letters === "string"
    ? condition.letters
    : "";
}

function compile(document: InlinePatternDocument): PatternProgram | undefined {
  return compilePattern(document, "", {
    names: eventNames(),
    firstSlot: 0,
    conditions: (condition) => {
      const letters = lettersOf(condition);
      const holds = ({ event }: Scope): boolean => event !== undefined && letters.includes(event.type);
      return { compiled: { holds, reads: [], expr: { kind: "literal", value: null }, source: noSource }, faults: [] };
    },
  }).compiled;
}

const ms = (text: unknown): number =>
  typeof text === "string" ? (parseDuration(text) ?? Number.NaN) : Number.POSITIVE_INFINITY;

function oracleOf(document: InlinePatternDocument, word: readonly string[]): OraclePattern {
  const meets = (condition: unknown) => (event: number) => lettersOf(condition).includes(word[event] ?? "-");
  const boundsOf = (within: InlinePatternDocument["within"]): { gapMs: number; spanMs: number } =>
    typeof within === "string"
      ? { spanMs: ms(within), gapMs: ms(undefined) }
      : { spanMs: ms(within?.span), gapMs: ms(within?.gap) };
  const steps = document.sequence.map((step): OracleStep => {
    const times = parseStepTimes(step.times);
    if (typeof times === "string") throw new Error(times);
    const kind =
      (["begin", "next", "followedBy", "followedByAny", "notNext", "notFollowedBy"] as const).find(
        (key) => step[key] !== undefined,
      ) ?? "begin";
    return {
      kind,
      fits: meets(step.where),
      ...times,
      inner: step.inner ?? "relaxed",
      isOptional: step.optional === true,
      isGreedy: step.greedy === true && times.min !== times.max,
      until: meets(step.until),
      ...boundsOf(step.within),
    };
  });
  const { skip: strategy = "none" } = document;
  const named = (name: string): number => document.sequence.findIndex((step) => Object.values(step).includes(name));
  return {
    steps,
    ...boundsOf(document.within),
    without: meets(document.without?.["w"]),
    skip:
      typeof strategy === "string"
        ? { kind: strategy }
        : "toFirst" in strategy
          ? { kind: "toFirst", step: named(strategy.toFirst) }
          : { kind: "toLast", step: named(strategy.toLast) },
    emitTimeouts: document.emitTimeouts === true,
  };
}

function eventsOf(word: readonly string[], times: readonly number[]): TocsinEvent[] {
  return word.map((letter, index) => {
    return {
      position: { source: "s", sequence: index, index: 0 },
      id: index,
      type: letter,
      time: eventTimeMs(times[index] ?? 0),
      source: "s",
      fields: {},
    };
  });
}

/** One line a match: the steps in the order taken, and its time. */
function run(
  program: PatternProgram,
  offered: readonly TocsinEvent[],
  restoresBefore: (index: number) => boolean,
): string[] {
  const lines: string[] = [];
  const sink = {
    match({ steps, time, timedOut, deadline }: Match): void {
      const taken = [...steps].flatMap(([name, list]) => list.map(({ id }) => `${name}:${id}`));
      lines.push(`${taken.join(" ")} at ${time}${timedOut ? " timed out" : ""}`);
      if (deadline !== undefined && deadline !== time) lines.push("a deadline that is not the match's time");
    },
    error: () => lines.push("error"),
    shed: () => lines.push("shed"),
  };
  const scope = emptyScope();
  let state = newPatternState();
  for (const [index, event] of offered.entries()) {
    if (restoresBefore(index)) state = restored(program, state);
    offerEvent(program, state, event, scope, sink);
  }
  if (restoresBefore(offered.length)) state = restored(program, state);
  advanceTime(program, state, eventTimeMs(Number.POSITIVE_INFINITY), scope, sink);
  return lines;
}

test(`matcher = enumeration from the definition, whole or stopped and restored before any event (${caseCount} cases)`, () => {
  let matched = 0;
  fc.assert(
    fc.property(pattern, events, (draft, stream) => {
      const document = documentOf(draft);
      const program = compile(document);
      fc.pre(program !== undefined);
      const word = stream.map(({ letter }) => letter);
      let at = 0;
      const times = stream.map(({ afterMs }) => (at += afterMs));
      const expected = enumerateMatches(oracleOf(document, word), times).map(
        ({ sequence: taken, time, timedOut }) =>
          `${taken.map(({ step, event }) => `s${step}:${event}`).join(" ")} at ${time}${timedOut ? " timed out" : ""}`,
      );
      const offered = eventsOf(word, times);
      if (expected.length > 0) matched += 1;
      expect(run(program, offered, () => false)).toEqual(expected);
      expect(run(program, offered, () => true)).toEqual(expected);
      expect(new Set(expected).size).toBe(expected.length);
    }),
    { numRuns: caseCount },
  );
  expect(matched / caseCount).toBeGreaterThan(0.3);
}, 600_000);
