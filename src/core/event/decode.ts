import { isJsonObject } from "../base/json.ts";
import type { DeadLetter, DeadLetterReason } from "./dead-letter.ts";
import {
  binaryAttributesOf,
  readEnvelope,
  type BinaryAttributes,
  type EnvelopeSettings,
  type MessageContext,
} from "./envelope.ts";
import type { TocsinEvent } from "./event.ts";
import { eventNameOf } from "./event-name.ts";
import { isDeeperThan, isJsonSpace, isLongerThanUtf8, skipJsonSpace, splitJsonArray } from "./json-text.ts";
import type { Position } from "./position.ts";

/** A message as the log gave it. */
export interface EncodedMessage extends MessageContext {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** Where the source could not hold the message whole: how many bytes it had. `bytes` is then its beginning. */
  readonly sizeBeforeCut?: number | undefined;
}

/** One element of a message: an event, or why it is none. */
export type Decoded =
  | { readonly kind: "event"; readonly event: TocsinEvent }
  | { readonly kind: "dead-letter"; readonly deadLetter: DeadLetter };

/** All that the elements of one message have in common. */
interface Decoding {
  readonly message: EncodedMessage;
  readonly settings: EnvelopeSettings;
  readonly binary: BinaryAttributes | undefined;
}

/** A byte order mark stays in the text, so that a dead letter keeps the bytes as they came. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const byteOrderMark = "\uFEFF";
const detailLengthMax = 300;

/** Text that is no JSON, as a value. */
class Unparsed {
  readonly detail: string;

  constructor(detail: string) {
    this.detail = detail;
  }
}

/**
 * The events of one message, in order; what is no event is a dead letter in its place.
 *
 * A message holds one JSON object; or a JSON array of them, where its first character is `[`; or NDJSON, where it is not one
 * JSON text and at least one of its lines has the outer form of an object. An event's index is its place in the array, or
 * its line in the message. Blank lines count and give nothing, and so does a blank message. A message in CloudEvents' binary
 * mode is one event, with the data as its fields.
 *
 * Total: there are no bytes for which it throws. One bad element costs no other.
 */
export function decodeMessage(message: EncodedMessage, settings: EnvelopeSettings): Decoded[] {
  const binary = binaryAttributesOf(message.headers);
  const decoding: Decoding = { message, settings, binary };
  if (message.sizeBeforeCut !== undefined) {
    const detail = `it has ${message.sizeBeforeCut} bytes, of which the source kept the first ${message.bytes.length}; the most is ${settings.maxEventBytes}`;
    return [bytesDeadLetter(decoding, 0, "too-large", detail, message.bytes)];
  }
  const text = decodeUtf8(message.bytes);
  if (text === undefined) return decodeDamaged(decoding);
  const json = text.startsWith(byteOrderMark) ? text.slice(1) : text;
  const start = skipJsonSpace(json, 0);
  if (start === json.length) return binary === undefined ? [] : [decodeObject(decoding, {}, 0, false, text)];
  if (binary !== undefined) return [decodeText(decoding, json, 0, false, text)];
  if (json.charCodeAt(start) === 0x5b) return decodeArray(decoding, json, text);
  return decodeObjectOrLines(decoding, json, text);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeArray(decoding: Decoding, json: string, raw: string): Decoded[] {
  const array = splitJsonArray(json);
  if (array.kind === "elements")
    return array.elements.map((element, index) => decodeText(decoding, element, index, true, element));
  const { maxDepth } = decoding.settings;
  if (isDeeperThan(json, maxDepth + 1))
    return [deadLetter(decoding, 0, "too-deep", `it is more than ${maxDepth} levels deep, and ${array.detail}`, raw)];
  return [deadLetter(decoding, 0, "not-json", array.detail, raw)];
}

function decodeObjectOrLines(decoding: Decoding, json: string, raw: string): Decoded[] {
  const single = decodeText(decoding, json, 0, false, raw);
  if (single.kind === "event" || !json.includes("\n")) return [single];
  const isUnread = single.deadLetter.reason === "too-large" || single.deadLetter.reason === "too-deep";
  const isOneText = isUnread ? !(parseJson(json) instanceof Unparsed) : single.deadLetter.reason !== "not-json";
  const lines = json.split("\n");
  const isNdjson =
    lines.some(looksLikeObject) && lines.filter((line) => skipJsonSpace(line, 0) < line.length).length > 1;
  if (isOneText || !isNdjson) return [single];
  const decoded: Decoded[] = [];
  for (const [index, line] of lines.entries()) {
    if (skipJsonSpace(line, 0) < line.length) decoded.push(decodeText(decoding, line, index, true, line));
  }
  return decoded;
}

/** Begins with `{` and ends with `}`: the line of an NDJSON batch, and hardly ever one of an indented object that is cut. */
function looksLikeObject(line: string): boolean {
  let last = line.length - 1;
  while (last >= 0 && isJsonSpace(line.charCodeAt(last))) last -= 1;
  return last > 0 && line.charCodeAt(last) === 0x7d && line.charCodeAt(skipJsonSpace(line, 0)) === 0x7b;
}

/** A message that is not UTF-8. Of an NDJSON batch only the lines at fault are lost. */
function decodeDamaged(decoding: Decoding): Decoded[] {
  const { bytes } = decoding.message;
  const detail = "its bytes are not UTF-8";
  const lines: Decoded[] = [];
  let isNdjson = false;
  let lineCount = 0;
  for (let start = 0, index = 0; start <= bytes.length; index += 1) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    const text = decodeUtf8(line);
    if (text === undefined) lines.push(bytesDeadLetter(decoding, index, "not-utf8", detail, line));
    else if (skipJsonSpace(text, 0) < text.length) {
      isNdjson ||= looksLikeObject(text);
      lines.push(decodeText(decoding, text, index, true, text));
    } else lineCount -= 1;
    lineCount += 1;
    start = end + 1;
  }
  if (decoding.binary === undefined && isNdjson && lineCount > 1) return lines;
  return [bytesDeadLetter(decoding, 0, "not-utf8", detail, bytes)];
}

