import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { eventTimeMs, type LogTimeMs, logTimeMs } from "./instant.ts";
import type { SourceTime } from "./source-time.ts";
import { createWatermark, findHolder, type Watermark } from "./watermark.ts";
import { newInput, type SourceInputs, type WatermarkInput } from "./watermark-input.ts";

const codecVersion = 2;

export function encodeWatermark(watermark: Watermark, writer: ByteWriter): void {
  writer.byte(codecVersion);
  writer.number(watermark.at);
  writer.number(watermark.eventTimeMax);
  writer.boolean(watermark.idleAt !== undefined);
  if (watermark.idleAt !== undefined) writer.number(watermark.idleAt);
  writer.count(watermark.sources.length);
  for (const { time, logTime, inputs } of watermark.sources) {
    writer.string(time.source);
    writer.number(logTime);
    writer.count(inputs.size);
    for (const { partition, at, seenAt, isIdle } of inputs.values()) {
      writer.boolean(partition !== undefined);
      if (partition !== undefined) writer.string(partition);
      writer.number(at);
      writer.number(seenAt);
      writer.boolean(isIdle);
    }
  }
}

/** A source as it was written. */
interface StoredSource {
  readonly name: string;
  readonly logTime: LogTimeMs;
  readonly inputs: readonly WatermarkInput[];
}

/**
 * Reads versions 1 (of one source that is one input) and 2. Sources may be others by now, and have other partitions: what is
 * still there goes on as it was.
 *
 * @throws {CorruptBytesError}
 */
export function decodeWatermark(reader: ByteReader, times?: readonly SourceTime[]): Watermark {
  const version = reader.byte();
  if (version !== 1 && version !== codecVersion) throw new CorruptBytesError("state is of another version: watermark");
  const watermark = createWatermark(times);
  watermark.at = eventTimeMs(readNumber(reader));
  watermark.eventTimeMax = eventTimeMs(readNumber(reader));
  watermark.idleAt = reader.boolean() ? logTimeMs(readNumber(reader)) : undefined;
  const stored = version === 1 ? [onlySourceOf(watermark)] : readSources(reader);
  const [only] = stored;
  for (const source of watermark.sources) {
    const isOnly = stored.length === 1 && watermark.sources.length === 1;
    const before = isOnly ? only : stored.find(({ name }) => name === source.time.source);
    if (before !== undefined) restoreInputs(source, before);
  }
  findHolder(watermark);
  return watermark;
}

/** What version 1 knew. */
function onlySourceOf({ at, idleAt }: Watermark): StoredSource {
  const input = { ...newInput(undefined, logTimeMs(-Infinity)), at, isIdle: idleAt !== undefined };
  return { name: "", logTime: logTimeMs(-Infinity), inputs: [input] };
}

function readSources(reader: ByteReader): readonly StoredSource[] {
  const sources: StoredSource[] = [];
  for (let left = reader.count(); left > 0; left -= 1) {
    const name = reader.string();
    const logTime = logTimeMs(readNumber(reader));
    const inputs: WatermarkInput[] = [];
    for (let leftInputs = reader.count(); leftInputs > 0; leftInputs -= 1) {
      const partition = reader.boolean() ? reader.string() : undefined;
      const at = eventTimeMs(readNumber(reader));
      const seenAt = logTimeMs(readNumber(reader));
      inputs.push({ partition, at, seenAt, isIdle: reader.boolean() });
    }
    sources.push({ name, logTime, inputs });
  }
  return sources;
}

/** Partitions go on where the source has them still, the whole source where it still has none. New ones are waited for from here. */
function restoreInputs(source: SourceInputs, before: StoredSource): void {
  source.logTime = before.logTime;
  const isPartitioned = source.time.partitions !== undefined;
  const expected = [...source.inputs.values()];
  source.inputs.clear();
  for (const input of before.inputs)
    if ((input.partition !== undefined) === isPartitioned) source.inputs.set(input.partition ?? "", input);
  for (const input of expected) {
    if (source.inputs.has(input.partition ?? "") || (input.partition === undefined && source.inputs.size > 0)) continue;
    input.seenAt = source.logTime;
    // No partition was known yet.
    const unknown = before.inputs.find(({ partition, at }) => partition === undefined && at === -Infinity);
    source.inputs.set(input.partition ?? "", input.partition === undefined ? (unknown ?? input) : input);
  }
}

function readNumber(reader: ByteReader): number {
  const value = reader.number();
  if (Number.isNaN(value)) throw new CorruptBytesError(`state is damaged: no watermark at ${reader.at}`);
  return value;
}
