import type { TocsinEvent } from "../event/event.ts";
import type { EventTimeMs } from "../time/instant.ts";

/** A match, or with `timedOut` a partial match that outlived `within`. */
export interface Match {
  readonly timedOut: boolean;
  /** Events taken by each step that took any, in the order taken; steps in the order of their first use. */
  readonly steps: ReadonlyMap<string, readonly TocsinEvent[]>;
  /** Times of the first and the last event taken. */
  readonly start: EventTimeMs;
  readonly end: EventTimeMs;
  /** The closing event's, or the deadline where time completed it or it timed out. */
  readonly time: EventTimeMs;
  /** The deadline, where time completed it or it timed out. */
  readonly deadline: EventTimeMs | undefined;
}
