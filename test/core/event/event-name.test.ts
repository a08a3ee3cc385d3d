import { expect, test } from "vitest";
import { eventNameOf } from "../../../src/core/event/event-name.ts";

test.each([
  { why: "an event alone has its line's number", sequence: 7, index: 0, isInBatch: false, name: 7 },
  { why: "the first line is 0, a number", sequence: 0, index: 0, isInBatch: false, name: 0 },
  { why: "an element of a batch has its place in it", sequence: 7, index: 12, isInBatch: true, name: "7.12" },
  { why: "a batch of one is a batch", sequence: 7, index: 0, isInBatch: true, name: "7.0" },
  {
    why: "digits are not grouped",
    sequence: 9_007_199_254_740_991,
    index: 0,
    isInBatch: true,
    name: "9007199254740991.0",
  },
])("$why", ({ sequence, index, isInBatch, name }) => {
  expect(eventNameOf({ source: "events", sequence, index }, isInBatch)).toBe(name);
});
