import { type EventTimeMs, eventTimeMs, type LogTimeMs, logTimeMs } from "./instant.ts";
import type { SourceTime } from "./source-time.ts";

/** Partitions of one source that have a watermark each; further ones share one. */
export const partitionCountMax = 1_000;

/** Characters of a partition's name; those of longer names share one watermark. */
export const partitionNameLengthMax = 256;

/** What the partitions past the limits are called together. */
const sharedPartition = "*";

/** Where events come from that have one watermark of their own: a source, or a partition of one. Plain state. */
export interface WatermarkInput {
  /** Undefined: the source as a whole. */
  readonly partition: string | undefined;
  /** Its own watermark. Minus infinity before its first event. */
  at: EventTimeMs;
  /** Log time of its last event; before the first one, of the beginning of its source. */
  seenAt: LogTimeMs;
  /** Left out of the watermark until its next event. */
  isIdle: boolean;
}

/** The inputs of one source, and how far its log has come. */
export interface SourceInputs {
  readonly time: SourceTime;
  /** Greatest stamp of the source's own messages; other sources may be further. Minus infinity before the first. */
  logTime: LogTimeMs;
  /** By partition, in the order of their first events; of a source without partitions the only one is "". */
  readonly inputs: Map<string, WatermarkInput>;
  /** No partition becomes idle before log time is this: a bound, and no state. */
  idleFrom: number;
}

export function newInput(partition: string | undefined, seenAt: LogTimeMs): WatermarkInput {
  return { partition, at: eventTimeMs(-Infinity), seenAt, isIdle: false };
}

/** The source before its first message: partitions that are expected hold the watermark, and so does a source of which none is known. */
export function newSourceInputs(time: SourceTime): SourceInputs {
  const logTime = logTimeMs(-Infinity);
  const inputs = new Map<string, WatermarkInput>();
  for (const partition of time.partitions?.expect ?? []) inputs.set(partition, newInput(partition, logTime));
  if (inputs.size === 0) inputs.set("", newInput(undefined, logTime));
  return { time, logTime, inputs, idleFrom: -Infinity };
}

/**
 * The input that events of the partition belong to, made where there is none. A new one is left out until its event is
 * told to the watermark.
 *
 * *At the limit* of inputs, and of a name's length, the partition shares one input with others like it.
 */
export function inputOfPartition(source: SourceInputs, partition: string): WatermarkInput {
  const known = source.inputs.get(partition);
  if (known !== undefined && known.partition !== undefined) return known;
  const isShared = source.inputs.size >= partitionCountMax || partition.length > partitionNameLengthMax;
  if (isShared && partition !== sharedPartition) return inputOfShared(source);
  return joinInput(source, partition);
}

function inputOfShared(source: SourceInputs): WatermarkInput {
  return source.inputs.get(sharedPartition) ?? joinInput(source, sharedPartition);
}

function joinInput(source: SourceInputs, partition: string): WatermarkInput {
  // What stood for the source while no partition of it was known has done its work.
  if (source.inputs.get("")?.partition === undefined) source.inputs.delete("");
  const input = newInput(partition, source.logTime);
  input.isIdle = true;
  source.inputs.set(partition, input);
  return input;
}

/** The source's log came to `at`; of one that begins, what is expected is waited for from here. False where it had come so far. */
export function reachSourceTime(source: SourceInputs, at: LogTimeMs): boolean {
  if (at <= source.logTime) return false;
  if (source.logTime === -Infinity) for (const input of source.inputs.values()) input.seenAt = at;
  source.logTime = at;
  return true;
}

/** An input had an event: it is idle `idle` behind this at the earliest. */
export function noteSeen(source: SourceInputs, input: WatermarkInput): void {
  input.seenAt = source.logTime;
  if (!input.isIdle) return;
  const from = source.logTime + source.time.idleMs;
  if (from < source.idleFrom) source.idleFrom = from;
}

/** A partition that became idle, and when in log time. */
export interface QuietInput {
  readonly input: WatermarkInput;
  readonly from: number;
}

/** False where none of its partitions can have become idle. */
export function mayLeaveOut({ time, logTime, idleFrom }: SourceInputs): boolean {
  return time.partitions !== undefined && logTime >= idleFrom;
}

/**
 * Leaves out the partitions that had no event for `idle` of their source's log time, and appends them to `quiet`. A source
 * that is one input never becomes idle this way: that is for its broker to say.
 */
export function leaveOutQuiet(source: SourceInputs, quiet: QuietInput[]): void {
  if (!mayLeaveOut(source)) return;
  const { time, logTime } = source;
  source.idleFrom = Infinity;
  for (const input of source.inputs.values()) {
    if (input.isIdle) continue;
    const from = input.seenAt + time.idleMs;
    if (logTime >= from) {
      input.isIdle = true;
      quiet.push({ input, from });
    } else if (from < source.idleFrom) source.idleFrom = from;
  }
}
