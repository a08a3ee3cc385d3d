import type { SlidingEntries } from "./sliding-entries.ts";
import type { SlidingLanePlan, SlidingPlan } from "./sliding-plan.ts";
import { SlidingRange } from "./sliding-range.ts";

/**
 * Events that one key's window holds. At the limit the oldest leaves early for each that enters, which is counted: the
 * window is then over the latest events only.
 */
export const slidingEventCountMax = 1_000_000;

/** Windows that see the very same events: the events, and where each window stands in them. */
export interface SlidingLane {
  readonly entries: SlidingEntries;
  /** In the order of the lane's members. */
  readonly ranges: readonly SlidingRange[];
}

export function rangesOf({ members }: SlidingLanePlan): readonly SlidingRange[] {
  return members.map(() => new SlidingRange(0));
}

/** What is saved of a key's exact sliding windows. */
export interface SlidingState {
  readonly plan: SlidingPlan;
  readonly lanes: readonly SlidingLane[];
  readonly skippedCount: number;
  readonly shedCount: number;
}
