import { expect, test } from "vitest";
import { wholeOf } from "../../../src/core/event/event.ts";
import { ProjectedEvent } from "../../../src/core/event/projected-event.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";

const envelope = { id: 1, type: "t", time: eventTimeMs(2), source: "s" };
const position = { source: "in", sequence: 1, index: 0 };

test("the whole is parsed at the first call, and kept", () => {
  const event = new ProjectedEvent(position, envelope, { a: 1 }, '{"a":1,"b":[2]}');
  expect(wholeOf(event)).toEqual({ a: 1, b: [2] });
  expect(wholeOf(event)).toBe(wholeOf(event));
});

test("of an event that is not projected the fields are the whole", () => {
  const fields = { a: 1 };
  expect(wholeOf({ ...envelope, position, fields })).toBe(fields);
});
