import { expect, test } from "vitest";
import type { Fault } from "../../../src/core/base/fault.ts";
import { compileBounds } from "../../../src/core/pattern/compile-bounds.ts";
import { compileSkip } from "../../../src/core/pattern/compile-skip.ts";
import { checkSequence } from "../../../src/core/pattern/sequence-fault.ts";
import { stepHeadOf } from "../../../src/core/pattern/step-head.ts";
import { parseStepTimes } from "../../../src/core/pattern/step-times.ts";
import type { InlinePatternDocument } from "../../../src/spec/pattern.ts";

// Every refusal has its row in compile-pattern.test.ts; here is what is allowed, and what the parts yield.

const none = { spanMs: undefined, gapMs: undefined };

const allowed: readonly { readonly why: string; readonly sequence: InlinePatternDocument["sequence"] }[] = [
  {
    why: "a greedy optional loop",
    sequence: [{ begin: "a", times: "1+", greedy: true, optional: true }, { next: "b" }],
  },
  { why: "a greedy fixed number, where greed changes nothing", sequence: [{ begin: "a", times: 2, greedy: true }] },
  { why: "a gap in a loop that begins", sequence: [{ begin: "a", times: 2, within: { gap: "1s" } }] },
  {
    why: "not-steps side by side",
    sequence: [{ begin: "a" }, { notNext: "n" }, { notFollowedBy: "m" }, { next: "b" }],
  },
  {
    why: "false and null said aloud",
    sequence: [{ begin: "a" }, { notNext: "n", optional: false, until: null, within: null }, { next: "b" }],
  },
  { why: "a last notFollowedBy with a gap", sequence: [{ begin: "a" }, { notFollowedBy: "n", within: { gap: "1s" } }] },
];

test.each(allowed)("allowed: $why", ({ sequence }) => {
  expect(checkSequence({ sequence }, "", sequence.map(stepHeadOf), none)).toEqual([]);
});

test("bounds in their three forms", () => {
  const faults: Fault[] = [];
  expect(compileBounds("10m", "", faults)).toEqual({ spanMs: 600_000, gapMs: undefined });
  expect(compileBounds({ gap: "2s" }, "", faults)).toEqual({ spanMs: undefined, gapMs: 2_000 });
  expect(compileBounds({ span: "2s", gap: "2s" }, "", faults)).toEqual({ spanMs: 2_000, gapMs: 2_000 });
  expect(compileBounds(null, "", faults)).toEqual(none);
  expect(faults).toEqual([]);
});

test("skip strategies name steps by their index", () => {
  const heads = [{ begin: "a" }, { notNext: "n" }, { next: "b" }].map(stepHeadOf);
  const faults: Fault[] = [];
  expect(compileSkip(undefined, "", heads, faults)).toEqual({ kind: "none" });
  expect(compileSkip("toNext", "", heads, faults)).toEqual({ kind: "toNext" });
  expect(compileSkip({ toLast: "b" }, "", heads, faults)).toEqual({ kind: "toLast", step: 2 });
  expect(faults).toEqual([]);
});

test("times", () => {
  expect([undefined, 3, "2+", "2..4"].map(parseStepTimes)).toEqual([
    { min: 1, max: 1 },
    { min: 3, max: 3 },
    { min: 2, max: Number.POSITIVE_INFINITY },
    { min: 2, max: 4 },
  ]);
});
