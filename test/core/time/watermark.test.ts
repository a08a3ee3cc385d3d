import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { durationMs, eventTimeMs, logTimeMs } from "../../../src/core/time/instant.ts";
import {
  advanceByEvent,
  advanceByTick,
  advanceToEnd,
  becomeIdle,
  createWatermark,
  isLate,
  type Watermark,
} from "../../../src/core/time/watermark.ts";
import { decodeWatermark, encodeWatermark } from "../../../src/core/time/watermark-codec.ts";

type Entry = readonly ["event" | "idle" | "tick", number];

function apply(watermark: Watermark, [kind, at]: Entry, outOfOrdernessMs: number): boolean {
  switch (kind) {
    case "event":
      return advanceByEvent(watermark, eventTimeMs(at), durationMs(outOfOrdernessMs));
    case "tick":
      return advanceByTick(watermark, logTimeMs(at));
    case "idle":
      becomeIdle(watermark, logTimeMs(at));
      return false;
  }
}

function copyOf(watermark: Watermark): Watermark {
  const writer = new ByteWriter();
  encodeWatermark(watermark, writer);
  const reader = new ByteReader(writer.finish());
  const copy = decodeWatermark(reader);
  expect(reader.isAtEnd).toBe(true);
  return copy;
}

describe("the watermark", () => {
  test.each<{ why: string; outOfOrdernessMs?: number; entries: readonly Entry[]; marks: readonly number[] }>([
    { why: "nothing is known at first", entries: [], marks: [] },
    { why: "1 ms behind the greatest event time", entries: [["event", 10]], marks: [9] },
    { why: "and the out-of-orderness", outOfOrdernessMs: 5, entries: [["event", 10]], marks: [4] },
    {
      why: "an equal time moves nothing",
      entries: [
        ["event", 10],
        ["event", 10],
      ],
      marks: [9, 9],
    },
    {
      why: "it never goes back",
      entries: [
        ["event", 10],
        ["event", 3],
        ["event", 11],
      ],
      marks: [9, 9, 10],
    },
    {
      why: "before the epoch too",
      entries: [
        ["event", -10],
        ["event", -20],
        ["event", -5],
      ],
      marks: [-11, -11, -6],
    },
    {
      why: "a tick moves nothing while the source is not idle",
      entries: [
        ["event", 10],
        ["tick", 500],
      ],
      marks: [9, 9],
    },
    {
      why: "while idle it moves by the log time that passes, not to the clock",
      entries: [
        ["event", 10],
        ["idle", 1000],
        ["tick", 1000],
        ["tick", 1007],
        ["tick", 1010],
      ],
      marks: [9, 9, 9, 16, 19],
    },
    {
      why: "idleness said again starts nothing anew",
      entries: [
        ["event", 10],
        ["idle", 1000],
        ["idle", 1005],
        ["tick", 1010],
      ],
      marks: [9, 9, 9, 19],
    },
    {
      why: "a tick with an older stamp moves nothing",
      entries: [
        ["event", 10],
        ["idle", 1000],
        ["tick", 1005],
        ["tick", 1002],
        ["tick", 1006],
      ],
      marks: [9, 9, 14, 14, 15],
    },
    {
      why: "an event ends idleness, even a late one",
      entries: [
        ["event", 10],
        ["idle", 1000],
        ["tick", 1005],
        ["event", 3],
        ["tick", 2000],
      ],
      marks: [9, 9, 14, 14, 14],
    },
    {
      why: "an event behind the idle advance does not take it back, one ahead moves on from its own time",
      entries: [
        ["event", 10],
        ["idle", 1000],
        ["tick", 1100],
        ["event", 50],
        ["event", 200],
      ],
      marks: [9, 9, 109, 109, 199],
    },
    {
      why: "before the first event there is nothing to move",
      entries: [
        ["idle", 1000],
        ["tick", 2000],
        ["event", 10],
      ],
      marks: [-Infinity, -Infinity, 9],
    },
  ])("$why", ({ outOfOrdernessMs = 0, entries, marks }) => {
    const watermark = createWatermark();
    expect(watermark.at).toBe(-Infinity);
    const seen = entries.map((entry) => {
      apply(watermark, entry, outOfOrdernessMs);
      return watermark.at;
    });
    expect(seen).toEqual(marks);
  });

  test("at the end of input is plus infinity and stays there", () => {
    const watermark = createWatermark();
    expect([advanceToEnd(watermark), watermark.at]).toEqual([true, Infinity]);
    expect([apply(watermark, ["event", 10], 0), advanceToEnd(watermark), watermark.at]).toEqual([
      false,
      false,
      Infinity,
    ]);
  });

  test("an event at it is late, one behind it is not", () => {
    const late = [-Infinity, 8, 9, 10].map((time) => isLate(eventTimeMs(time), eventTimeMs(9)));
    expect(late).toEqual([true, true, true, false]);
    expect(isLate(eventTimeMs(-8.64e15), createWatermark().at)).toBe(false);
  });

  test("says truly whether it moved, never goes back, and is the same saved and restored at any entry", () => {
    const entry = fc.tuple(fc.constantFrom("event", "idle", "tick"), fc.integer({ min: -50, max: 200 }));
    fc.assert(
      fc.property(fc.array(entry), fc.nat(20), (entries, outOfOrdernessMs) => {
        const watermark = createWatermark();
        let copy = createWatermark();
        for (const step of entries) {
          const before = watermark.at;
          const hasMoved = apply(watermark, step, outOfOrdernessMs);
          expect(hasMoved).toBe(watermark.at > before);
          expect(watermark.at).toBeGreaterThanOrEqual(before);
          apply(copy, step, outOfOrdernessMs);
          copy = copyOf(copy);
          expect(copy).toEqual(watermark);
        }
      }),
    );
  });

  test("damaged bytes are refused", () => {
    const writer = new ByteWriter();
    const watermark = createWatermark();
    becomeIdle(watermark, logTimeMs(5));
    encodeWatermark(watermark, writer);
    const bytes = writer.finish();
    for (let size = 0; size < bytes.length; size += 1) {
      expect(() => decodeWatermark(new ByteReader(bytes.subarray(0, size)))).toThrow(CorruptBytesError);
    }
    expect(() => decodeWatermark(new ByteReader(bytes.with(0, 3)))).toThrow("another version");
    const noNumber = new ByteWriter();
    noNumber.byte(1);
    for (const value of [NaN, 0]) noNumber.number(value);
    noNumber.boolean(false);
    expect(() => decodeWatermark(new ByteReader(noNumber.finish()))).toThrow("no watermark");
  });
});
