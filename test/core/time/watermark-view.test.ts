import { expect, test } from "vitest";
import { durationMs } from "../../../src/core/time/instant.ts";
import { createWatermark } from "../../../src/core/time/watermark.ts";
import { holderOf, inputsOf, inputsTooFarAhead, type PlacedInput } from "../../../src/core/time/watermark-view.ts";
import { entriesOf, takeEntry, timeOf } from "./watermark-inputs.ts";

const nameOf = (placed: PlacedInput | undefined) =>
  placed && `${placed.source.time.source}/${placed.input.partition ?? "whole"}`;

test.each([
  { why: "nothing yet: the first that is waited for", entries: "", holder: "s/a", ahead: [] },
  { why: "the one behind", entries: "a:10, t/:31, b:20, a:25", holder: "s/b", ahead: ["t/whole"] },
  { why: "of equal ones the first", entries: "b:10, a:10, t/:10", holder: "s/a", ahead: [] },
  {
    why: "an idle one holds nothing, and is not ahead",
    entries: "a:10, b:20, t/:90, idle 100 t, idle 100 s, a:40",
    holder: "s/a",
    ahead: [],
  },
  { why: "nobody while all are idle", entries: "a:10, b:20, t/:30, idle 100", holder: undefined, ahead: [] },
  { why: "as far ahead as may be is not too far", entries: "a:10, b:10, t/:20", holder: "s/a", ahead: [] },
  { why: "1 ms more is", entries: "a:10, b:10, t/:21", holder: "s/a", ahead: ["t/whole"] },
])("$why", ({ entries, holder, ahead }) => {
  const watermark = createWatermark([timeOf("s", { expect: ["a", "b"] }), timeOf("t", { isWhole: true })]);
  if (entries !== "") for (const entry of entriesOf(entries)) takeEntry(watermark, entry);
  expect(nameOf(holderOf(watermark))).toBe(holder);
  expect(inputsTooFarAhead(watermark, durationMs(10)).map(nameOf)).toEqual(ahead);
  expect(inputsOf(watermark)).toHaveLength(3);
});
