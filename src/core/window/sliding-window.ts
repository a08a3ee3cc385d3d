import { assert } from "../base/assert.ts";
import { Deque } from "../base/deque.ts";
import type { JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { ReportExprError } from "../expr/context.ts";
import type { Scope } from "../expr/scope.ts";
import { type EventTimeMs, eventTimeMs } from "../time/instant.ts";
import { aggregateInput, conditionHolds, type SkipCounter } from "./aggregate-input.ts";
import { createSlidingAggregate, type SlidingAggregate } from "./sliding-aggregate.ts";
import { evidenceNameCountMax } from "./window-evidence.ts";
import type { WindowEvidence, WindowFact } from "./window-fact.ts";
import type { SlidingWindowProgram } from "./first-programs.ts";

/**
 * Events that one key's window holds. At the limit the oldest leaves early for each that enters, which is counted: the
 * window is then over the latest events only.
 */
export const slidingEventCountMax = 1_000_000;

/** A sliding window of one key: its events in event-time order, by columns. Change it only through the functions here. */
export class SlidingWindowState implements SkipCounter {
  readonly times = new Deque<EventTimeMs>();
  readonly names = new Deque<string | number>();
  /** In the order of the program's. */
  readonly aggregates: readonly SlidingAggregate[];
  /** Sequence number of the oldest entry. Not saved: entries are numbered anew on restore. */
  firstSequence = 0;
  /** Values skipped so far: absent, not numeric, in error, or over a limit. */
  skippedCount = 0;
  /** Events that left early so far, at the limit. */
  shedCount = 0;

  constructor(aggregates: readonly SlidingAggregate[]) {
    this.aggregates = aggregates;
  }
}

export function createSlidingState(program: SlidingWindowProgram): SlidingWindowState {
  return new SlidingWindowState(program.aggregates.map(createSlidingAggregate));
}

/**
 * What became of an event: `filtered` by the window's `where`, which leaves the state as it was; entered; or entered and
 * pushed the oldest one out.
 */
export type SlidingOutcome = "filtered" | "added" | "added-at-limit";

/**
 * Offers the event that `scope` holds. Amortised O(1) for each aggregate. Events come in event-time order, equal times in
 * the order taken: late ones are the caller's to keep out. Errors of conditions and expressions go to `report`.
 */
export function addToSliding(
  program: SlidingWindowProgram,
  state: SlidingWindowState,
  event: TocsinEvent,
  scope: Scope,
  report: ReportExprError,
): SlidingOutcome {
  if (!conditionHolds(program.where, scope, report)) return "filtered";
  assertInOrder(state, event.time);
  evictUpTo(program, state, event.time);
  const isAtLimit = state.times.size >= slidingEventCountMax;
  if (isAtLimit) {
    evictOldest(state);
    state.shedCount += 1;
  }
  const sequence = state.firstSequence + state.times.size;
  state.times.pushBack(event.time);
  state.names.pushBack(event.id);
  for (let index = 0; index < program.aggregates.length; index += 1) {
    const aggregate = program.aggregates[index];
    if (aggregate === undefined) continue;
    const input = aggregateInput(aggregate, scope, state, report);
    if (state.aggregates[index]?.add(input, sequence) === false) state.skippedCount += 1;
  }
  return isAtLimit ? "added-at-limit" : "added";
}

/**
 * The window at an evaluation at `at`: over `(at - size, at]`, with `start` and `end` those two, `firing` always
 * `onTime`, and `previous` always null, for it is known at every time and has no firings of its own. `at` never goes
 * back, nor behind an event that entered: what has left does not come again.
 */
export function slidingFact(program: SlidingWindowProgram, state: SlidingWindowState, at: EventTimeMs): WindowFact {
  return {
    ...slidingValues(program, state, at),
    start: at - program.sizeMs,
    end: at,
    firing: "onTime",
    previous: null,
  };
}

/** The declared aggregates alone, in the order of their names; otherwise as `slidingFact`. */
export function slidingValues(
  program: SlidingWindowProgram,
  state: SlidingWindowState,
  at: EventTimeMs,
): Readonly<Record<string, JsonValue>> {
  assertInOrder(state, at);
  evictUpTo(program, state, at);
  const values: Record<string, JsonValue> = {};
  for (const [index, aggregate] of state.aggregates.entries()) {
    const name = program.aggregateNames[index];
    if (name !== undefined) values[name] = aggregate.value();
  }
  return values;
}

/** The events in the window at `at`; otherwise as `slidingFact`. */
export function slidingEvidence(
  program: SlidingWindowProgram,
  state: SlidingWindowState,
  at: EventTimeMs,
): WindowEvidence {
  assertInOrder(state, at);
  evictUpTo(program, state, at);
  return { ids: state.names.latest(evidenceNameCountMax), count: state.names.size };
}

/** The time from which the window holds none of these events; undefined where it already holds none. */
export function slidingExpiry(program: SlidingWindowProgram, state: SlidingWindowState): EventTimeMs | undefined {
  const latest = state.times.back();
  return latest === undefined ? undefined : eventTimeMs(latest + program.sizeMs);
}

function assertInOrder(state: SlidingWindowState, at: EventTimeMs): void {
  const latest = state.times.back();
  assert(latest === undefined || at >= latest, "a sliding window is used in event-time order");
}

function evictUpTo(program: SlidingWindowProgram, state: SlidingWindowState, at: EventTimeMs): void {
  const startMs = at - program.sizeMs;
  for (let oldest = state.times.front(); oldest !== undefined && oldest <= startMs; oldest = state.times.front()) {
    evictOldest(state);
  }
}

function evictOldest(state: SlidingWindowState): void {
  state.times.popFront();
  state.names.popFront();
  for (const aggregate of state.aggregates) aggregate.evict(state.firstSequence);
  state.firstSequence += 1;
}
