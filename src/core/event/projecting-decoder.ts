import { assert } from "../base/assert.ts";
import type { JsonValue } from "../base/json.ts";
import { eventTimeMs } from "../time/instant.ts";
import { instantMsMax, utcInstantAt } from "../time/iso-instant.ts";
import { decodeMessage, type Decoded, type EncodedMessage } from "./decode.ts";
import { binaryAttributesOf, envelopeNamesOf, readEnvelope } from "./envelope.ts";
import type { BinaryAttributes, EnvelopeFields, EnvelopeSettings } from "./envelope.ts";
import type { EventFields } from "./event.ts";
import { eventNameOf } from "./event-name.ts";
import { compileFields, type ValueReader } from "./fields-maker.ts";
import { skipSpace } from "./json-bytes.ts";
import { ObjectLayouts } from "./object-layouts.ts";
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

/** Kinds of an id, by number, that need no reading. */
const isPlainId = Uint8Array.from({ length: 7 }, (_, kind) =>
  kind === scanned.absent || kind === scanned.ascii || kind === scanned.number ? 1 : 0,
);

type StandardIndexes = Readonly<Record<"id" | "type" | "time" | "ts" | "source" | "specversion", number>>;

/**
 * Reads out of the bytes what the plan and the envelope need. What it can't take, and whatever is no event, goes the way of
 * `decodeMessage`, the whole message: so a dead letter is the same, word for word.
 */
class ProjectingDecoder implements ValueReader {
  private readonly settings: EnvelopeSettings;
  /** Names beside the fields that the envelope reads, each with its index in the scanner; fields among them. */
  private readonly envelopeNames: readonly { readonly name: string; readonly index: number }[];
  private readonly scanner: ObjectScanner;
  /** The scanner's own: one step less to each. */
  private readonly kinds: Uint8Array;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly numbers: Float64Array;
  private readonly texts = new TextTable();
  private readonly makeFields: (reader: ValueReader) => EventFields;
  /** Indexes of the names that the envelope is read from, where the configuration names no others. */
  private readonly standard: StandardIndexes | undefined;
  private readonly layouts: ObjectLayouts;
  private buffer = Buffer.alloc(firstBufferBytes);
  private words = wordsOf(this.buffer);

  constructor(settings: EnvelopeSettings, projection: readonly string[], envelopeNames: readonly string[]) {
    const names = [...new Set([...projection, ...envelopeNames])];
    this.settings = settings;
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
    this.layouts = new ObjectLayouts(this.scanner);
    this.kinds = this.scanner.kinds;
    this.starts = this.scanner.starts;
    this.ends = this.scanner.ends;
    this.numbers = this.scanner.numbers;
    this.makeFields = compileFields(projection);
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
    this.words = wordsOf(this.buffer);
    this.scanner.scanIn(this.buffer);
  }

  private decodeObjectOrLines(decoding: Decoding, start: number): Decoded[] | undefined {
    const size = decoding.message.bytes.length;
    const end = this.scan(start);
    if (end === -1) return undefined;
    if (skipSpace(this.buffer, end) !== size)
      return decoding.binary === undefined ? this.decodeLines(decoding) : undefined;
    if (size > this.settings.maxEventBytes) return undefined;
    const event = this.readEvent(decoding, start, end, 0, false);
    return event === undefined ? undefined : [event];
  }

  /** Of a message that holds more than one object: NDJSON if each line has one. */
  private decodeLines(decoding: Decoding): Decoded[] | undefined {
    const { buffer, settings } = this;
    const { bytes } = decoding.message;
    const decoded: Decoded[] = [];
    for (let lineStart = 0, index = 0; lineStart <= bytes.length; index += 1) {
      const found = bytes.indexOf(newline, lineStart);
      const lineEnd = found === -1 ? bytes.length : found;
      const start = skipSpace(buffer, lineStart);
      if (start < lineEnd) {
        if (buffer[start] !== openBrace || lineEnd - lineStart > settings.maxEventBytes) return undefined;
        const end = this.scan(start);
        if (end === -1 || end > lineEnd || skipSpace(buffer, end) < lineEnd) return undefined;
        const event = this.readEvent(decoding, start, end, index, true);
        if (event === undefined) return undefined;
        decoded.push(event);
      }
      lineStart = lineEnd + 1;
    }
    return decoded;
  }

