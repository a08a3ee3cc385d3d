import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { eventTimeMs, type EventTimeMs } from "../time/instant.ts";
import { type AggregateInput, isNothing, nothing } from "./aggregate-input.ts";

/** As JSON, which keeps text exactly, lone surrogates included; `nothing` as none. */
export function encodeInput(input: AggregateInput, writer: ByteWriter): void {
  writer.json(isNothing(input) ? undefined : input);
}

/** @throws {CorruptBytesError} */
export function decodeInput(reader: ByteReader): AggregateInput {
  const value = reader.json();
  if (value === undefined) return nothing;
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
