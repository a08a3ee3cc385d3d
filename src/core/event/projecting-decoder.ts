import { assert } from "../base/assert.ts";
import type { JsonValue } from "../base/json.ts";
import { decodeMessage, type Decoded, type EncodedMessage } from "./decode.ts";
import { binaryAttributesOf, envelopeNamesOf, readEnvelope } from "./envelope.ts";
import type { BinaryAttributes, EnvelopeFields, EnvelopeSettings } from "./envelope.ts";
import type { EventFields } from "./event.ts";
import { eventNameOf } from "./event-name.ts";
import { skipSpace } from "./json-bytes.ts";
import { ObjectScanner, scanned, scannerSlackBytes } from "./object-scanner.ts";
import { ProjectedEvent } from "./projected-event.ts";
import { projectionOf, type Projection } from "./projection.ts";
import { TextTable } from "./text-table.ts";

export type DecodeMessage = (message: EncodedMessage) => Decoded[];

/**
 * Decodes messages as `decodeMessage` does, to events whose `fields` have what the projection names and perhaps no more.
 * Keeps working memory of its own, so one decoder serves one shard.
 */
export function compileDecoder(settings: EnvelopeSettings, projection: Projection): DecodeMessage {
  const names = envelopeNamesOf(settings);
  if (projection === "all" || projectionOf([...projection, ...names]) === "all")
    return (message) => decodeMessage(message, settings);
  const decoder = new ProjectingDecoder(settings, projection, names);
  return (message) => decoder.decode(message);
}

/** A message and what its elements have in common. */
interface Decoding {
  readonly message: EncodedMessage;
  readonly binary: BinaryAttributes | undefined;
}

const firstBufferBytes = 65_536;
/** A longer message has a buffer of its own, which goes with it. */
const keptBufferBytesMax = 4_194_304;
const newline = 0x0a;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** V8 copies what it cuts out of a string up to this length; a longer part keeps the whole string. */
const copiedLengthMax = 12;

type StandardIndexes = Readonly<Record<"id" | "type" | "time" | "ts" | "source" | "specversion", number>>;

/**
 * Reads out of the bytes what the plan and the envelope need. What it can't take, and whatever is no event, goes the way of
 * `decodeMessage`, the whole message: so a dead letter is the same, word for word.
 */
class ProjectingDecoder {
  private readonly settings: EnvelopeSettings;
  private readonly fieldNames: readonly string[];
  /** Names beside the fields that the envelope reads, each with its index in the scanner; fields among them. */
  private readonly envelopeNames: readonly { readonly name: string; readonly index: number }[];
  private readonly scanner: ObjectScanner;
  /** The scanner's own: one step less to each. */
  private readonly kinds: Uint8Array;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly numbers: Float64Array;
  private readonly texts = new TextTable();
  /** All fields absent: every event's fields begin as a copy of it, and so have one shape. */
  private readonly noFields: EventFields;
  private readonly envelopeFields: Record<string, unknown> = {
    id: 0,
    type: 0,
    time: 0,
    ts: 0,
    source: 0,
    specversion: 0,
  };
  /** Indexes of the names that the envelope is read from, where the configuration names no others. */
  private readonly standard: StandardIndexes | undefined;
  private buffer = Buffer.alloc(firstBufferBytes);

  constructor(settings: EnvelopeSettings, projection: readonly string[], envelopeNames: readonly string[]) {
    const names = [...new Set([...projection, ...envelopeNames])];
    this.settings = settings;
    this.fieldNames = projection;
    this.envelopeNames = envelopeNames.map((name) => ({ name, index: names.indexOf(name) }));
    const indexOf = (name: string) => names.indexOf(name);
    const isStandard = [settings.idField, settings.typeField, settings.timeField].every((path) => path === undefined);
    this.standard = isStandard
      ? {
          id: indexOf("id"),
          type: indexOf("type"),
          time: indexOf("time"),
          ts: indexOf("ts"),
          source: indexOf("source"),
          specversion: indexOf("specversion"),
        }
      : undefined;
    this.scanner = new ObjectScanner(names, settings.maxDepth);
    this.scanner.scanIn(this.buffer);
    this.kinds = this.scanner.kinds;
    this.starts = this.scanner.starts;
    this.ends = this.scanner.ends;
    this.numbers = this.scanner.numbers;
    this.noFields = Object.fromEntries(projection.map((name) => [name, undefined]));
  }

