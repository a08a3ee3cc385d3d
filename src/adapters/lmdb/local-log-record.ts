import { ByteReader, ByteWriter, CorruptBytesError } from "../../core/base/bytes.ts";
import { isJsonObject } from "../../core/base/json.ts";
import { CepError } from "../../ports/error.ts";

/** What is appended to the log. */
export interface LocalLogMessage {
  readonly bytes: Uint8Array;
  /** The default `type` of its events. */
  readonly subject?: string | undefined;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A message in the log. */
export interface LocalLogRecord {
  readonly stampMs: number;
  /** Bytes that the log had taken, from its creation to behind this message; what is held is the difference of two. */
  readonly endOffset: number;
  readonly message: LocalLogMessage;
}

/** Room that a message takes beside its bytes: keys, stamps, lmdb's own nodes. */
const recordOverhead = 64;

const formatVersion = 1;

/** Bytes that a message counts for under `maxBytes`. */
export function sizeOf(message: LocalLogMessage): number {
  let size = message.bytes.length + recordOverhead + (message.subject?.length ?? 0);
  for (const [name, value] of Object.entries(message.headers ?? {})) size += name.length + value.length;
  return size;
}

export function encodeRecord({ stampMs, endOffset, message }: LocalLogRecord): Uint8Array {
  const writer = new ByteWriter(message.bytes.length + 64);
  writer.byte(formatVersion);
  writer.number(stampMs);
  writer.count(endOffset);
  writer.json(message.subject);
  writer.json(message.headers);
  writer.bytes(message.bytes);
  return writer.finish();
}

/** @throws {CepError} STORE_DAMAGED. */
export function decodeRecord(bytes: Uint8Array): LocalLogRecord {
  try {
    const reader = new ByteReader(bytes);
    const version = reader.byte();
    if (version !== formatVersion) throw new CorruptBytesError(`a record of version ${version}`);
    const stampMs = reader.number();
    const endOffset = reader.count();
    const subject = reader.json();
    const headers = reader.json();
    if (subject !== undefined && typeof subject !== "string") throw new CorruptBytesError("a subject that is no text");
    return { stampMs, endOffset, message: { bytes: reader.bytes(), subject, headers: headersOf(headers) } };
  } catch (cause) {
    if (!(cause instanceof CorruptBytesError)) throw cause;
    throw new CepError("STORE_DAMAGED", `the local log holds ${cause.message}: restore its folder from a backup`, {
      cause,
    });
  }
}

function headersOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isJsonObject(value)) return undefined;
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (typeof text === "string") headers[name] = text;
  }
  return headers;
}
