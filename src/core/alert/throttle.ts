import type { ByteReader, ByteWriter } from "../base/bytes.ts";
import { CorruptBytesError } from "../base/bytes.ts";
import type { DurationMs, EventTimeMs } from "../time/instant.ts";
import { eventTimeMs } from "../time/instant.ts";

const version = 1;

interface ThrottlePeriod {
  lastGivenAt: EventTimeMs;
  heldCount: number;
}

/** What `throttle` remembers for one rule and key, by fingerprint. */
export class ThrottleState {
  readonly periods = new Map<string, ThrottlePeriod>();
}

/**
 * Whether an alert is given now, and if so how many were held since the last one given. One with
 * `at` < last given + throttle is held and starts no new period.
 */
export function admitAlert(
  state: ThrottleState,
  {
    fingerprint,
    at,
    throttleMs,
  }: { readonly fingerprint: string; readonly at: EventTimeMs; readonly throttleMs: DurationMs },
): { readonly kind: "given"; readonly heldCount: number } | { readonly kind: "held" } {
  const period = state.periods.get(fingerprint);
  if (period === undefined) {
    state.periods.set(fingerprint, { lastGivenAt: at, heldCount: 0 });
    return { kind: "given", heldCount: 0 };
  }
  if (at < period.lastGivenAt + throttleMs) {
    period.heldCount += 1;
    return { kind: "held" };
  }
  const { heldCount } = period;
  period.lastGivenAt = at;
  period.heldCount = 0;
  return { kind: "given", heldCount };
}

/** Ends the periods that are over at `at` and hold nothing back; one that does is kept, for the next alert tells the number. */
export function endThrottlePeriods(state: ThrottleState, at: EventTimeMs, throttleMs: DurationMs): void {
  for (const [fingerprint, { lastGivenAt, heldCount }] of state.periods) {
    if (heldCount === 0 && lastGivenAt + throttleMs <= at) state.periods.delete(fingerprint);
  }
}

/** When the first period that holds nothing back is over. */
export function nextThrottleEnd(state: ThrottleState, throttleMs: DurationMs): EventTimeMs | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const { lastGivenAt, heldCount } of state.periods.values()) {
    if (heldCount === 0) first = Math.min(first, lastGivenAt + throttleMs);
  }
  return first === Number.POSITIVE_INFINITY ? undefined : eventTimeMs(first);
}

export function encodeThrottle(state: ThrottleState, writer: ByteWriter): void {
  writer.byte(version);
  writer.count(state.periods.size);
  for (const [fingerprint, { lastGivenAt, heldCount }] of state.periods) {
    writer.string(fingerprint);
    writer.number(lastGivenAt);
    writer.count(heldCount);
  }
}

/** @throws {CorruptBytesError} where the bytes hold no throttle of this version. */
export function decodeThrottle(reader: ByteReader): ThrottleState {
  if (reader.byte() !== version) throw new CorruptBytesError("state is damaged or newer: no throttle of version 1");
  const state = new ThrottleState();
  for (let left = reader.count(); left > 0; left -= 1) {
    const fingerprint = reader.string();
    state.periods.set(fingerprint, { lastGivenAt: eventTimeMs(reader.number()), heldCount: reader.count() });
  }
  return state;
}
