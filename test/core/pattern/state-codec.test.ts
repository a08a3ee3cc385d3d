import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import { advanceTime } from "../../../src/core/pattern/advance-time.ts";
import { offerEvent } from "../../../src/core/pattern/matcher.ts";
import { isPatternStateEmpty, newPatternState, type PatternState } from "../../../src/core/pattern/partial-match.ts";
import { decodePatternState, encodePatternState } from "../../../src/core/pattern/state-codec.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { eventOf, programOf } from "./scenario.ts";

const program = programOf({
  within: { span: "50ms", gap: "20ms" },
  skip: "toNext",
  emitTimeouts: true,
  sequence: [
    { begin: "a", on: ["a"], times: "1+", inner: "combinations" },
    { notFollowedBy: "n", on: ["n"] },
    { followedByAny: "b", on: ["b"], optional: true },
    { followedBy: "c", on: ["c"], where: "v == a.first.v" },
  ],
});

const silent = { match: () => undefined, error: () => undefined, shed: () => undefined };

function stateAfter(names: readonly string[]): PatternState {
  const state = newPatternState();
  const scope = emptyScope();
  for (const [index, name] of names.entries()) offerEvent(program, state, eventOf(name, index, index), scope, silent);
  return state;
}

function bytesOf(state: PatternState): Uint8Array {
  const writer = new ByteWriter();
  encodePatternState(program, state, writer);
  return writer.finish();
}

/** Two matches wait behind an earlier start, among partial matches that share what they took. */
const rich = stateAfter(["a1 v=1", "a2 v=2", "a3 v=2", "b1 v=0", "c1 v=2", "x1 v=0"]);

test("the state under test has something of everything", () => {
  expect(rich.partialMatches.length).toBeGreaterThan(5);
  expect(rich.completed.length).toBeGreaterThan(1);
  expect(rich.nextDeadlineAt).toBe(20);
});

test("a state read back is the state, what partial matches share being shared again", () => {
  const read = decodePatternState(program, new ByteReader(bytesOf(rich)));
  const heads = ({ partialMatches }: PatternState): unknown =>
    partialMatches.map(({ taken, waiting, isFresh }) => [taken.event, taken.count, taken.ordinal, waiting, isFresh]);
  expect(heads(read)).toEqual(heads(rich));
  expect(read.completed.map(({ taken, time, deadline }) => [taken.event, taken.start.event, time, deadline])).toEqual(
    rich.completed.map(({ taken, time, deadline }) => [taken.event, taken.start.event, time, deadline]),
  );
  expect([read.nextOrdinal, read.nextDeadlineAt]).toEqual([rich.nextOrdinal, rich.nextDeadlineAt]);
  const nodes = ({ partialMatches }: PatternState): number =>
    new Set(partialMatches.map(({ taken }) => taken.start)).size;
  expect(nodes(read)).toBe(nodes(rich));
  expect(bytesOf(read)).toEqual(bytesOf(rich));
});

test("each event is written once, however many hold it", () => {
  const text = new TextDecoder().decode(bytesOf(rich));
  expect(text.split('"name":"a1"').length - 1).toBe(1);
});

test("an empty state is short, and is empty again", () => {
  const bytes = bytesOf(newPatternState());
  expect(bytes.length).toBeLessThan(10);
  expect(isPatternStateEmpty(decodePatternState(program, new ByteReader(bytes)))).toBe(true);
  expect(isPatternStateEmpty(rich)).toBe(false);
});

test("of another version or another pattern: corrupt", () => {
  const bytes = bytesOf(rich);
  const newer = bytes.slice();
  newer[0] = 2;
  expect(() => decodePatternState(program, new ByteReader(newer))).toThrow(CorruptBytesError);
  const other = programOf({ sequence: [{ begin: "a" }] });
  expect(() => decodePatternState(other, new ByteReader(bytes))).toThrow(CorruptBytesError);
});

test("bytes cut anywhere are corrupt", () => {
  const bytes = bytesOf(rich);
  for (let size = 0; size < bytes.length; size += 1) {
    expect(() => decodePatternState(program, new ByteReader(bytes.slice(0, size)))).toThrow(CorruptBytesError);
  }
});

test("damaged bytes are corrupt, or a state that the matcher can go on with", () => {
  const bytes = bytesOf(rich);
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  let corrupt = 0;
  fc.assert(
    fc.property(damage, (changes) => {
      const damaged = bytes.slice();
      for (const [at, value] of changes) damaged[at] = value;
      let state: PatternState;
      try {
        state = decodePatternState(program, new ByteReader(damaged));
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptBytesError);
        corrupt += 1;
        return;
      }
      const scope = emptyScope();
      for (const name of ["a9 v=1", "b9 v=1", "c9 v=2"])
        offerEvent(program, state, eventOf(name, 9, 30), scope, silent);
      advanceTime(program, state, eventTimeMs(Number.POSITIVE_INFINITY), scope, silent);
    }),
    { numRuns: Number(process.env["TOCSIN_CASES"] ?? 2_000) },
  );
  expect(corrupt).toBeGreaterThan(100);
}, 120_000);