  decode(message: EncodedMessage): Decoded[] {
    const { bytes, sizeBeforeCut } = message;
    if (sizeBeforeCut !== undefined) return decodeMessage(message, this.settings);
    const isKept = this.load(bytes);
    const decoding = { message, binary: binaryAttributesOf(message.headers) };
    const start = skipSpace(this.buffer, 0);
    let decoded: Decoded[] | undefined;
    if (this.buffer[start] === openBrace) decoded = this.decodeObjectOrLines(decoding, start);
    else if (this.buffer[start] === openBracket) decoded = this.decodeArray(decoding, start);
    if (!isKept) this.provide(firstBufferBytes);
    return decoded ?? decodeMessage(message, this.settings);
  }

  /** Copies the message to where it can be scanned. False where the buffer is not to be kept. */
  private load(bytes: Uint8Array): boolean {
    const needed = bytes.length + scannerSlackBytes;
    if (needed > this.buffer.length) this.provide(Math.max(needed, Math.min(2 * needed, keptBufferBytesMax)));
    this.buffer.set(bytes);
    this.buffer[bytes.length] = 0;
    return this.buffer.length <= keptBufferBytesMax;
  }

  private provide(size: number): void {
    this.buffer = Buffer.alloc(size);
    this.scanner.scanIn(this.buffer);
  }

  private decodeObjectOrLines(decoding: Decoding, start: number): Decoded[] | undefined {
    const size = decoding.message.bytes.length;
    const end = this.scanner.scan(start);
    if (end === -1) return undefined;
    if (skipSpace(this.buffer, end) !== size)
      return decoding.binary === undefined ? this.decodeLines(decoding) : undefined;
    if (size > this.settings.maxEventBytes) return undefined;
    const event = this.readEvent(decoding, { start, end, index: 0, isInBatch: false });
    return event === undefined ? undefined : [event];
  }

  /** Of a message that holds more than one object: NDJSON if each line has one. */
  private decodeLines(decoding: Decoding): Decoded[] | undefined {
    const { buffer, scanner, settings } = this;
    const { bytes } = decoding.message;
    const decoded: Decoded[] = [];
    for (let lineStart = 0, index = 0; lineStart <= bytes.length; index += 1) {
      const found = bytes.indexOf(newline, lineStart);
      const lineEnd = found === -1 ? bytes.length : found;
      const start = skipSpace(buffer, lineStart);
      if (start < lineEnd) {
        if (buffer[start] !== openBrace || lineEnd - lineStart > settings.maxEventBytes) return undefined;
        const end = scanner.scan(start);
        if (end === -1 || end > lineEnd || skipSpace(buffer, end) < lineEnd) return undefined;
        const event = this.readEvent(decoding, { start, end, index, isInBatch: true });
        if (event === undefined) return undefined;
        decoded.push(event);
      }
      lineStart = lineEnd + 1;
    }
    return decoded;
  }

  private decodeArray(decoding: Decoding, arrayStart: number): Decoded[] | undefined {
    if (decoding.binary !== undefined) return undefined;
    const { buffer, scanner, settings } = this;
    const decoded: Decoded[] = [];
    let start = skipSpace(buffer, arrayStart + 1);
    for (let index = 0; ; index += 1) {
      if (buffer[start] !== openBrace) return undefined;
      const end = scanner.scan(start);
      if (end === -1 || end - start > settings.maxEventBytes) return undefined;
      const event = this.readEvent(decoding, { start, end, index, isInBatch: true });
      if (event === undefined) return undefined;
      decoded.push(event);
      const behind = skipSpace(buffer, end);
      if (buffer[behind] === closeBracket)
        return skipSpace(buffer, behind + 1) === decoding.message.bytes.length ? decoded : undefined;
      if (buffer[behind] !== comma) return undefined;
      start = skipSpace(buffer, behind + 1);
    }
  }

