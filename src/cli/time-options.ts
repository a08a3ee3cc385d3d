import type { Command } from "commander";
import { parseDuration, parseDurationOrNever } from "../core/time/duration.ts";
import type { DurationMs } from "../core/time/instant.ts";
import type { SourceTime } from "../core/time/source-time.ts";

/** What a command line says of the times of its events. */
export interface TimeArguments {
  readonly outOfOrderness: string;
  /** Default `never`: a log without stamps may have gaps of any length. */
  readonly maxFuture?: string | undefined;
  /** Default: the source is one input. */
  readonly partitionBy?: string | undefined;
  readonly expect?: readonly string[] | undefined;
  /** Default `30s`, as in the settings. */
  readonly idle?: string | undefined;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Adds the options that `TimeArguments` has to a command that runs events of a file. */
export function addTimeOptions(command: Command): Command {
  return command
    .option("--out-of-orderness <duration>", "how far events may be out of order", "0s")
    .option("--max-future <duration>", "events further ahead of the log's time are dead letters (default: never)")
    .option("--partition-by <field>", "field by which events have a watermark each; the least of them counts")
    .option("--expect <partition>", "a partition that is waited for before its first event; may be repeated", collect)
    .option("--idle <duration>", "a partition that is quiet for so long is not waited for, or never (default: 30s)");
}

/** The times of the one source, or what is wrong with the arguments. */
export function sourceTimeOf(source: string, options: TimeArguments): SourceTime | string {
  const { outOfOrderness, maxFuture = "never", idle = "30s", partitionBy, expect = [] } = options;
  const outOfOrdernessMs = parseDuration(outOfOrderness);
  if (outOfOrdernessMs === undefined) return noDuration("--out-of-orderness", outOfOrderness);
  const maxFutureMs = parseDurationOrNever(maxFuture);
  if (maxFutureMs === undefined) return noDuration("--max-future", maxFuture);
  const idleMs = parseDurationOrNever(idle);
  if (idleMs === undefined) return noDuration("--idle", idle);
  if (partitionBy === undefined && expect.length > 0) return "--expect names partitions, so give --partition-by too";
  const partitions = partitionBy === undefined ? undefined : { by: partitionBy, expect };
  return { source, outOfOrdernessMs, maxFutureMs, idleMs, partitions };
}

/** The part of a shard's settings that comes of it. */
export function timeSettingsOf(time: SourceTime): {
  readonly outOfOrdernessMs: DurationMs;
  readonly sources: readonly SourceTime[];
} {
  return { outOfOrdernessMs: time.outOfOrdernessMs, sources: [time] };
}

function noDuration(option: string, text: string): string {
  return `${option} ${text} is no duration; write it with a unit, such as 5s`;
}
