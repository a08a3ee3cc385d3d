import { expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/base/json.ts";
import { partitionOf } from "../../../src/core/shard/partition-of.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";

const eventOf = (fields: Readonly<Record<string, JsonValue>>) => ({
  position: { source: "events", sequence: 0, index: 0 },
  id: 0,
  type: "a",
  time: eventTimeMs(0),
  source: "sensor-7",
  fields,
});

test.each([
  { why: "a text as it is", by: "host", fields: { host: "a b" }, partition: "a b" },
  { why: "a number as JSON", by: "shard", fields: { shard: 3 }, partition: "3" },
  { why: "anything else too", by: "at", fields: { at: { x: [1] } }, partition: '{"x":[1]}' },
  { why: "absent and null are one", by: "host", fields: { host: null }, partition: "" },
  { why: "no field of that name, though every object has it", by: "constructor", fields: {}, partition: "" },
  { why: "the envelope's source, not a field", by: "source", fields: { source: "other" }, partition: "sensor-7" },
])("$why", ({ by, fields, partition }) => {
  expect(partitionOf({ by, expect: [] }, eventOf(fields))).toBe(partition);
});
