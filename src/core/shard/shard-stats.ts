import type { ExprError } from "../expr/expr-error.ts";

/** The last error of a rule or a lone pattern, and how many there were. */
export interface ErrorSample {
  count: number;
  last: ExprError;
}

/** Counts since the shard was made. Not part of its state: they are for telemetry alone. */
export interface ShardStats {
  events: number;
  deadLetters: number;
  lateEvents: number;
  eventsWithoutKey: number;
  alerts: number;
  alertsHeld: number;
  /** Alerts of shadow rules; `alerts` has the others. */
  alertsShadow: number;
  /** Alerts that ended. */
  alertsResolved: number;
  /** Evaluations that held outside the rule's `activeTimes`. */
  resultsInactive: number;
  derivedEvents: number;
  /** Derived events that were not made, at the limit of what one event or deadline may lead to. */
  derivedEventsShed: number;
  keysShed: number;
  partialMatchesShed: number;
  eventsReleasedEarly: number;
  /** Events that left a sliding window early, and those that a tumbling one did not take, at their limits. */
  windowEventsShed: number;
  /** Periods of throttles that were forgotten at the limit. */
  throttlePeriodsShed: number;
  /** Alerts that a late firing could no longer take back, forgotten at the limit. */
  rememberedAlertsShed: number;
  /** Evaluations that waited for asynchronous facts and were given up at the limit. */
  questionsShed: number;
  /** Members that were added to lists and forgotten at the limit. */
  listMembersShed: number;
  /** By the id of the rule or the lone pattern: no more than there are documents. */
  readonly errors: Map<string, ErrorSample>;
}

export function newShardStats(): ShardStats {
  return {
    events: 0,
    deadLetters: 0,
    lateEvents: 0,
    eventsWithoutKey: 0,
    alerts: 0,
    alertsHeld: 0,
    alertsShadow: 0,
    alertsResolved: 0,
    resultsInactive: 0,
    derivedEvents: 0,
    derivedEventsShed: 0,
    keysShed: 0,
    partialMatchesShed: 0,
    eventsReleasedEarly: 0,
    windowEventsShed: 0,
    throttlePeriodsShed: 0,
    rememberedAlertsShed: 0,
    questionsShed: 0,
    listMembersShed: 0,
    errors: new Map(),
  };
}

export function countError({ errors }: ShardStats, id: string, error: ExprError): void {
  const sample = errors.get(id);
  if (sample === undefined) {
    errors.set(id, { count: 1, last: error });
    return;
  }
  sample.count += 1;
  sample.last = error;
}
