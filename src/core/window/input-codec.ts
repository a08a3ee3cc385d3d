import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { toJson } from "../base/json.ts";
import { type EventTimeMs, eventTimeMs } from "../time/instant.ts";
import { type AggregateInput, GroupedInput, isJsonInput, isNothing, nothing } from "./aggregate-input.ts";

/** Stands before the group of an input of `per`, where JSON text has its length: no text is so long. */
const groupMark = 2 ** 40;

/** As JSON, whose escapes keep text exactly, lone surrogates included; `nothing` as none. */
export function encodeInput(input: AggregateInput, writer: ByteWriter): void {
  if (input instanceof GroupedInput) {
    writer.count(groupMark);
    writer.json(input.group);
    encodeInput(input.input, writer);
  } else {
    writer.json(isNothing(input) ? undefined : input);
  }
}

/** @throws {CorruptBytesError} */
export function decodeInput(reader: ByteReader): AggregateInput {
  const start = reader.at;
  if (reader.count() === groupMark) {
    const group = decodeScalar(reader);
    return new GroupedInput(group, decodeInput(reader));
  }
  reader.at = start;
  const value = reader.json();
  if (value === undefined) return nothing;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (isJsonInput(value)) return value;
  throw new CorruptBytesError(`state is damaged: no value of an aggregate at ${reader.at}`);
}

/**
 * A value that is told apart by itself.
 *
 * @throws {CorruptBytesError}
 */
export function decodeScalar(reader: ByteReader): string | number | boolean {
  const value = toJson(reader.json());
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new CorruptBytesError(`state is damaged: no value of an aggregate at ${reader.at}`);
}

/** An event's name, as JSON for the same reason. */
export function encodeName(name: string | number, writer: ByteWriter): void {
  writer.json(name);
}

/** @throws {CorruptBytesError} */
export function decodeName(reader: ByteReader): string | number {
  const value = reader.json();
  if (typeof value === "string" || typeof value === "number") return value;
  throw new CorruptBytesError(`state is damaged: no name of an event at ${reader.at}`);
}

/** @throws {CorruptBytesError} */
export function decodeTime(reader: ByteReader): EventTimeMs {
  const time = reader.number();
  if (Number.isInteger(time)) return eventTimeMs(time);
  throw new CorruptBytesError(`state is damaged: no event time at ${reader.at}`);
}
