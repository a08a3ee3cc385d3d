import { assert } from "../base/assert.ts";

export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attemptCountMax: number;
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** What each delay is of the one before. */
  readonly factor: number;
  /** The longest that a channel's own wish (`Retry-After`) is followed. */
  readonly wishedDelayMsMax: number;
}

/** Ten tries over some four hours: the first again after seconds, for what was a hiccup; the last an hour apart, for what is an outage. */
export const defaultRetryPolicy: RetryPolicy = {
  attemptCountMax: 10,
  delayMsMin: 2_000,
  delayMsMax: 3_600_000,
  factor: 4,
  wishedDelayMsMax: 86_400_000,
};

/**
 * Milliseconds to wait after the `attempt`-th try (from 1) failed. Exponential, with the upper half of it drawn by lot, so
 * that what failed together does not come back together; never sooner than the channel wished.
 *
 * @param lot in [0, 1).
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, wishedMs: number | undefined, lot: number): number {
  assert(attempt >= 1, "tries are counted from 1");
  const full = Math.min(policy.delayMsMin * policy.factor ** (attempt - 1), policy.delayMsMax);
  const drawn = full / 2 + (full / 2) * lot;
  const wished = Math.min(wishedMs ?? 0, policy.wishedDelayMsMax);
  return Math.ceil(Math.max(drawn, wished));
}
