import { assert } from "../base/assert.ts";
import { type DurationMs, durationMs, type EventTimeMs, eventTimeMs, type LogTimeMs } from "./instant.ts";
import { type SourceTime, timesOf } from "./source-time.ts";
import {
  leaveOutQuiet,
  mayLeaveOut,
  newSourceInputs,
  noteSeen,
  type QuietInput,
  reachSourceTime,
  type SourceInputs,
  type WatermarkInput,
} from "./watermark-input.ts";

/**
 * How far event time is known to have come: no event at or before `at` is expected any more. It is the least of the inputs
 * that are not idle. State of a shard; change it only through the functions here, so that it never goes back.
 */
export interface Watermark {
  /** Minus infinity before the first event, plus infinity at the end of input. */
  at: EventTimeMs;
  /** Minus infinity before the first event. */
  eventTimeMax: EventTimeMs;
  /** Log time up to which an idle advance has been made; undefined while not every source is idle. */
  idleAt: LogTimeMs | undefined;
  readonly sources: readonly SourceInputs[];
  /** The input that is furthest back, and how far it may come before another is: found again where they are not known, and no state. */
  holder: WatermarkInput | undefined;
  othersAt: number;
}

export function createWatermark(
  times: readonly SourceTime[] = timesOf({ outOfOrdernessMs: durationMs(0) }),
): Watermark {
  assert(times.length > 0, "events come from a source");
  const watermark: Watermark = {
    at: eventTimeMs(-Infinity),
    eventTimeMax: eventTimeMs(-Infinity),
    idleAt: undefined,
    sources: times.map(newSourceInputs),
    holder: undefined,
    othersAt: -Infinity,
  };
  findHolder(watermark);
  return watermark;
}

/**
 * True for an event that the watermark has passed. Judge each event before it moves the watermark itself.
 */
export function isLate(time: EventTimeMs, watermark: EventTimeMs): boolean {
  return time <= watermark;
}

/**
 * An event of an input was taken: the input's watermark is at least the greatest event time so far - out-of-orderness -
 * 1 ms, which allows more events of that very time. Ends idleness. True where the watermark moved.
 *
 * @param input default the only one.
 */
export function advanceByEvent(
  watermark: Watermark,
  time: EventTimeMs,
  outOfOrderness: DurationMs,
  input: WatermarkInput = onlyInputOf(watermark),
): boolean {
  watermark.idleAt = undefined;
  if (time > watermark.eventTimeMax) watermark.eventTimeMax = time;
  const at = time - outOfOrderness - 1;
  if (at > input.at) input.at = eventTimeMs(at);
  else if (!input.isIdle) return false;
  if (input.isIdle) {
    input.isIdle = false;
    return moveToLeast(watermark);
  }
  if (input !== watermark.holder) return false;
  return input.at <= watermark.othersAt ? moveTo(watermark, input.at) : moveToLeast(watermark);
}

/** The same for an input of a source whose log time is known. */
export function advanceByEventOf(
  watermark: Watermark,
  source: SourceInputs,
  input: WatermarkInput,
  time: EventTimeMs,
): boolean {
  noteSeen(source, input);
  return advanceByEvent(watermark, time, source.time.outOfOrdernessMs, input);
}

/**
 * The log of a source came to `at` (undefined: every source's did, for all are at their ends): partitions that were quiet for
 * so long are left out, in the order in which they became so. Where none is left, the watermark is as the last of them left
 * it. True where it moved.
 */
export function advanceByLogTime(watermark: Watermark, at: LogTimeMs, source: SourceInputs | undefined): boolean {
  if (source !== undefined && !(reachSourceTime(source, at) && mayLeaveOut(source))) return false;
  const quiet: QuietInput[] = [];
  if (source === undefined) {
    for (const each of watermark.sources) if (reachSourceTime(each, at)) leaveOutQuiet(each, quiet);
  } else leaveOutQuiet(source, quiet);
  if (quiet.length === 0) return false;
  const hasMoved = moveToLeast(watermark);
  return watermark.holder === undefined ? moveTo(watermark, leastOfLast(quiet)) : hasMoved;
}

/** The least of those that became idle last, as one: it was the watermark until they did. */
function leastOfLast(quiet: readonly QuietInput[]): number {
  let last = -Infinity;
  let least = Infinity;
  for (const { input, from } of quiet) {
    if (from < last) continue;
    least = from > last ? input.at : Math.min(least, input.at);
    last = from;
  }
  return least;
}

/** Every source is at its end: from `at` on, the watermark follows log time. Said again while idle, it changes nothing. */
export function becomeIdle(watermark: Watermark, at: LogTimeMs): void {
  watermark.idleAt ??= at;
  for (const { inputs } of watermark.sources) for (const input of inputs.values()) input.isIdle = true;
  watermark.holder = undefined;
}

/** One source is at its end while others are not: it is left out until its next event. True where the watermark moved. */
export function leaveOut(watermark: Watermark, { inputs }: SourceInputs): boolean {
  for (const input of inputs.values()) input.isIdle = true;
  return moveToLeast(watermark);
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

/** Moves the watermark to `at` though events before it may still come: the caller can hold no more of them back, or was told so. True where it moved. */
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

function moveToLeast(watermark: Watermark): boolean {
  findHolder(watermark);
  return watermark.holder !== undefined && moveTo(watermark, watermark.holder.at);
}

/** Call it where what the watermark knows of its holder may be wrong: an input came, went or returned, or was restored. */
export function findHolder(watermark: Watermark): void {
  let holder: WatermarkInput | undefined;
  let others = Infinity;
  for (const { inputs } of watermark.sources) {
    for (const input of inputs.values()) {
      if (input.isIdle) continue;
      if (holder === undefined || input.at < holder.at) {
        others = holder?.at ?? Infinity;
        holder = input;
      } else if (input.at < others) others = input.at;
    }
  }
  watermark.holder = holder;
  watermark.othersAt = others;
}

function onlyInputOf({ sources }: Watermark): WatermarkInput {
  const input = sources[0]?.inputs.get("");
  assert(input !== undefined, "a source without partitions is one input");
  return input;
}
