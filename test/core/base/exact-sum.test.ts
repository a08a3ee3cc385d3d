import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { decodeExactSum, ExactSum } from "../../../src/core/base/exact-sum.ts";
import { decimalSum } from "../../oracle/decimal-sum.ts";

const least = 5e-324;
const greatest = Number.MAX_VALUE;

function sumOf(values: readonly number[]): ExactSum {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum;
}

function bytesOf(sum: ExactSum): Uint8Array {
  const writer = new ByteWriter();
  sum.encode(writer);
  return writer.finish();
}

const magnitude = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0.1,
    -0.1,
    1e16,
    -1e16,
    1e100,
    -1e100,
    least,
    -least,
    greatest,
    -greatest,
    2 ** 970,
    -(2 ** 970),
    2 ** 969,
  ),
);

describe("a sum, rounded once", () => {
  test.each([
    { values: [], sum: 0, why: "a sum of none" },
    { values: Array.from({ length: 10 }, () => 0.1), sum: 1, why: "adding in doubles gives 0.9999999999999999" },
    { values: [1e100, 1, -1e100], sum: 1, why: "the 1 outlives what hides it" },
    { values: [1e16, 1, 1e-16], sum: 10000000000000002, why: "the last part breaks a tie that would go to even" },
    { values: [1e16, 1, -1e-16], sum: 1e16, why: "and here the other way" },
    { values: [least, greatest, -greatest], sum: least, why: "the least double beside the greatest" },
    { values: [greatest, greatest, -greatest], sum: greatest, why: "no overflow on the way" },
    { values: [greatest, 2 ** 969], sum: greatest, why: "less than half a step above the greatest double" },
    { values: [greatest, 2 ** 970], sum: Infinity, why: "half a step above it: rounded to even, out of range" },
    { values: [greatest, 2 ** 970, -least], sum: greatest, why: "a trace less than half a step" },
    { values: [-(2 ** 971), 2 ** 970, 2 ** 969, 2 ** 969, least], sum: least, why: "huge parts that come to nothing" },
  ])("$why: $sum", ({ values, sum }) => {
    expect(sumOf(values).value()).toBe(sum);
    expect(decimalSum(values)).toBe(sum);
  });

  test("is what exact arithmetic gives", () => {
    fc.assert(
      fc.property(fc.array(magnitude, { maxLength: 40 }), (values) => {
        expect(sumOf(values).value() + 0).toBe(decimalSum(values));
      }),
      { numRuns: 2000 },
    );
  });

  test("slides over a long stream of mixed magnitudes without drift", () => {
    fc.assert(
      fc.property(
        fc.array(magnitude, { minLength: 300, maxLength: 600, size: "max" }),
        fc.integer({ min: 1, max: 30 }),
        (values, size) => {
          const sum = new ExactSum();
          for (const [index, value] of values.entries()) {
            sum.add(value);
            const leaving = values[index - size];
            if (leaving !== undefined) sum.add(-leaving);
            if (index % 7 !== 0) continue;
            const inside = values.slice(Math.max(0, index - size + 1), index + 1);
            expect(sum.value() + 0).toBe(decimalSum(inside));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("leaves nothing behind when all is taken away", () => {
    fc.assert(
      fc.property(fc.array(magnitude), (values) => {
        const sum = sumOf(values);
        for (const value of values) sum.add(-value);
        expect([sum.partials, sum.huge]).toEqual([[], 0n]);
      }),
    );
  });
});

describe("its bytes", () => {
  test("give the same sum", () => {
    fc.assert(
      fc.property(fc.array(magnitude), (values) => {
        const sum = sumOf(values);
        const reader = new ByteReader(bytesOf(sum));
        expect(decodeExactSum(reader)).toEqual(sum);
        expect(reader.isAtEnd).toBe(true);
      }),
    );
  });

  test.each([
    {
      why: "a part that is no number",
      write: (writer: ByteWriter) => (writer.count(1), writer.number(NaN), writer.string("")),
    },
    {
      why: "an infinite part",
      write: (writer: ByteWriter) => (writer.count(1), writer.number(Infinity), writer.string("")),
    },
    { why: "text that is no integer", write: (writer: ByteWriter) => (writer.count(0), writer.string("0x1")) },
    {
      why: "an integer beyond all sums",
      write: (writer: ByteWriter) => (writer.count(0), writer.string("f".repeat(600))),
    },
    { why: "an end before the parts", write: (writer: ByteWriter) => writer.count(2) },
  ])("are refused: $why", ({ write }) => {
    const writer = new ByteWriter();
    write(writer);
    expect(() => decodeExactSum(new ByteReader(writer.finish()))).toThrow(CorruptBytesError);
  });
});
