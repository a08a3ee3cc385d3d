import type { Brand } from "../base/brand.ts";

/** Epoch milliseconds of the moment an event says it happened. An integer; negative before 1970. */
export type EventTimeMs = Brand<number, "EventTimeMs">;

/** Epoch milliseconds of the log: the greatest stamp of an entry so far. What others call processing time. */
export type LogTimeMs = Brand<number, "LogTimeMs">;

/** A length of time in milliseconds. */
export type DurationMs = Brand<number, "DurationMs">;

/**
 * Added to a time, it is the deadline of what comes after the events of that time, and before what is due as of the next
 * millisecond: a window that ends there has not let go of anything yet.
 */
export const behindEventsMs = 0.5;

export function eventTimeMs(epochMs: number): EventTimeMs {
  return epochMs as EventTimeMs;
}

export function logTimeMs(epochMs: number): LogTimeMs {
  return epochMs as LogTimeMs;
}

export function durationMs(ms: number): DurationMs {
  return ms as DurationMs;
}
