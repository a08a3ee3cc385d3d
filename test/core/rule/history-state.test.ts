import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { decodeHistory, encodeHistory, HistoryState } from "../../../src/core/rule/history-state.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";

const event = fc.record({
  position: fc.oneof(
    fc.record({ source: fc.string(), sequence: fc.nat(), index: fc.nat() }),
    fc.record({ source: fc.string(), sequence: fc.nat(), index: fc.nat(), derived: fc.string({ minLength: 1 }) }),
  ),
  id: fc.oneof(fc.nat(), fc.string()),
  type: fc.string(),
  time: fc.integer().map(eventTimeMs),
  source: fc.string(),
  fields: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.oneof(fc.integer(), fc.string(), fc.constant(null)), {
    noNullPrototype: true,
  }),
});

const history = fc
  .record({ since: fc.integer().map(eventTimeMs), last: fc.option(event, { nil: undefined }) })
  .map(({ since, last }) => {
    const state = new HistoryState(since);
    state.last = last;
    return state;
  });

function bytesOf(state: HistoryState): Uint8Array {
  const writer = new ByteWriter();
  encodeHistory(state, writer);
  return writer.finish();
}

test("it comes back from its bytes, all of which it reads, with and without an event", () => {
  fc.assert(
    fc.property(history, (state) => {
      const bytes = bytesOf(state);
      const reader = new ByteReader(bytes);
      expect(decodeHistory(reader)).toEqual(state);
      expect(reader.at).toBe(bytes.length);
    }),
  );
});

test("of bytes that are cut off nothing is made", () => {
  fc.assert(
    fc.property(history, fc.nat(), (state, cut) => {
      const bytes = bytesOf(state);
      expect(() => decodeHistory(new ByteReader(bytes.slice(0, cut % bytes.length)))).toThrow(CorruptBytesError);
    }),
  );
});

const plain = bytesOf(new HistoryState(eventTimeMs(3)));

test.each<{ why: string; bytes: Uint8Array; says: string }>([
  { why: "a version to come", bytes: Uint8Array.of(2, ...plain.slice(1)), says: "newer" },
  { why: "no time", bytes: bytesOf(new HistoryState(eventTimeMs(Number.NaN))), says: "no first event" },
  {
    why: "a time without end",
    bytes: bytesOf(new HistoryState(eventTimeMs(Number.POSITIVE_INFINITY))),
    says: "no first event",
  },
])("$why is damage", ({ bytes, says }) => {
  expect(() => decodeHistory(new ByteReader(bytes))).toThrow(CorruptBytesError);
  expect(() => decodeHistory(new ByteReader(bytes))).toThrow(says);
});
