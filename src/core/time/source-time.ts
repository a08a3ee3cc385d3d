import { type DurationMs, durationMs } from "./instant.ts";

/** How the events of a source are told apart by where they come from. */
export interface Partitions {
  /** Top-level field of the event; `source`: the envelope's. */
  readonly by: string;
  /** Those that are waited for before their first event, by their text. */
  readonly expect: readonly string[];
}

/** What is known of the times of a source's events. Infinity of a duration: never. */
export interface SourceTime {
  /** As positions have it. */
  readonly source: string;
  /** How far an event's time may be behind the greatest of its input. Infinity: events move no watermark at all. */
  readonly outOfOrdernessMs: DurationMs;
  /** A partition without an event for so much log time is left out. */
  readonly idleMs: DurationMs;
  /** An event further ahead of log time than this is a dead letter. */
  readonly maxFutureMs: DurationMs;
  /** Undefined: the source is one input. */
  readonly partitions: Partitions | undefined;
}

/** The times of sources, or those of one that is out of order by so much and has no other bounds. */
export function timesOf({
  sources,
  outOfOrdernessMs,
}: {
  readonly sources?: readonly SourceTime[] | undefined;
  readonly outOfOrdernessMs: DurationMs;
}): readonly SourceTime[] {
  if (sources !== undefined) return sources;
  const never = durationMs(Infinity);
  return [{ source: "", outOfOrdernessMs, idleMs: never, maxFutureMs: never, partitions: undefined }];
}
