import type { ByteReader, ByteWriter } from "../base/bytes.ts";
import { CorruptBytesError } from "../base/bytes.ts";
import type { DurationMs, EventTimeMs } from "../time/instant.ts";
import { eventTimeMs } from "../time/instant.ts";
import type { Severity } from "./effect.ts";
import { isRise, severities } from "./severity.ts";

const version = 1;

/**
 * Most fingerprints that a rule's throttle knows under one key. At the limit the one whose last alert was given longest
 * ago is forgotten: its next alert is given, and says nothing of those held.
 */
export const throttlePeriodCountMax = 10_000;

interface ThrottlePeriod {
  readonly lastGivenAt: EventTimeMs;
  readonly lastSeverity: Severity;
  heldCount: number;
}

/** What `throttle` remembers for one rule and key, by fingerprint; the one that gave an alert last stands last. */
export class ThrottleState {
  readonly periods = new Map<string, ThrottlePeriod>();
}

/** What is asked of a throttle. */
export interface Admission {
  readonly fingerprint: string;
  readonly at: EventTimeMs;
  readonly severity: Severity;
  readonly throttleMs: DurationMs;
}

/** `given`, with the number of those held since the last one given, and of periods forgotten at the limit; or `held`. */
export type Admitted =
  | { readonly kind: "given"; readonly heldCount: number; readonly shedCount: number }
  | { readonly kind: "held" };

/**
 * Whether an alert is given now, and if so how many were held since the last one given. One with
 * `at` < last given + throttle is held and starts no new period, unless it is more severe than the last one given.
 */
export function admitAlert(state: ThrottleState, { fingerprint, at, severity, throttleMs }: Admission): Admitted {
  const { periods } = state;
  const period = periods.get(fingerprint);
  if (period !== undefined && at < period.lastGivenAt + throttleMs && !isRise(period.lastSeverity, severity)) {
    period.heldCount += 1;
    return { kind: "held" };
  }
  periods.delete(fingerprint);
  let shedCount = 0;
  for (const longestAgo of periods.keys()) {
    if (periods.size < throttlePeriodCountMax) break;
    periods.delete(longestAgo);
    shedCount += 1;
  }
  periods.set(fingerprint, { lastGivenAt: at, lastSeverity: severity, heldCount: 0 });
  return { kind: "given", heldCount: period?.heldCount ?? 0, shedCount };
}

/**
 * Forgets the periods whose last alert was given `keptMs` ago or longer and that hold nothing back; one that does is kept,
 * for the next alert tells the number.
 */
export function endThrottlePeriods(state: ThrottleState, at: EventTimeMs, keptMs: DurationMs): void {
  for (const [fingerprint, { lastGivenAt, heldCount }] of state.periods) {
    if (heldCount === 0 && lastGivenAt + keptMs <= at) state.periods.delete(fingerprint);
  }
}

/** When the first period that holds nothing back is to be forgotten. */
export function nextThrottleEnd(state: ThrottleState, keptMs: DurationMs): EventTimeMs | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const { lastGivenAt, heldCount } of state.periods.values()) {
    if (heldCount === 0) first = Math.min(first, lastGivenAt + keptMs);
  }
  return first === Number.POSITIVE_INFINITY ? undefined : eventTimeMs(first);
}

export function encodeThrottle(state: ThrottleState, writer: ByteWriter): void {
  writer.byte(version);
  writer.count(state.periods.size);
  for (const [fingerprint, { lastGivenAt, lastSeverity, heldCount }] of state.periods) {
    writer.string(fingerprint);
    writer.number(lastGivenAt);
    writer.byte(severities.indexOf(lastSeverity));
    writer.count(heldCount);
  }
}

/** @throws {CorruptBytesError} where the bytes hold no throttle of this version. */
export function decodeThrottle(reader: ByteReader): ThrottleState {
  if (reader.byte() !== version) throw new CorruptBytesError("state is damaged or newer: no throttle of version 1");
  const state = new ThrottleState();
  for (let left = reader.count(); left > 0; left -= 1) {
    const fingerprint = reader.string();
    const lastGivenAt = reader.number();
    const lastSeverity = severities[reader.byte()];
    const heldCount = reader.count();
    if (lastSeverity === undefined || !Number.isFinite(lastGivenAt)) {
      throw new CorruptBytesError(`state is damaged: no period of a throttle at ${reader.at}`);
    }
    state.periods.set(fingerprint, { lastGivenAt: eventTimeMs(lastGivenAt), lastSeverity, heldCount });
  }
  return state;
}
