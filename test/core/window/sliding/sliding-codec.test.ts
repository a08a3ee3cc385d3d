import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, type ByteWriter, CorruptBytesError } from "../../../../src/core/base/bytes.ts";
import { eventTimeMs } from "../../../../src/core/time/instant.ts";
import { groupCountMax } from "../../../../src/core/window/aggregate/group-state.ts";
import { type AggregateInput, GroupedInput } from "../../../../src/core/window/aggregate-input.ts";
import { encodeInput, encodeName } from "../../../../src/core/window/input-codec.ts";
import { decodeSlidingWindows } from "../../../../src/core/window/sliding/sliding-codec.ts";
import { codecVersion, encodeSlidingWindows } from "../../../../src/core/window/sliding/sliding-encoding.ts";
import { slidingPlanOf } from "../../../../src/core/window/sliding/sliding-plan.ts";
import { SlidingWindows } from "../../../../src/core/window/sliding/sliding-windows.ts";
import type { AggregateDocument } from "../../../../src/spec/window.ts";
import { bytesOf, readWhole } from "../window-kit.ts";
import { everyKind, offer, type Size, storeWith } from "./sliding-kit.ts";

const one: Size = { size: 30, ago: 0, lateness: 0 };

function planOf(sizes: readonly Size[], aggregate = everyKind) {
  return slidingPlanOf(storeWith(sizes, aggregate));
}

const plan = planOf([one, { size: 60, ago: 5, lateness: 0 }]);
const state = new SlidingWindows(plan);
for (let time = 17; time < 40; time += 1)
  offer(state, { time, x: time % 5, flag: time % 2 === 0, g: `${time % 3}` }, time - 1, time);
const bytes = bytesOf((writer) => state.encode(writer));
const at = (ms: number) => ({ at: eventTimeMs(ms), watermark: eventTimeMs(ms - 1) });

describe("the bytes of sliding windows", () => {
  test("begin with their version, and are what the windows themselves write", () => {
    expect(bytes[0]).toBe(codecVersion);
    expect(bytesOf((writer) => encodeSlidingWindows(state, writer))).toEqual(bytes);
  });

  test("are the same again after a restore, though entries are numbered anew", () => {
    const whole = new SlidingWindows(plan);
    for (let time = 0; time < 140; time += 1) offer(whole, { time, x: time % 5 }, time - 1, time);
    const of = bytesOf((writer) => whole.encode(writer));
    const copy = readWhole(of, (reader) => decodeSlidingWindows(plan, reader));
    expect([whole.lanes[0]?.entries.front, copy.lanes[0]?.entries.front]).toEqual([75, 0]);
    expect(bytesOf((writer) => copy.encode(writer))).toEqual(of);
    expect([copy.fact(0, at(150)), copy.fact(1, at(150))]).toEqual([whole.fact(0, at(150)), whole.fact(1, at(150))]);
  });

  test("stay what they are: those of this version are read for good", () => {
    const small = planOf([one, { size: 10, ago: 3, lateness: 20 }], { d: { distinct: "x" }, n: "count" });
    const windows = new SlidingWindows(small);
    offer(windows, { time: 5, x: "a" }, 0, 1);
    offer(windows, { time: -7, x: 2 }, 4, 2);
    offer(windows, { time: 9, x: null }, 4, 3);
    const golden =
      "0201000200020000000000001440013103226122000000000000224001330001000001001402000000000000144001310322612200000000000022400133000101000100";
    expect(Buffer.from(bytesOf((writer) => windows.encode(writer))).toString("hex")).toBe(golden);
    const read = readWhole(new Uint8Array(Buffer.from(golden, "hex")), (reader) => decodeSlidingWindows(small, reader));
    expect(read.fact(0, at(9))).toMatchObject({ d: 1, n: 2 });
    expect(read.fact(1, at(9))).toMatchObject({ d: 1, n: 1, start: -4, end: 6 });
    expect(read.skippedCount).toBe(1);
  });

  test("hold nothing that a reading let leave every window", () => {
    const alone = planOf([one], { n: "count" });
    const held = new SlidingWindows(alone);
    for (const time of [1, 2, 20]) offer(held, { time }, 0);
    held.fact(0, at(40));
    const saved = bytesOf((writer) => held.encode(writer));
    const copy = readWhole(saved, (reader) => decodeSlidingWindows(alone, reader));
    expect([held.lanes[0]?.entries.size, copy.lanes[0]?.entries.size, copy.fact(0, at(40))?.["n"]]).toEqual([3, 1, 1]);
    expect(bytesOf((writer) => copy.encode(writer))).toEqual(saved);
  });

  test("keep counts", () => {
    const held = new SlidingWindows(plan);
    held.skippedCount = 3;
    held.shedCount = 400;
    const copy = readWhole(
      bytesOf((writer) => held.encode(writer)),
      (reader) => decodeSlidingWindows(plan, reader),
    );
    expect([copy.skippedCount, copy.shedCount, copy.isEmpty]).toEqual([3, 400, true]);
  });

  test("keep what a limit kept out", () => {
    const grouping = planOf([one], { groups: { per: "g", of: "count", give: "sum" } });
    const held = new SlidingWindows(grouping);
    const { entries } = held.lanes[0] ?? {};
    for (let group = 0; group <= groupCountMax; group += 1)
      entries?.insert(group, group === 0 ? 0 : 5, "id", [new GroupedInput(`${group}`, 1)]);
    held.fact(0, at(5));
    offer(held, { time: 30, g: "1" }, 29);
    const groupsOf = (of: SlidingWindows) => [of.fact(0, at(30))?.["groups"], of.skippedCount];
    const saved = bytesOf((writer) => held.encode(writer));
    const copy = readWhole(saved, (reader) => decodeSlidingWindows(grouping, reader));
    expect([groupsOf(held), groupsOf(copy)]).toEqual([
      [groupCountMax, 1],
      [groupCountMax, 1],
    ]);
  });

  test("give windows that are still there what they held, and new ones the next event on", () => {
    const wider = storeWith([one, { size: 90, ago: 0, lateness: 0 }, { size: 30, ago: 0, lateness: 8 }]);
    const [kept, longer, later] = wider.members;
    if (kept === undefined || longer === undefined || later === undefined) throw new Error("three members");
    const after = slidingPlanOf({ ...wider, members: [{ ...longer, tag: 7 }, kept, later] });
    const restored = readWhole(bytes, (reader) => decodeSlidingWindows(after, reader));
    expect([0, 1, 2].map((member) => restored.fact(member, at(39))?.["n"])).toEqual([0, 23, 0]);
    offer(restored, { time: 39 }, 38);
    expect([0, 1, 2].map((member) => restored.fact(member, at(39))?.["n"])).toEqual([1, 24, 1]);
  });
});

