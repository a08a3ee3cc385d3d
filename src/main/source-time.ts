import { parseDuration, parseDurationOrNever } from "../core/time/duration.ts";
import type { DurationMs } from "../core/time/instant.ts";
import type { SourceTime } from "../core/time/source-time.ts";
import { CepError } from "../ports/error.ts";
import type { SourceConfig } from "../spec/config-schema.ts";

/** A log that does not stamp its messages may be of the past, with gaps of any length: what is ahead of it is no fault. */
const maxFutureDefaults = { nats: "1h", local: "1h", file: "never" } as const;

/** The times of a source as its settings have them. @throws {CepError} CONFIG for parts of a millisecond. */
export function sourceTimeOf(source: SourceConfig): SourceTime {
  const { name, kind, outOfOrderness, idle, maxFuture = maxFutureDefaults[kind], partitions } = source;
  return {
    source: name,
    outOfOrdernessMs: durationOf(outOfOrderness),
    idleMs: durationOrNeverOf(idle),
    maxFutureMs: durationOrNeverOf(maxFuture),
    partitions,
  };
}

/** The schema has checked its form. @throws {CepError} CONFIG for parts of a millisecond. */
export function durationOf(text: string): DurationMs {
  return wholeOrFault(text, parseDuration(text));
}

function durationOrNeverOf(text: string): DurationMs {
  return wholeOrFault(text, parseDurationOrNever(text));
}

function wholeOrFault(text: string, duration: DurationMs | undefined): DurationMs {
  if (duration === undefined)
    throw new CepError("CONFIG", `the duration ${text} of the settings is not in whole milliseconds`);
  return duration;
}
