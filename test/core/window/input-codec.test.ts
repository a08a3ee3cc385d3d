import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { type AggregateInput, GroupedInput, nothing } from "../../../src/core/window/aggregate-input.ts";
import {
  decodeInput,
  decodeName,
  decodeScalar,
  decodeTime,
  encodeInput,
  encodeName,
} from "../../../src/core/window/input-codec.ts";

function readerOf(write: (writer: ByteWriter) => void): ByteReader {
  const writer = new ByteWriter();
  write(writer);
  return new ByteReader(writer.finish());
}

describe("the codec of inputs, names and times", () => {
  test.each<AggregateInput>([
    0,
    -1.5,
    1e300,
    "",
    "a\ud800\u0000",
    true,
    false,
    [null, 1],
    { a: [] },
    new GroupedInput("g", "x"),
  ])("gives back %j", (input) => expect(decodeInput(readerOf((writer) => encodeInput(input, writer)))).toEqual(input));

  test("gives back nothing as nothing", () => {
    expect(decodeInput(readerOf((writer) => encodeInput(nothing, writer)))).toBeNaN();
  });

  test.each<string | number>(["a", "", 0, 17])("gives back the name %j", (name) => {
    expect(decodeName(readerOf((writer) => encodeName(name, writer)))).toBe(name);
  });

  test.each<{ why: string; write: (writer: ByteWriter) => void; read: (reader: ByteReader) => unknown }>([
    { why: "null is no input", write: (writer) => writer.json(null), read: decodeInput },
    { why: "a list is no value that is told apart by itself", write: (writer) => writer.json([1]), read: decodeScalar },
    { why: "true is no name", write: (writer) => writer.json(true), read: decodeName },
    { why: "half a millisecond is no time", write: (writer) => writer.number(0.5), read: decodeTime },
    { why: "infinity is none either", write: (writer) => writer.number(Number.POSITIVE_INFINITY), read: decodeTime },
  ])("refuses others: $why", ({ write, read }) => {
    expect(() => read(readerOf(write))).toThrow(CorruptBytesError);
  });
});