  private decodeArray(decoding: Decoding, arrayStart: number): Decoded[] | undefined {
    if (decoding.binary !== undefined) return undefined;
    const { buffer, settings } = this;
    const decoded: Decoded[] = [];
    let start = skipSpace(buffer, arrayStart + 1);
    for (let index = 0; ; index += 1) {
      if (buffer[start] !== openBrace) return undefined;
      const end = this.scan(start);
      if (end === -1 || end - start > settings.maxEventBytes) return undefined;
      const event = this.readEvent(decoding, start, end, index, true);
      if (event === undefined) return undefined;
      decoded.push(event);
      const behind = skipSpace(buffer, end);
      if (buffer[behind] === closeBracket)
        return skipSpace(buffer, behind + 1) === decoding.message.bytes.length ? decoded : undefined;
      if (buffer[behind] !== comma) return undefined;
      start = skipSpace(buffer, behind + 1);
    }
  }

  private scan(start: number): number {
    return this.layouts.scan(this.buffer, this.words, start);
  }

  /** The event of the object that was scanned last; undefined where its bytes are not UTF-8 or its envelope is at fault. */
  private readEvent(
    { message, binary }: Decoding,
    start: number,
    end: number,
    index: number,
    isInBatch: boolean,
  ): Decoded | undefined {
    const { settings, standard, kinds } = this;
    const text = this.scanner.isAscii ? undefined : this.wideTextOf(start, end);
    if (text === null) return undefined;
    const position = { source: settings.source, sequence: message.sequence, index };
    const bytes = text === undefined ? message.bytes : undefined;
    if (standard !== undefined && binary === undefined && kinds[standard.specversion] === scanned.absent) {
      const time = this.plainTimeAt(kinds[standard.time] === scanned.absent ? standard.ts : standard.time);
      const idKind = kinds[standard.id];
      const type = this.plainTextAt(standard.type, message.subject ?? "event");
      const source = this.plainTextAt(standard.source, settings.source);
      if (time === time && type !== "" && source !== "" && idKind !== undefined && isPlainId[idKind] === 1) {
        const idStart = this.starts[standard.id] ?? 0;
        const idEnd = this.ends[standard.id] ?? 0;
        let id: string | number | undefined;
        if (idKind === scanned.number) id = this.numbers[standard.id];
        else if (idKind === scanned.absent || idStart === idEnd) id = eventNameOf(position, isInBatch);
        else if (bytes === undefined) id = this.buffer.toString("latin1", idStart, idEnd);
        return {
          kind: "event",
          event: new ProjectedEvent(
            position,
            type,
            eventTimeMs(time),
            source,
            this.makeFields(this),
            bytes,
            start,
            end,
            idStart,
            idEnd,
            id,
            text,
          ),
        };
      }
    }
    const envelope = readEnvelope(this.readEnvelopeFields(), message, settings, binary);
    if (typeof envelope === "string") return undefined;
    const id = envelope.id ?? eventNameOf(position, isInBatch);
    const { type, time, source } = envelope;
    return {
      kind: "event",
      event: new ProjectedEvent(position, type, time, source, this.makeFields(this), bytes, start, end, 0, 0, id, text),
    };
  }

  /** The text of an object that is not ASCII; null where its bytes are not UTF-8. */
  private wideTextOf(start: number, end: number): string | null {
    try {
      return decoder.decode(this.buffer.subarray(start, end));
    } catch {
      return null;
    }
  }

  /** The time that is written in one of the two usual ways; NaN for any other, and for none. */
  private plainTimeAt(index: number): number {
    const { timeFormat } = this.settings;
    const kind = this.kinds[index];
    if (kind === scanned.number && (timeFormat === "auto" || timeFormat === "ms")) {
      const time = Math.floor(this.numbers[index] ?? Number.NaN) + 0;
      return Math.abs(time) <= instantMsMax ? time : Number.NaN;
    }
    if (kind === scanned.ascii && (timeFormat === "auto" || timeFormat === "iso"))
      return utcInstantAt(this.buffer, this.starts[index] ?? 0, this.ends[index] ?? 0);
    return Number.NaN;
  }

  /** Text that is written without escapes, or what stands for it where there is none; empty where it is written otherwise. */
  private plainTextAt(index: number, otherwise: string): string {
    const kind = this.kinds[index];
    if (kind === scanned.absent) return otherwise;
    if (kind !== scanned.ascii) return "";
    return this.texts.textOf(this.buffer, this.starts[index] ?? 0, this.ends[index] ?? 0) || otherwise;
  }

  private readEnvelopeFields(): EnvelopeFields {
    const fields: Record<string, unknown> = {};
    for (const { name, index } of this.envelopeNames) fields[name] = this.valueAt(index);
    return fields;
  }

  valueAt(index: number): JsonValue | undefined {
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

function wordsOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
