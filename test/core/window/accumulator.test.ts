import { describe, expect, test } from "vitest";
import { ByteReader, type ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import {
  type AccumulatorKind,
  createAccumulator,
  decodeAccumulator,
  distinctCountMax,
} from "../../../src/core/window/accumulator.ts";
import type { AggregateInput } from "../../../src/core/window/aggregate-input.ts";
import { decodeInput, decodeName, decodeTime, encodeInput, encodeName } from "../../../src/core/window/input-codec.ts";
import { bytesOf, readWhole } from "./window-kit.ts";

describe("an accumulator", () => {
  test.each<{
    kind: AccumulatorKind;
    why: string;
    add: readonly AggregateInput[];
    remove?: readonly AggregateInput[];
    value: unknown;
  }>([
    { kind: "count", why: "of none", add: [], value: 0 },
    { kind: "count", why: "of what is there", add: [1, 1, 1], remove: [1], value: 2 },
    { kind: "sum", why: "of none is 0", add: [], value: 0 },
    { kind: "sum", why: "of none left is 0", add: [0.1, 0.2], remove: [0.2, 0.1], value: 0 },
    { kind: "sum", why: "does not drift", add: [1e16, 1, 0.1], remove: [1e16], value: 1.1 },
    { kind: "sum", why: "beyond the greatest double is null, as in JSON", add: [1e308, 1e308], value: null },
    { kind: "sum", why: "comes back from there", add: [1e308, 1e308, 5], remove: [1e308, 1e308], value: 5 },
    { kind: "avg", why: "of none is null", add: [], value: null },
    { kind: "avg", why: "of none left is null", add: [3], remove: [3], value: null },
    { kind: "avg", why: "of some", add: [1, 2, 6], remove: [1], value: 4 },
    { kind: "avg", why: "has one zero", add: [-5e-324, 0, 0], value: 0 },
    { kind: "distinct", why: "of none", add: [], value: 0 },
    { kind: "distinct", why: "counts by type", add: [1, "1", true, "true", 1], value: 4 },
    {
      kind: "distinct",
      why: "keeps a value until its last event leaves",
      add: ["a", "a", "b"],
      remove: ["a"],
      value: 2,
    },
    { kind: "distinct", why: "and then lets it go", add: ["a", "a", "b"], remove: ["a", "a"], value: 1 },
  ])("$kind $why", ({ kind, add, remove = [], value }) => {
    const accumulator = createAccumulator(kind);
    for (const input of add) expect(accumulator.add(input)).toBe(true);
    for (const input of remove) accumulator.remove(input);
    expect(accumulator.value()).toBe(value);
    const copy = readWhole(
      bytesOf((writer) => accumulator.encode(writer)),
      (reader) => decodeAccumulator(kind, reader),
    );
    expect(copy).toEqual(accumulator);
  });

  test("of distinct values takes no more than its limit, and still those it has", () => {
    const accumulator = createAccumulator("distinct");
    for (let input = 0; input < distinctCountMax; input += 1) accumulator.add(input);
    expect([accumulator.add("one more"), accumulator.add(7), accumulator.value()]).toEqual([
      false,
      true,
      distinctCountMax,
    ]);
    accumulator.remove(8);
    expect([accumulator.add("one more"), accumulator.value()]).toEqual([true, distinctCountMax]);
  });

  test.each([
    {
      why: "a value twice",
      write: (writer: ByteWriter) => (
        writer.count(2), encodeInput("a", writer), writer.count(1), encodeInput("a", writer), writer.count(1)
      ),
    },
    {
      why: "a value that is not there",
      write: (writer: ByteWriter) => (writer.count(1), encodeInput("a", writer), writer.count(0)),
    },
  ])("refuses bytes with $why", ({ write }) => {
    expect(() => decodeAccumulator("distinct", new ByteReader(bytesOf(write)))).toThrow(CorruptBytesError);
  });
});

describe("the codec of inputs, names and times", () => {
  test.each<AggregateInput>([0, -1.5, 5e-324, "", "1", "\u0000", "\ud800", "名", true, false])("keeps %j", (input) => {
    expect(
      readWhole(
        bytesOf((writer) => encodeInput(input, writer)),
        decodeInput,
      ),
    ).toBe(input);
  });

  test("keeps that there was nothing", () => {
    expect(
      readWhole(
        bytesOf((writer) => encodeInput(NaN, writer)),
        decodeInput,
      ),
    ).toBeNaN();
  });

  test.each(["", "7", 7, 0.5, "\udfff x"])("keeps the name %j", (name) => {
    expect(
      readWhole(
        bytesOf((writer) => encodeName(name, writer)),
        decodeName,
      ),
    ).toBe(name);
  });

  test.each([
    { why: "null is no input", value: null, decode: decodeInput },
    { why: "nor is an object", value: {}, decode: decodeInput },
    { why: "nothing is no name", value: undefined, decode: decodeName },
    { why: "nor is a boolean", value: true, decode: decodeName },
  ])("refuses others: $why", ({ value, decode }) => {
    expect(() => decode(new ByteReader(bytesOf((writer) => writer.json(value))))).toThrow(CorruptBytesError);
  });

  test.each([NaN, Infinity, 0.5])("refuses %d as a time", (time) => {
    expect(() => decodeTime(new ByteReader(bytesOf((writer) => writer.number(time))))).toThrow(CorruptBytesError);
  });
});
