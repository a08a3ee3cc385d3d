import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { decodeEvent, encodeEvent } from "../../../src/core/event/event-codec.ts";
import type { TocsinEvent } from "../../../src/core/event/event.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";

const name = fc.string({ unit: "grapheme" });
const jsonObject = fc
  .dictionary(name, fc.jsonValue({ stringUnit: "grapheme" }))
  .map((fields): TocsinEvent["fields"] => JSON.parse(JSON.stringify(fields)));
const event = fc.record({
  position: fc.record({ source: name, sequence: fc.maxSafeNat(), index: fc.nat() }),
  id: fc.oneof(name, fc.integer()),
  type: name,
  time: fc.maxSafeInteger().map(eventTimeMs),
  source: name,
  fields: jsonObject,
});

function bytesOf(value: TocsinEvent): Uint8Array {
  const writer = new ByteWriter();
  encodeEvent(value, writer);
  return writer.finish();
}

test("an event comes back whole, and nothing is left over", () => {
  fc.assert(
    fc.property(event, (value) => {
      const reader = new ByteReader(bytesOf(value));
      expect(decodeEvent(reader)).toEqual(value);
      expect(reader.isAtEnd).toBe(true);
    }),
  );
});

describe("damage is a CorruptBytesError", () => {
  const whole = bytesOf({
    position: { source: "s", sequence: 3, index: 0 },
    id: "x",
    type: "a",
    time: eventTimeMs(5),
    source: "s",
    fields: { v: 1 },
  });

  test("wherever it is cut", () => {
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => decodeEvent(new ByteReader(whole.slice(0, length)))).toThrow(CorruptBytesError);
    }
  });

  const written = (id: unknown, time: number, fields: unknown) => {
    const writer = new ByteWriter();
    writer.string("s");
    writer.number(1);
    writer.count(0);
    writer.json(id);
    writer.string("a");
    writer.number(time);
    writer.string("s");
    writer.json(fields);
    return new ByteReader(writer.finish());
  };

  test.each([
    { why: "an id that is neither text nor number", reader: written(null, 1, {}) },
    { why: "a time that is none", reader: written("x", Number.NaN, {}) },
    { why: "fields that are no object", reader: written("x", 1, []) },
    { why: "no fields", reader: written("x", 1, undefined) },
  ])("$why", ({ reader }) => expect(() => decodeEvent(reader)).toThrow(CorruptBytesError));
});
