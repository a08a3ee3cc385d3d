import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { addToTumbling, createTumblingState, fireTumbling } from "../../../src/core/window/tumbling-window.ts";
import { decodeTumblingState, encodeTumblingState } from "../../../src/core/window/tumbling-window-codec.ts";
import { bytesOf, eventAt, readWhole, scopeOf, tumblingProgram } from "./window-kit.ts";

const at = eventTimeMs;

describe("the bytes of a tumbling window", () => {
  const full = tumblingProgram({
    size: "10ms",
    offset: "3ms",
    allowedLateness: "20ms",
    aggregate: {
      n: "count",
      total: { sum: "x" },
      mean: { avg: "x" },
      least: { min: "x" },
      most: { max: "x" },
      kinds: { distinct: "x" },
    },
  });
  const state = createTumblingState();
  for (const [index, x] of [3, "a", null, -0.1, 1e300, "\ud800", 3, 1e308, 1e308].entries()) {
    const event = eventAt(index * 5, { x });
    addToTumbling(full, state, event, scopeOf(event), at(-Infinity), () => undefined);
  }
  fireTumbling(full, state, at(25));
  const bytes = bytesOf((writer) => encodeTumblingState(state, writer));

  test("are the same again after a restore, and so is the state", () => {
    const copy = readWhole(bytes, (reader) => decodeTumblingState(full, reader));
    expect(copy).toEqual(state);
    expect(copy.panes.map((pane) => pane.firingCount)).toEqual([1, 1, 0, 0]);
    expect(bytesOf((writer) => encodeTumblingState(copy, writer))).toEqual(bytes);
    expect(fireTumbling(full, copy, at(Infinity))).toEqual(
      fireTumbling(
        full,
        readWhole(bytes, (reader) => decodeTumblingState(full, reader)),
        at(Infinity),
      ),
    );
  });

  test("are refused where they are cut or of another version", () => {
    for (let size = 0; size < bytes.length; size += 1) {
      expect(() => decodeTumblingState(full, new ByteReader(bytes.subarray(0, size)))).toThrow(CorruptBytesError);
    }
    expect(() => decodeTumblingState(full, new ByteReader(bytes.with(0, 9)))).toThrow("another version");
  });

  test.each([
    { why: "a pane at no start", panes: [{ start: 1, firings: 0, names: 0 }] },
    {
      why: "a pane twice",
      panes: [
        { start: 0, firings: 0, names: 0 },
        { start: 0, firings: 0, names: 0 },
      ],
    },
    {
      why: "a fired pane behind one that has not fired",
      panes: [
        { start: 0, firings: 0, names: 0 },
        { start: 10, firings: 1, names: 0 },
      ],
    },
    { why: "fewer names than events", panes: [{ start: 0, firings: 0, names: 2 }] },
  ])("are refused for $why", ({ panes }) => {
    const bare = tumblingProgram({ size: "10ms" });
    const damaged = bytesOf((writer) => {
      writer.byte(1);
      writer.count(0);
      writer.json(undefined);
      writer.count(panes.length);
      for (const { start, firings, names } of panes) {
        writer.number(start);
        for (const count of [firings, names, 0]) writer.count(count);
      }
    });
    expect(() => decodeTumblingState(bare, new ByteReader(damaged))).toThrow(CorruptBytesError);
  });

  test("are refused where the last firing is no fact", () => {
    const damaged = bytesOf((writer) => {
      writer.byte(1);
      writer.count(0);
      writer.json([1]);
      writer.count(0);
    });
    expect(() => decodeTumblingState(full, new ByteReader(damaged))).toThrow("no window fact");
  });

  test("that are damaged are refused or read, and nothing else", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (index, byte) => {
        try {
          fireTumbling(full, decodeTumblingState(full, new ByteReader(bytes.with(index, byte))), at(Infinity));
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptBytesError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
