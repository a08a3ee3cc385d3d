import { CorruptBytesError } from "../base/bytes.ts";
import type { ByteReader, ByteWriter } from "../base/bytes.ts";
import { isJsonObject } from "../base/json.ts";
import { eventTimeMs } from "../time/instant.ts";
import { wholeOf, type TocsinEvent } from "./event.ts";
import type { Position } from "./position.ts";

/** Writes an event whole, in the order of its members. No version of its own: it is part of a state that has one. */
export function encodeEvent(event: TocsinEvent, writer: ByteWriter): void {
  writer.string(event.position.source);
  writer.count(event.position.sequence);
  writer.count(event.position.index);
  writer.string(event.position.derived ?? "");
  writer.json(event.id);
  writer.string(event.type);
  writer.number(event.time);
  writer.string(event.source);
  writer.json(wholeOf(event));
}

/** @throws {CorruptBytesError} where the bytes hold no event. */
export function decodeEvent(reader: ByteReader): TocsinEvent {
  const position = readPosition(reader);
  const id = reader.json();
  const type = reader.string();
  const time = reader.number();
  const source = reader.string();
  const fields = reader.json();
  if ((typeof id !== "string" && typeof id !== "number") || !isJsonObject(fields) || !Number.isFinite(time)) {
    throw new CorruptBytesError(`state is damaged: no event at ${reader.at}`);
  }
  return { position, id, type, time: eventTimeMs(time), source, fields };
}

function readPosition(reader: ByteReader): Position {
  const position = { source: reader.string(), sequence: reader.count(), index: reader.count() };
  const derived = reader.string();
  return derived === "" ? position : { ...position, derived };
}
