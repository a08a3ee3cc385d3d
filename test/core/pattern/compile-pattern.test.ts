import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Fault } from "../../../src/core/base/fault.ts";
import { inlinePatternSchema, type InlinePatternDocument } from "../../../src/spec/pattern.ts";
import { compiling, programOf } from "./scenario.ts";

const a = { begin: "a" } as const;
const within = "10m";

const refused: readonly {
  readonly why: string;
  readonly pattern: InlinePatternDocument;
  readonly faults: readonly [string, Fault["code"], RegExp][];
}[] = [
  {
    why: "a step needs a head",
    pattern: { sequence: [{ on: ["a"] }] },
    faults: [["/sequence/0", "missing-key", /begins with one of begin, next/]],
  },
  {
    why: "a step has one head",
    pattern: { sequence: [a, { next: "b", followedBy: "c" }] },
    faults: [["/sequence/1", "pattern", /exactly one of/]],
  },
  {
    why: "the first step begins",
    pattern: { sequence: [{ followedBy: "a" }] },
    faults: [["/sequence/0/followedBy", "pattern", /put a `begin` step before it/]],
  },
  {
    why: "a not-step can't be first",
    pattern: { within, sequence: [{ notFollowedBy: "n" }, { followedBy: "b" }] },
    faults: [["/sequence/0/notFollowedBy", "pattern", /`begin`/]],
  },
  {
    why: "only the first begins",
    pattern: { sequence: [a, { begin: "b" }] },
    faults: [["/sequence/1/begin", "pattern", /`followedBy`/]],
  },
  {
    why: "names are unique",
    pattern: { sequence: [a, { next: "a" }] },
    faults: [["/sequence/1/next", "duplicate", /the name of the step at \/sequence\/0\/begin/]],
  },
  {
    why: "the language's own names stay its own",
    pattern: { sequence: [{ begin: "key" }] },
    faults: [["/sequence/0/begin", "duplicate", /choose another/]],
  },
  {
    why: "an empty `on` fits nothing",
    pattern: { sequence: [{ begin: "a", on: [] }] },
    faults: [["/sequence/0/on", "wrong-value", /leave it out/]],
  },
  {
    why: "none is no number of times",
    pattern: { sequence: [{ begin: "a", times: "0+" }] },
    faults: [["/sequence/0/times", "wrong-value", /optional: true/]],
  },
  {
    why: "nor as an upper end",
    pattern: { sequence: [{ begin: "a", times: "1..0" }] },
    faults: [["/sequence/0/times", "wrong-value", /at least one/]],
  },
  {
    why: "a range goes up",
    pattern: { sequence: [{ begin: "a", times: "3..2" }] },
    faults: [["/sequence/0/times", "wrong-value", /write "2..3"/]],
  },
  {
    why: "a count is a safe integer",
    pattern: { sequence: [{ begin: "a", times: "99999999999999999999+" }] },
    faults: [["/sequence/0/times", "wrong-value", /too large/]],
  },
  {
    why: "an upper end that is too large is no open loop",
    pattern: { sequence: [{ begin: "a", times: `1..${"9".repeat(400)}` }] },
    faults: [["/sequence/0/times", "wrong-value", /too large/]],
  },
  {
    why: "inner needs a loop",
    pattern: { sequence: [{ begin: "a", inner: "strict" }] },
    faults: [["/sequence/0/inner", "pattern", /give it `times`/]],
  },
  {
    why: "greed needs a loop",
    pattern: { sequence: [{ begin: "a", greedy: true }] },
    faults: [["/sequence/0/greedy", "pattern", /give it `times`/]],
  },
  {
    why: "greed has no combinations",
    pattern: { sequence: [{ begin: "a", times: "1+", greedy: true, inner: "combinations" }] },
    faults: [["/sequence/0/greedy", "pattern", /no combinations/]],
  },
  {
    why: "an optional step can't follow a greedy one",
    pattern: {
      sequence: [
        { begin: "a", times: "1+", greedy: true },
        { next: "b", optional: true },
      ],
    },
    faults: [["/sequence/1/optional", "pattern", /leave out one/]],
  },
  {
    why: "until needs an open loop",
    pattern: { sequence: [{ begin: "a", times: "1..3", until: "x == 1" }] },
    faults: [["/sequence/0/until", "pattern", /open this one/]],
  },
  {
    why: "a not-step takes nothing",
    pattern: { sequence: [a, { notNext: "n", times: 2, optional: true, greedy: true }, { next: "b" }] },
    faults: [
      ["/sequence/1/times", "pattern", /takes no event/],
      ["/sequence/1/greedy", "pattern", /takes no event/],
      ["/sequence/1/optional", "pattern", /takes no event/],
    ],
  },
  {
    why: "a not-step can't follow an optional one",
    pattern: { sequence: [a, { next: "o", optional: true }, { notNext: "n" }, { next: "b" }] },
    faults: [["/sequence/2/notNext", "pattern", /can't follow an optional one/]],
  },
  {
    why: "a last notFollowedBy needs a bound",
    pattern: { sequence: [a, { notFollowedBy: "n" }] },
    faults: [["/sequence/1/notFollowedBy", "pattern", /give the pattern a `within`/]],
  },
  {
    why: "the end waits for an event or for the time",
    pattern: { within, sequence: [a, { notNext: "n" }, { notFollowedBy: "m" }] },
    faults: [["/sequence/2/notFollowedBy", "pattern", /leave one out/]],
  },
  {
    why: "a single step has no span",
    pattern: { sequence: [a, { next: "b", within: "5s" }] },
    faults: [["/sequence/1/within", "pattern", /\{gap: 5s\}/]],
  },
  {
    why: "nor in the long form",
    pattern: { sequence: [a, { next: "b", within: { span: "5s" } }] },
    faults: [["/sequence/1/within/span", "pattern", /write `gap`/]],
  },
  {
    why: "nothing is before the first event",
    pattern: { sequence: [{ begin: "a", within: { gap: "5s" } }] },
    faults: [["/sequence/0/within", "pattern", /no event before it/]],
  },
  {
    why: "a middle not-step has no bound",
    pattern: { sequence: [a, { notFollowedBy: "n", within: { gap: "5s" } }, { next: "b" }] },
    faults: [["/sequence/1/within", "pattern", /only a last `notFollowedBy`/]],
  },
  {
    why: "a last one has a gap, no span",
    pattern: { sequence: [a, { notFollowedBy: "n", within: "5s" }] },
    faults: [
      ["/sequence/1/within", "pattern", /\{gap: 5s\}/],
      ["/sequence/1/notFollowedBy", "pattern", /within/],
    ],
  },
  {
    why: "a bound bounds something",
    pattern: { within: {}, sequence: [a] },
    faults: [["/within", "missing-key", /a `span`, a `gap`, or both/]],
  },
  {
    why: "a bound is longer than nothing",
    pattern: { within: "0s", sequence: [a] },
    faults: [["/within", "wrong-value", /no second event/]],
  },
  {
    why: "a bound is in whole milliseconds",
    pattern: { within: { gap: "0.0001s" }, sequence: [a] },
    faults: [["/within/gap", "wrong-value", /whole milliseconds/]],
  },
  {
    why: "a gap is within the span",
    pattern: { within: { span: "1s", gap: "2s" }, sequence: [a] },
    faults: [["/within/gap", "pattern", /shorten it/]],
  },
  {
    why: "a step's bound is within the pattern's",
    pattern: { within: "1s", sequence: [a, { next: "b", within: { gap: "2s" } }] },
    faults: [["/sequence/1/within", "pattern", /shorten it/]],
  },
  {
    why: "skip names a step",
    pattern: { skip: { toFirst: "z" }, sequence: [a] },
    faults: [["/skip/toFirst", "unknown-name", /name one of `a`/]],
  },
  {
    why: "skip names a step that takes",
    pattern: { skip: { toLast: "n" }, sequence: [a, { notNext: "n" }] },
    faults: [["/skip/toLast", "unknown-name", /takes no event/]],
  },
  {
    why: "a later step can't be read",
    pattern: { sequence: [{ begin: "a", where: "b.count > 1" }, { next: "b" }] },
    faults: [["/sequence/0/where", "unsupported", /only later/]],
  },
  {
    why: "a not-step has nothing to read",
    pattern: { sequence: [a, { notNext: "n" }, { next: "b", where: "n.count > 1" }] },
    faults: [["/sequence/2/where", "unsupported", /takes no event/]],
  },
  {
    why: "a fact has its members",
    pattern: { sequence: [a, { next: "b", where: "a.cuont > 1" }] },
    faults: [["/sequence/1/where", "unknown-name", /count/]],
  },
];

describe("what a pattern can't say is refused, with the pointer and how to mend it", () => {
  test.each(refused)("$why", ({ pattern, faults }) => {
    const { compiled, faults: found } = compiling(pattern);
    expect(compiled).toBeUndefined();
    expect(found.map(({ pointer, code, severity }) => [pointer, code, severity])).toEqual(
      faults.map(([pointer, code]) => [pointer, code, "error"]),
    );
    for (const [index, [, , message]] of faults.entries()) expect(found[index]?.message).toMatch(message);
  });
});

test("all faults in one pass, those of conditions too, below the pattern's own pointer", () => {
  const { faults } = compiling({
    within: "0s",
    skip: { toFirst: "z" },
    without: { w: "1 +" },
    sequence: [{ next: "a", times: "0+", where: "(" }, { begin: "a" }],
  });
  expect(faults.map(({ pointer }) => pointer)).toEqual([
    "/within",
    "/sequence/0/next",
    "/sequence/0/times",
    "/sequence/1/begin",
    "/sequence/1/begin",
    "/sequence/0/where",
    "/without/w",
    "/skip/toFirst",
  ]);
});

test("what a program says of itself", () => {
  const program = programOf({
    within: { span: "10m", gap: "2m" },
    without: { stop: "halt == 1" },
    sequence: [
      {
        begin: "fail",
        on: ["auth.login"],
        where: { all: [{ fact: "outcome", operator: "equal", value: "failure" }] },
        times: "5+",
      },
      { notFollowedBy: "reset", on: ["auth.reset"] },
      {
        followedBy: "login",
        where: "outcome == 'success' && user == fail.last.user && fail.sum.amount > fail.max['amount-2']",
      },
    ],
  });
  expect(program).toMatchObject({
    steps: ["fail", "reset", "login"],
    reads: ["outcome", "user", "halt"],
    spanMs: 600_000,
    gapMs: 120_000,
    hasDeadlines: true,
    factSteps: [0],
    factFields: ["amount", "amount-2"],
    partialMatchCountMax: 100_000,
    heldEventCountMax: 100_000,
  });
  expect(programOf({ sequence: [a] }).hasDeadlines).toBe(false);
  expect(programOf({ sequence: [{ begin: "a", times: "2+", within: "1s" }] }).hasDeadlines).toBe(true);
});

/** Present once in a while, so that some documents compile. */
const rare = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const name = fc.constantFrom("a", "b", "c", "d", "e", "f", "key");
const condition = fc.oneof(
  fc.constantFrom("true", "x == 1", "a.count > 1", "b.last.x == x", "(", "cond('z')", "a.sum['x y'] > 0", "a.sum[0]"),
  fc.dictionary(fc.constantFrom("all", "any", "not", "fact", "operator", "value", "path", "condition"), fc.jsonValue()),
);
const duration = fc.constantFrom("0s", "1ms", "10m", "0.0001s", "PT10M", "1s1h", "99999999999w");
const bound = fc.oneof(
  duration,
  fc.record({ span: duration, gap: duration }, { requiredKeys: ["gap"] }),
  fc.constant(null),
);
const body = fc.record({
  on: rare(fc.array(fc.constantFrom("a", "a.*", ">"), { maxLength: 2 })),
  where: rare(condition),
  times: rare(
    fc.oneof(
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom("0+", "1+", "2..1", "1..1", "0..0", "99999999999999999999..1", "1..3"),
    ),
  ),
  inner: rare(fc.constantFrom("relaxed", "strict", "combinations")),
  greedy: rare(fc.boolean()),
  optional: rare(fc.boolean()),
  within: rare(bound),
  until: rare(condition),
});
const first = fc.constantFrom("begin", "begin", "begin", "next");
const later = fc.constantFrom("next", "followedBy", "followedByAny", "notNext", "notFollowedBy", "begin");
const stepOf = (key: fc.Arbitrary<string>): fc.Arbitrary<object> =>
  fc.tuple(key, name, body).map(([said, called, rest]) => ({ [said]: called, ...rest }));
const anyPattern = fc.record({
  sequence: fc.tuple(stepOf(first), fc.array(stepOf(later), { maxLength: 3 })).map(([head, tail]) => [head, ...tail]),
  within: rare(bound),
  skip: rare(
    fc.oneof(
      fc.constantFrom("none", "toNext", "pastLastEvent"),
      fc.record({ toFirst: name }),
      fc.record({ toLast: name }),
    ),
  ),
  emitTimeouts: rare(fc.boolean()),
  without: rare(fc.dictionary(name, condition)),
  limits: rare(
    fc.record(
      { maxPartialMatches: fc.integer({ min: 1 }), maxBufferedEvents: fc.integer({ min: 1 }) },
      { requiredKeys: [] },
    ),
  ),
});

test("a document that keeps to the schema compiles or has an error, and never throws", () => {
  let compiledCount = 0;
  fc.assert(
    fc.property(anyPattern, (draft) => {
      const parsed = inlinePatternSchema.safeParse(draft);
      fc.pre(parsed.success);
      const { compiled, faults } = compiling(parsed.data);
      if (compiled !== undefined) compiledCount += 1;
      expect(compiled === undefined).toBe(faults.some(({ severity }) => severity === "error"));
      for (const { pointer, message } of faults)
        expect(pointer === "" || pointer.startsWith("/")).toBe(message.length > 0);
    }),
    { numRuns: Number(process.env["TOCSIN_CASES"] ?? 500) },
  );
  expect(compiledCount).toBeGreaterThan(10);
}, 300_000);
