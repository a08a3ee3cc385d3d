import type { TocsinEvent } from "../event/event.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { StepFact, Totals } from "./step-fact.ts";

/**
 * The last event that a partial match has taken, and through `previous` all those before it. Never changed, so partial
 * matches that branched off one another share what they took before: many live, so a class of one shape.
 */
export class Taken {
  readonly step: number;
  readonly event: TocsinEvent;
  /** Number of the event among those offered under this key: the order in which events come, whatever their times. */
  readonly ordinal: number;
  readonly previous: Taken | undefined;
  /** Events that this step has taken, this one included. */
  readonly count: number;
  /** The first event of this step, and the last one taken before it by another. */
  readonly firstOfStep: Taken;
  readonly beforeStep: Taken | undefined;
  /** The very first event taken. */
  readonly start: Taken;
  /** Derived from the events when first asked for; not part of the state. */
  fact: StepFact | undefined = undefined;
  totals: Totals | undefined = undefined;

  constructor(step: number, event: TocsinEvent, ordinal: number, previous: Taken | undefined) {
    const isSameStep = previous !== undefined && previous.step === step;
    this.step = step;
    this.event = event;
    this.ordinal = ordinal;
    this.previous = previous;
    this.count = isSameStep ? previous.count + 1 : 1;
    this.firstOfStep = isSameStep ? previous.firstOfStep : this;
    this.beforeStep = isSameStep ? previous.beforeStep : previous;
    this.start = previous === undefined ? this : previous.start;
  }
}

/**
 * A sequence of events taken, and all that it may still become. Of one sequence there is one partial match: the ways it
 * can go on are its `waiting`.
 */
export class PartialMatch {
  readonly taken: Taken;
  /**
   * Indexes of the steps that may take the next event, ascending; that of the last event taken stands for its loop, and
   * `steps.length` for an end that the next event or the time decides. Never empty.
   */
  readonly waiting: readonly number[];
  /** No event has been offered since the last one taken. */
  readonly isFresh: boolean;

  constructor(taken: Taken, waiting: readonly number[], isFresh: boolean) {
    this.taken = taken;
    this.waiting = waiting;
    this.isFresh = isFresh;
  }
}

/** A match that a skip strategy holds back while a partial match with an earlier start lives. */
export interface CompletedMatch {
  readonly taken: Taken;
  /** Of the event that closed it, or the deadline. */
  readonly time: EventTimeMs;
  readonly deadline: EventTimeMs | undefined;
}

/** What a pattern holds for one key. */
export class PatternState {
  /** Ordinal of the next event offered. */
  nextOrdinal = 0;
  /** In the order of their first events. */
  partialMatches: PartialMatch[] = [];
  /** In the order in which they are to come out; empty where nothing is skipped. */
  completed: CompletedMatch[] = [];
  /** When time alone changes something; undefined: never. Follows from the partial matches. */
  nextDeadlineAt: EventTimeMs | undefined = undefined;
  /** No fewer than the different events that are held; counted anew when it passes the limit. */
  heldEventCountBound = 0;
}

export function newPatternState(): PatternState {
  return new PatternState();
}

/** True where the state says no more than a new one does: it may be let go. */
export function isPatternStateEmpty(state: PatternState): boolean {
  return state.partialMatches.length === 0 && state.completed.length === 0;
}

/** Events taken, first to last. A loop, not a recursion: 100,000 events must not exhaust the stack. */
export function chainOf(last: Taken): Taken[] {
  const chain: Taken[] = [];
  for (let taken: Taken | undefined = last; taken !== undefined; taken = taken.previous) chain.push(taken);
  return chain.reverse();
}

/** The last event that `step` took on the way to `last`; undefined where it took none. */
export function lastOfStep(last: Taken | undefined, step: number): Taken | undefined {
  let taken = last;
  while (taken !== undefined && taken.step > step) taken = taken.beforeStep;
  return taken?.step === step ? taken : undefined;
}
