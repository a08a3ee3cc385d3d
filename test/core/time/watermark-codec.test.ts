import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { logTimeMs } from "../../../src/core/time/instant.ts";
import type { SourceTime } from "../../../src/core/time/source-time.ts";
import { becomeIdle, createWatermark, type Watermark } from "../../../src/core/time/watermark.ts";
import { decodeWatermark, encodeWatermark } from "../../../src/core/time/watermark-codec.ts";
import { entriesOf, takeEntry, timeOf } from "./watermark-inputs.ts";

/** As released versions wrote it: a watermark of 994, and of -6 while idle since 2000. */
const goldenOne = ["010000000000108f400000000000408f4000", "0100000000000018c00000000000000000010000000000409f40"];

/** Partitions `a` at 994 and `b`, idle at -6, seen at 1000 and 900, of a source `s`. */
const goldenTwo =
  "020000000000108f400000000000408f40000101730000000000408f4002" +
  "01016200000000000018c00000000000208c4001" +
  "0101610000000000108f400000000000408f4000";

function bytesOf(watermark: Watermark): Uint8Array {
  const writer = new ByteWriter();
  encodeWatermark(watermark, writer);
  return writer.finish();
}

function after(sources: readonly SourceTime[], entries: string): Watermark {
  const watermark = createWatermark(sources);
  for (const entry of entriesOf(entries)) takeEntry(watermark, entry);
  return watermark;
}

/** `partition at` of each input; `-` in front of an idle one. */
function inputsIn({ sources }: Watermark): readonly string[] {
  return sources.flatMap(({ inputs }) =>
    [...inputs.values()].map(({ partition, at, isIdle }) => `${isIdle ? "-" : ""}${partition ?? "whole"} ${at}`),
  );
}

describe("the watermark's bytes", () => {
  test.each<{ why: string; before: SourceTime; now: SourceTime; inputs: readonly string[] }>([
    {
      why: "nothing changed",
      before: timeOf("s"),
      now: timeOf("s"),
      inputs: ["a 9", "b 4"],
    },
    {
      why: "one more is expected: it is waited for from here",
      before: timeOf("s"),
      now: timeOf("s", { expect: ["b", "c"] }),
      inputs: ["a 9", "b 4", "c -Infinity"],
    },
    {
      why: "the source has no partitions any more",
      before: timeOf("s"),
      now: timeOf("s", { isWhole: true }),
      inputs: ["whole -Infinity"],
    },
    {
      why: "it has partitions now, and none is known yet",
      before: timeOf("s", { isWhole: true }),
      now: timeOf("s"),
      inputs: ["whole -Infinity"],
    },
    {
      why: "or some are expected",
      before: timeOf("s", { isWhole: true }),
      now: timeOf("s", { expect: ["a"] }),
      inputs: ["a -Infinity"],
    },
  ])("settings may be others by now: $why", ({ before, now, inputs }) => {
    const watermark = after([before], "a:10 ^100, b:5 ^101");
    const restored = decodeWatermark(new ByteReader(bytesOf(watermark)), [now]);
    expect(inputsIn(restored)).toEqual(inputs);
    expect(restored.at).toBe(watermark.at);
    expect(restored.sources[0]?.logTime).toBe(101);
  });

  test("sources are known by their names; one alone by being the only one", () => {
    const two = [timeOf("s", { isWhole: true }), timeOf("t", { isWhole: true })];
    const watermark = after(two, "s/:10, t/:20");
    expect(inputsIn(decodeWatermark(new ByteReader(bytesOf(watermark)), two.toReversed()))).toEqual([
      "whole 19",
      "whole 9",
    ]);
    const one = after([timeOf("s", { isWhole: true })], "s/:10");
    expect(inputsIn(decodeWatermark(new ByteReader(bytesOf(one)), [timeOf("other", { isWhole: true })]))).toEqual([
      "whole 9",
    ]);
  });

  test("version 1 is read: of one source that is one input", () => {
    const [moving = "", idle = ""] = goldenOne.map((hex) => Buffer.from(hex, "hex"));
    const first = decodeWatermark(new ByteReader(Buffer.from(moving)), [timeOf("s", { isWhole: true })]);
    expect([first.at, first.eventTimeMax, first.idleAt, inputsIn(first)]).toEqual([
      994,
      1000,
      undefined,
      ["whole 994"],
    ]);
    const second = decodeWatermark(new ByteReader(Buffer.from(idle)));
    expect([second.at, second.eventTimeMax, second.idleAt, inputsIn(second)]).toEqual([-6, 0, 2000, ["-whole -6"]]);
  });

  test("version 2 is written as it was released", () => {
    const watermark = after([timeOf("s", { outOfOrderness: 5, idle: 100 })], "b:0 ^900, a:1000 ^1000");
    expect(Buffer.from(bytesOf(watermark)).toString("hex")).toBe(goldenTwo);
  });

  test("damaged bytes are refused", () => {
    const watermark = after([timeOf("s")], "a:10, b:5");
    becomeIdle(watermark, logTimeMs(5));
    const bytes = bytesOf(watermark);
    for (let size = 0; size < bytes.length; size += 1)
      expect(() => decodeWatermark(new ByteReader(bytes.subarray(0, size)))).toThrow(CorruptBytesError);
    expect(() => decodeWatermark(new ByteReader(bytes.with(0, 3)))).toThrow("another version");
    const noNumber = new ByteWriter();
    noNumber.byte(1);
    for (const value of [NaN, 0]) noNumber.number(value);
    noNumber.boolean(false);
    expect(() => decodeWatermark(new ByteReader(noNumber.finish()))).toThrow("no watermark");
  });
});
