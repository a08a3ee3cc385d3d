import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, CorruptBytesError } from "../../../../src/core/base/bytes.ts";
import { bytesOf, storeOf } from "../window-kit.ts";
import { createSliced, decodeSliced, offer, reach, restored } from "./sliced-driver.ts";

const store = storeOf([
  {
    type: "hopping",
    size: "20ms",
    every: "10ms",
    offset: "3ms",
    allowedLateness: "20ms",
    aggregate: { n: "count", total: { sum: "x" }, kinds: { distinct: "x" }, newest: { last: "x" } },
  },
  {
    type: "tumbling",
    size: "15ms",
    aggregate: { n: "count", total: { sum: "x" }, kinds: { distinct: "x" }, newest: { last: "x" } },
  },
]);

function filled() {
  const state = createSliced(store);
  for (const [index, x] of [3, "a", null, -0.1, 1e300, "\ud800", 3, 1e308].entries())
    offer(state, { time: index * 5, fields: { x } }, { id: index % 2 === 0 ? index : `e${index}` });
  reach(state, 25);
  return state;
}

describe("the bytes of windows with common bounds", () => {
  const bytes = bytesOf((writer) => filled().encode(writer));

  test("are the same again after a restore, and so is what fires", () => {
    const copy = restored(store, filled());
    expect(bytesOf((writer) => copy.encode(writer))).toEqual(bytes);
    expect(reach(copy, Infinity)).toEqual(reach(filled(), Infinity));
  });

  test("are those of version 1", () => {
    const small = storeOf([{ type: "tumbling", size: "10ms", allowedLateness: "5ms", aggregate: { n: "count" } }]);
    const state = createSliced(small);
    offer(state, { time: 3, fields: {} }, { id: "a" });
    offer(state, { time: 12, fields: {} }, { id: 7 });
    reach(state, 9);
    const golden = Buffer.from(bytesOf((writer) => state.encode(writer))).toString("hex");
    expect(golden).toBe(
      "0100020001000000000000000034402c7b226e223a312c227374617274223a302c22656e64223a31302c22666972696e67223a226f6e54696d65227d0100000000000024400102000000000000000000000000000024400000000000000000000103226122000000000000002440000000000000344000000000000000000001013701",
    );
  });

  test("are refused where they are cut, or of another version", () => {
    for (let size = 0; size < bytes.length; size += 1) {
      expect(() => decodeSliced(store, new ByteReader(bytes.subarray(0, size)))).toThrow(CorruptBytesError);
    }
    expect(() => decodeSliced(store, new ByteReader(bytes.with(0, 9)))).toThrow("another version");
  });

  test("that are damaged are refused or read, and nothing else", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (index, byte) => {
        try {
          const state = decodeSliced(store, new ByteReader(bytes.with(index, byte)));
          for (let count = 0; count < 50; count += 1) {
            const deadline = state.nextDeadline();
            if (deadline !== undefined) state.comeDue(deadline);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptBytesError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
