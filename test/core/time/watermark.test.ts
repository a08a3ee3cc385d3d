import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter } from "../../../src/core/base/bytes.ts";
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
import type { SourceTime } from "../../../src/core/time/source-time.ts";
import { type TimeEntry, watermarksOf } from "../../oracle/watermark-definition.ts";
import { entriesOf, takeEntry, timeOf } from "./watermark-inputs.ts";

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

function bytesOf(watermark: Watermark): Uint8Array {
  const writer = new ByteWriter();
  encodeWatermark(watermark, writer);
  return writer.finish();
}

function copyOf(watermark: Watermark, sources?: readonly SourceTime[]): Watermark {
  const reader = new ByteReader(bytesOf(watermark));
  const copy = decodeWatermark(reader, sources);
  expect(reader.isAtEnd).toBe(true);
  return copy;
}

const inputTables: readonly {
  readonly why: string;
  readonly sources: readonly SourceTime[];
  readonly entries: string;
  readonly marks: readonly number[];
}[] = [
  {
    why: "of two partitions the one behind holds it",
    sources: [timeOf("s")],
    entries: "a:10, b:5, a:20, b:15, b:30",
    marks: [9, 9, 9, 14, 19],
  },
  {
    why: "what is expected holds it before its first event",
    sources: [timeOf("s", { expect: ["a", "b"] })],
    entries: "a:10, a:20, b:5, b:25",
    marks: [-Infinity, -Infinity, 4, 19],
  },
  {
    why: "one that is not expected joins with its first event, and never takes it back",
    sources: [timeOf("s")],
    entries: "a:10, b:3, a:20, b:12",
    marks: [9, 9, 9, 11],
  },
  {
    why: "each has its source's out-of-orderness",
    sources: [timeOf("s", { outOfOrderness: 5, isWhole: true }), timeOf("t", { isWhole: true })],
    entries: "s/:10, t/:10, t/:20, s/:30",
    marks: [-Infinity, 4, 4, 19],
  },
  {
    why: "a partition that was quiet for idle of log time is left out, at that very log time",
    sources: [timeOf("s", { idle: 100 })],
    entries: "b:5 ^1000, a:10 ^1000, a:20 ^1099, a:30 ^1100",
    marks: [4, 4, 4, 29],
  },
  {
    why: "an expected one is waited for from the log's first entry on",
    sources: [timeOf("s", { idle: 100, expect: ["a", "b"] })],
    entries: "a:10 ^1000, a:20 ^1099, a:30 ^1100",
    marks: [-Infinity, -Infinity, 29],
  },
  {
    why: "one that wakes up behind it holds it where it is until it has come so far",
    sources: [timeOf("s", { idle: 100 })],
    entries: "b:5 ^1000, a:10 ^1000, a:30 ^1100, b:6 ^1101, a:40 ^1102, b:35 ^1103",
    marks: [4, 4, 29, 29, 29, 34],
  },
  {
    why: "where log time leaps over several, the last to become idle was the watermark by then",
    sources: [timeOf("s", { idle: 100 })],
    entries: "b:5 ^1000, a:10 ^1001, c:1 ^9000",
    marks: [4, 4, 9],
  },
  {
    why: "of those that become idle as one the least counts",
    sources: [timeOf("s", { idle: 100 })],
    entries: "b:5 ^1000, a:10 ^1000, c:1 ^9000",
    marks: [4, 4, 4],
  },
  {
    why: "a source that is one input is not idle though another's log goes on",
    sources: [timeOf("s", { isWhole: true, idle: 100 }), timeOf("t", { isWhole: true, idle: 100 })],
    entries: "s/:10 ^1000, t/:10 ^1000, t/:20 ^5000",
    marks: [-Infinity, 9, 9],
  },
  {
    why: "nor are its partitions: their log has not come so far",
    sources: [timeOf("s", { idle: 100 }), timeOf("t", { isWhole: true, idle: 100 })],
    entries: "s/a:10 ^1000, t/:10 ^1000, t/:20 ^5000",
    marks: [-Infinity, 9, 9],
  },
  {
    why: "one source that is called idle is left out until its next event",
    sources: [timeOf("s", { isWhole: true }), timeOf("t", { isWhole: true })],
    entries: "s/:10, t/:30, idle 100 s, t/:40, s/:35 ^100, t/:50",
    marks: [-Infinity, 9, 29, 39, 39, 39],
  },
  {
    why: "while all are idle it follows log time from where it is, and one that wakes up is the only one that counts",
    sources: [timeOf("s", { idle: 100 })],
    entries: "a:10 ^1000, b:50 ^1000, idle 1050, tick 1051, tick 1060, b:60 ^1060, b:70 ^1061",
    marks: [9, 9, 9, 10, 19, 59, 69],
  },
  {
    why: "a tick leaves partitions out as a message does, before it is their time that passes",
    sources: [timeOf("s", { idle: 100 })],
    entries: "b:5 ^1000, a:10 ^1001, idle 1050, b:7 ^1060, tick 1101, tick 1200",
    marks: [4, 4, 4, 6, 6, 6],
  },
  {
    why: "before the epoch",
    sources: [timeOf("s")],
    entries: "a:-10 ^0, b:-20 ^0, b:-5 ^0",
    marks: [-11, -11, -11],
  },
];

