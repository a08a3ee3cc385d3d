import { expect, test } from "vitest";
import { fateOf } from "../../../../src/core/window/sliced/member-state.ts";
import { slicedPlanOf } from "../../../../src/core/window/sliced/sliced-plan.ts";
import type { WindowDocument } from "../../../../src/spec/window.ts";
import { storeOf } from "../window-kit.ts";

test.each<{ why: string; document: WindowDocument; time: number; watermark: number; fate: string }>([
  { why: "before its end", document: { type: "tumbling", size: "10ms" }, time: 3, watermark: 8, fate: "added" },
  { why: "at its end", document: { type: "tumbling", size: "10ms" }, time: 3, watermark: 9, fate: "late" },
  {
    why: "within `ago`",
    document: { type: "tumbling", size: "10ms", ago: "5ms" },
    time: 3,
    watermark: 13,
    fate: "added",
  },
  { why: "behind it", document: { type: "tumbling", size: "10ms", ago: "5ms" }, time: 3, watermark: 14, fate: "late" },
  {
    why: "one of two windows is left",
    document: { type: "hopping", size: "10ms", every: "5ms" },
    time: 7,
    watermark: 9,
    fate: "added",
  },
  {
    why: "in no window",
    document: { type: "hopping", size: "5ms", every: "10ms" },
    time: 7,
    watermark: 90,
    fate: "filtered",
  },
  {
    why: "a sliding one",
    document: { type: "sliding", size: "5ms", resolution: "1ms" },
    time: 7,
    watermark: 7,
    fate: "late",
  },
  {
    why: "at the end of input",
    document: { type: "tumbling", size: "10ms" },
    time: 8.64e15,
    watermark: Infinity,
    fate: "late",
  },
])("an event is $fate: $why", ({ document, time, watermark, fate }) => {
  const [member] = slicedPlanOf(storeOf([document])).members;
  expect(member && fateOf(member, time, watermark)).toBe(fate);
});
