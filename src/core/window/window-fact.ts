import type { JsonValue } from "../base/json.ts";
import type { EventTimeMs } from "../time/instant.ts";

/** Whether a firing came when the watermark passed the window's end, before, or after it. */
export type Firing = "early" | "onTime" | "late";

/**
 * A window as conditions and templates see it: its aggregates under their names, and `start`, `end`, `firing`, `previous`.
 * A window is `[start, end)`; a sliding one is over `(start, end]`.
 */
export interface WindowFact {
  readonly [aggregate: string]: JsonValue;
}

/** The events behind a window's value. */
export interface WindowEvidence {
  /** Names of the last 100, in the order taken. */
  readonly ids: readonly (string | number)[];
  readonly count: number;
}

/** A window that fired. */
export interface FiredWindow {
  /** Index of the window among those of its store. */
  readonly member: number;
  readonly start: EventTimeMs;
  readonly end: EventTimeMs;
  /** Time of the evaluation that it asks for: end - 1 (+ `ago`); of an early firing the time of the event, or the timer's - 1. */
  readonly at: EventTimeMs;
  /** An event made it fire before its end, and is at hand where the rule is evaluated. */
  readonly isByEvent: boolean;
  readonly firing: Firing;
  /** 0 for the first firing of this window, then 1, 2, …: part of the cause of an alert. */
  readonly ordinal: number;
  readonly fact: WindowFact;
  /** The declared aggregates alone. */
  readonly values: Readonly<Record<string, JsonValue>>;
  readonly evidence: WindowEvidence;
}