function decodeText(decoding: Decoding, json: string, index: number, isInBatch: boolean, raw: string): Decoded {
  const { maxEventBytes, maxDepth } = decoding.settings;
  if (isLongerThanUtf8(json, maxEventBytes))
    return deadLetter(decoding, index, "too-large", `it has more than ${maxEventBytes} bytes`, raw);
  if (isDeeperThan(json, maxDepth))
    return deadLetter(decoding, index, "too-deep", `it is more than ${maxDepth} levels deep`, raw);
  const value = parseJson(json);
  if (value instanceof Unparsed) return deadLetter(decoding, index, "not-json", value.detail, raw);
  return decodeObject(decoding, value, index, isInBatch, raw);
}

function decodeObject(decoding: Decoding, value: unknown, index: number, isInBatch: boolean, raw: string): Decoded {
  if (!isJsonObject(value))
    return deadLetter(decoding, index, "not-an-object", `an object was expected, and it is ${kindOf(value)}`, raw);
  const envelope = readEnvelope(value, decoding.message, decoding.settings, decoding.binary);
  if (typeof envelope === "string") return deadLetter(decoding, index, "no-usable-time", envelope, raw);
  const position = positionAt(decoding, index);
  const event: TocsinEvent = {
    position,
    id: envelope.id ?? eventNameOf(position, isInBatch),
    type: envelope.type,
    time: envelope.time,
    source: envelope.source,
    fields: value,
  };
  return { kind: "event", event };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

/** A member named `__proto__` becomes an own one: `JSON.parse` defines members and assigns none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return new Unparsed(error instanceof Error ? error.message : "it can't be parsed");
  }
}

function positionAt(decoding: Decoding, index: number): Position {
  return { source: decoding.settings.source, sequence: decoding.message.sequence, index };
}

function deadLetter(decoding: Decoding, index: number, reason: DeadLetterReason, detail: string, raw: string): Decoded {
  const position = positionAt(decoding, index);
  return {
    kind: "dead-letter",
    deadLetter: { position, reason, detail: detail.slice(0, detailLengthMax), raw, encoding: "utf8" },
  };
}

function bytesDeadLetter(
  decoding: Decoding,
  index: number,
  reason: DeadLetterReason,
  detail: string,
  bytes: Uint8Array,
): Decoded {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return deadLetter(decoding, index, reason, detail, text);
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  return {
    kind: "dead-letter",
    deadLetter: { position: positionAt(decoding, index), reason, detail, raw, encoding: "base64" },
  };
}