const sourceTimes = fc
  .tuple(fc.boolean(), fc.boolean(), fc.nat(5), fc.integer({ min: 1, max: 40 }), fc.subarray(["a", "b"]))
  .map(([isTwo, isWhole, outOfOrderness, idle, expected]) => [
    timeOf("s", { outOfOrderness, idle, expect: expected }),
    ...(isTwo ? [timeOf("t", { isWhole, idle: idle + 3 })] : []),
  ]);

const timeEntry = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("event" as const),
      source: fc.constantFrom("s", "t"),
      partition: fc.constantFrom("", "a", "b", "c"),
      time: fc.integer({ min: -60, max: 60 }),
      stamp: fc.nat(120),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("idle" as const),
      at: fc.nat(120),
      source: fc.constantFrom(undefined, undefined, "s", "t"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("tick" as const), at: fc.nat(120) }) },
);

/** Stamps of a log rise. */
function inOrder(entries: readonly TimeEntry[], isTwo: boolean): readonly TimeEntry[] {
  let passed = 0;
  return entries.map((entry): TimeEntry => {
    passed += (entry.kind === "event" ? entry.stamp : entry.at) % 17;
    if (entry.kind === "event") return { ...entry, stamp: passed, source: isTwo ? entry.source : "s" };
    return entry.kind === "idle"
      ? { ...entry, at: passed, source: isTwo || entry.source === undefined ? entry.source : "s" }
      : { ...entry, at: passed };
  });
}

describe("the watermark of several inputs", () => {
  test.each(inputTables)("$why", ({ sources, entries, marks }) => {
    const watermark = createWatermark(sources);
    const listed = entriesOf(entries);
    const seen = listed.map((entry) => {
      takeEntry(watermark, entry);
      return watermark.at;
    });
    expect(seen).toEqual(marks);
    expect(watermarksOf(sources, listed), "by definition").toEqual(marks);
  });

  test("never goes back, is what the definition says, and is the same saved and restored at any entry", () => {
    fc.assert(
      fc.property(sourceTimes, fc.array(timeEntry, { maxLength: 40 }), (sources, drawn) => {
        const entries = inOrder(drawn, sources.length > 1);
        const watermark = createWatermark(sources);
        let copy = createWatermark(sources);
        let before = watermark.at;
        const marks = entries.map((entry) => {
          takeEntry(watermark, entry);
          takeEntry(copy, entry);
          copy = copyOf(copy, sources);
          expect(watermark.at).toBeGreaterThanOrEqual(before);
          before = watermark.at;
          expect(bytesOf(copy)).toEqual(bytesOf(watermark));
          return watermark.at;
        });
        expect(marks).toEqual(watermarksOf(sources, entries));
      }),
      { numRuns: 400 },
    );
  });
});

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
          expect(bytesOf(copy)).toEqual(bytesOf(watermark));
        }
      }),
    );
  });
});
