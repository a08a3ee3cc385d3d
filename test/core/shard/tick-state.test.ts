import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { decodeTick, encodeTick, firstTickFrom, nextTickAfter, TickState } from "../../../src/core/shard/tick-state.ts";
import { durationMs, eventTimeMs } from "../../../src/core/time/instant.ts";

describe("ticks", () => {
  test.each([
    { periods: [10], from: 0, first: 0, next: 10 },
    { periods: [10], from: 1, first: 10, next: 10 },
    { periods: [10], from: -1, first: 0, next: 0 },
    { periods: [10], from: -10, first: -10, next: 0 },
    { periods: [10, 15], from: 11, first: 15, next: 15 },
    { periods: [10, 15], from: 30, first: 30, next: 40 },
  ])("of $periods from $from on", ({ periods, from, first, next }) => {
    const all = periods.map(durationMs);
    expect(firstTickFrom(all, from)).toBe(first);
    expect(nextTickAfter(all, from)).toBe(next);
  });

  test("are the multiples of the periods, each once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: -500, max: 500 }),
        (periods, from) => {
          const wanted = Array.from({ length: 200 }, (_, index) => from + index).filter((at) =>
            periods.some((period) => at % period === 0),
          );
          const found: number[] = [];
          for (
            let at: number = firstTickFrom(periods.map(durationMs), from);
            at < from + 200;
            at = nextTickAfter(periods.map(durationMs), at)
          )
            found.push(at);
          expect(found).toEqual(wanted.map((at) => at + 0));
        },
      ),
    );
  });

  test("are kept as bytes; others are refused", () => {
    const writer = new ByteWriter();
    const state = new TickState(eventTimeMs(-20), eventTimeMs(Number.NEGATIVE_INFINITY));
    encodeTick(state, writer);
    const bytes = writer.finish();
    expect(decodeTick(new ByteReader(bytes))).toEqual(state);
    for (let size = 0; size < bytes.length; size += 1)
      expect(() => decodeTick(new ByteReader(bytes.slice(0, size)))).toThrow(CorruptBytesError);
    expect(() => decodeTick(new ByteReader(Uint8Array.from([2, ...bytes.slice(1)])))).toThrow(CorruptBytesError);
  });
});