describe("bytes are refused", () => {
  test("that are cut or of another version", () => {
    for (let size = 0; size < bytes.length; size += 1)
      expect(() => decodeSlidingWindows(plan, new ByteReader(bytes.subarray(0, size)))).toThrow(CorruptBytesError);
    expect(() => decodeSlidingWindows(plan, new ByteReader(bytes.with(0, 1)))).toThrow("another version");
  });

  test("that are damaged, or else read, and nothing else", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (index, byte) => {
        try {
          const copy = decodeSlidingWindows(plan, new ByteReader(bytes.with(index, byte)));
          copy.fact(1, at(8e15));
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptBytesError);
        }
      }),
      { numRuns: 500 },
    );
  });

  const lane = (times: readonly number[], input: AggregateInput, ranges: readonly number[]) => (writer: ByteWriter) => {
    writer.byte(2);
    for (const count of [0, 0, 1, 0, times.length]) writer.count(count);
    for (const time of times) {
      writer.number(time);
      encodeName("id", writer);
      encodeInput(input, writer);
    }
    writer.count(1);
    for (const count of ranges) writer.count(count);
    writer.boolean(false);
  };
  const sum = planOf([one], { s: { sum: "x" } });

  test.each([
    { why: "whose events are in no order of time", write: lane([5, 4], 1, [0, 0, 2]), what: "no order of time" },
    { why: "of a window that ends before it starts", write: lane([4, 5], 1, [0, 2, 1]), what: "no part" },
    { why: "of a window beyond the events", write: lane([4, 5], 1, [0, 0, 3]), what: "no part" },
    {
      why: "whose column holds what the aggregate does not take",
      write: lane([4], "x", [0, 0, 1]),
      what: "no input of sum",
    },
  ])("$why", ({ write, what }) => {
    expect(() =>
      readWhole(bytesOf(lane([4, 5], 1, [0, 0, 2])), (reader) => decodeSlidingWindows(sum, reader)),
    ).not.toThrow();
    expect(() => decodeSlidingWindows(sum, new ByteReader(bytesOf(write)))).toThrow(what);
  });

  test.each<{ document: AggregateDocument; takes: AggregateInput; refuses: AggregateInput }>([
    { document: { count: true, where: "flag" }, takes: 1, refuses: 2 },
    { document: { ratio: { where: "flag" } }, takes: 0, refuses: 2 },
    { document: { percentile: "x", p: 0.5 }, takes: 2.5, refuses: true },
    { document: { topK: "x", k: 1 }, takes: "x", refuses: [1] },
    { document: { first: "x" }, takes: [1], refuses: new GroupedInput("g", 1) },
    { document: { per: "g", of: { max: "x" }, give: "max" }, takes: new GroupedInput("g", 1), refuses: 1 },
    {
      document: { per: "g", of: { max: "x" }, give: "max" },
      takes: new GroupedInput("g", 1),
      refuses: new GroupedInput("g", "x"),
    },
  ])("with inputs that $document does not take", ({ document, takes, refuses }) => {
    const of = planOf([one], { a: document });
    const decode = (input: AggregateInput) => () =>
      decodeSlidingWindows(of, new ByteReader(bytesOf(lane([4], input, [0, 0, 1]))));
    expect(decode(takes)).not.toThrow();
    expect(decode(refuses)).toThrow("no input of");
  });
});