  /** The event of the object that was scanned last; undefined where its bytes are not UTF-8 or its envelope is at fault. */
  private readEvent(
    { message, binary }: Decoding,
    {
      start,
      end,
      index,
      isInBatch,
    }: { readonly start: number; readonly end: number; readonly index: number; readonly isInBatch: boolean },
  ): Decoded | undefined {
    const text = this.textOf(start, end);
    if (text === undefined) return undefined;
    const envelope = readEnvelope(this.readEnvelopeFields(text, start), message, this.settings, binary);
    if (typeof envelope === "string") return undefined;
    const position = { source: this.settings.source, sequence: message.sequence, index };
    const id = envelope.id ?? eventNameOf(position, isInBatch);
    const { type, time, source } = envelope;
    return { kind: "event", event: new ProjectedEvent(position, { id, type, time, source }, this.readFields(), text) };
  }

  private textOf(start: number, end: number): string | undefined {
    if (this.scanner.isAscii) return this.buffer.toString("latin1", start, end);
    try {
      return decoder.decode(this.buffer.subarray(start, end));
    } catch {
      return undefined;
    }
  }

  /** One object for all events: `readEnvelope` keeps nothing of it. */
  private readEnvelopeFields(text: string, start: number): EnvelopeFields {
    const { envelopeFields: fields, standard } = this;
    if (standard === undefined) {
      for (const { name, index } of this.envelopeNames) fields[name] = this.valueAt(index);
      return fields;
    }
    fields["id"] = this.nameAt(standard.id, text, start);
    fields["type"] = this.valueAt(standard.type);
    fields["time"] = this.passingAt(standard.time, text, start);
    fields["ts"] = this.passingAt(standard.ts, text, start);
    fields["source"] = this.valueAt(standard.source);
    fields["specversion"] = this.passingAt(standard.specversion, text, start);
    return fields;
  }

  /** A value that is different for each event. V8 copies what it cuts out of a string where it is short, and else would keep all of it. */
  private nameAt(index: number, text: string, start: number): JsonValue | undefined {
    const { kinds, starts, ends } = this;
    if (kinds[index] !== scanned.ascii) return this.valueAt(index);
    const from = starts[index] ?? 0;
    const to = ends[index] ?? 0;
    if (this.scanner.isAscii && to - from <= copiedLengthMax) return text.slice(from - start, to - start);
    return this.buffer.toString("latin1", from, to);
  }

  /** A value that is looked at and let go: it may be a part of `text`. */
  private passingAt(index: number, text: string, start: number): JsonValue | undefined {
    const { kinds, starts, ends } = this;
    if (kinds[index] !== scanned.ascii || !this.scanner.isAscii) return this.valueAt(index);
    return text.slice((starts[index] ?? 0) - start, (ends[index] ?? 0) - start);
  }

  private readFields(): EventFields {
    const { fieldNames, kinds } = this;
    const fields: Record<string, JsonValue | undefined> = { ...this.noFields };
    for (let index = 0; index < fieldNames.length; index += 1) {
      const name = fieldNames[index];
      if (name !== undefined && kinds[index] !== scanned.absent) fields[name] = this.valueAt(index);
    }
    return fields;
  }

  private valueAt(index: number): JsonValue | undefined {
    const kind = this.kinds[index];
    if (kind === scanned.absent) return undefined;
    if (kind === scanned.ascii) return this.texts.textOf(this.buffer, this.starts[index] ?? 0, this.ends[index] ?? 0);
    if (kind === scanned.number) return this.numbers[index];
    if (kind === scanned.json) return parseChecked(this.buffer.toString("utf8", this.starts[index], this.ends[index]));
    return kind === scanned.null ? null : kind === scanned.true;
  }
}

/** The value of text that was checked to be JSON. */
function parseChecked(text: string): JsonValue {
  const value: unknown = JSON.parse(text);
  assert(isParsed(value), "JSON has a value");
  return value;
}

/** `JSON.parse` gives nothing but what JSON can hold. */
function isParsed(value: unknown): value is JsonValue {
  return value !== undefined;
}
