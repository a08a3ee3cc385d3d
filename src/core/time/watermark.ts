import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { type DurationMs, type EventTimeMs, eventTimeMs, type LogTimeMs, logTimeMs } from "./instant.ts";

const codecVersion = 1;

/**
 * How far event time is known to have come: no event at or before `at` is expected any more. Plain state of a shard with
 * one source; change it only through the functions here, so that it never goes back.
 */
export interface Watermark {
  /** Minus infinity before the first event, plus infinity at the end of input. */
  at: EventTimeMs;
  /** Minus infinity before the first event. */
  eventTimeMax: EventTimeMs;
  /** Log time up to which an idle advance has been made; undefined while the source is not idle. */
  idleAt: LogTimeMs | undefined;
}

export function createWatermark(): Watermark {
  return { at: eventTimeMs(-Infinity), eventTimeMax: eventTimeMs(-Infinity), idleAt: undefined };
}

/**
 * True for an event that the watermark has passed. Judge each event before it moves the watermark itself.
 */
export function isLate(time: EventTimeMs, watermark: EventTimeMs): boolean {
  return time <= watermark;
}

/**
 * An event was taken: the watermark is at least the greatest event time so far - out-of-orderness - 1 ms, which allows
 * more events of that very time. Ends idleness. True where the watermark moved.
 */
export function advanceByEvent(watermark: Watermark, time: EventTimeMs, outOfOrderness: DurationMs): boolean {
  watermark.idleAt = undefined;
  if (time <= watermark.eventTimeMax) return false;
  watermark.eventTimeMax = time;
  return moveTo(watermark, time - outOfOrderness - 1);
}

/** Every source is at its end: from `at` on, the watermark follows log time. Said again while idle, it changes nothing. */
export function becomeIdle(watermark: Watermark, at: LogTimeMs): void {
  watermark.idleAt ??= at;
}

/**
 * A tick at log time `at`. While idle the watermark moves on by the log time that has passed since the last tick, never
 * straight to the clock, so that a backlog is not made late by it; otherwise, and before the first event, it stays. True where it moved.
 */
export function advanceByTick(watermark: Watermark, at: LogTimeMs): boolean {
  if (watermark.idleAt === undefined || at <= watermark.idleAt) return false;
  const passedMs = at - watermark.idleAt;
  watermark.idleAt = at;
  return moveTo(watermark, watermark.at + passedMs);
}

/** Moves the watermark to `at` though events before it may still come: the caller can hold no more of them back. True where it moved. */
export function advanceEarly(watermark: Watermark, at: EventTimeMs): boolean {
  return moveTo(watermark, at);
}

/** The end of a bounded input: every window fires and every deadline is due. True where it moved. */
export function advanceToEnd(watermark: Watermark): boolean {
  return moveTo(watermark, Infinity);
}

function moveTo(watermark: Watermark, at: number): boolean {
  if (at <= watermark.at) return false;
  watermark.at = eventTimeMs(at);
  return true;
}

export function encodeWatermark(watermark: Watermark, writer: ByteWriter): void {
  writer.byte(codecVersion);
  writer.number(watermark.at);
  writer.number(watermark.eventTimeMax);
  writer.boolean(watermark.idleAt !== undefined);
  if (watermark.idleAt !== undefined) writer.number(watermark.idleAt);
}

/** @throws {CorruptBytesError} */
export function decodeWatermark(reader: ByteReader): Watermark {
  if (reader.byte() !== codecVersion) throw new CorruptBytesError("state is of another version: watermark");
  const at = reader.number();
  const eventTimeMax = reader.number();
  const idleAt = reader.boolean() ? reader.number() : undefined;
  if (Number.isNaN(at) || Number.isNaN(eventTimeMax) || Number.isNaN(idleAt)) {
    throw new CorruptBytesError(`state is damaged: no watermark at ${reader.at}`);
  }
  return {
    at: eventTimeMs(at),
    eventTimeMax: eventTimeMs(eventTimeMax),
    idleAt: idleAt === undefined ? undefined : logTimeMs(idleAt),
  };
}
