import { assert } from "../base/assert.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { CompiledCondition } from "../expr/compiled.ts";
import type { Scope } from "../expr/scope.ts";
import { advanceTime } from "./advance-time.ts";
import { earliestDeadline, onwardOf } from "./deadline.ts";
import { type Outcome, orderedMatches } from "./match-order.ts";
import { type CompletedMatch, PartialMatch, type PatternState, Taken } from "./partial-match.ts";
import type { PatternProgram, StepTest, TakingStep } from "./pattern-program.ts";
import type { PatternSink } from "./pattern-sink.ts";
import { shedOldest } from "./shed.ts";
import { holdBack, LivePartialMatches, releaseCompleted } from "./skip-strategy.ts";
import { fillStepFacts } from "./taken-fact.ts";

/** One event being offered: what is read, and what is gathered. */
interface Offer {
  readonly program: PatternProgram;
  readonly event: TocsinEvent;
  readonly ordinal: number;
  readonly scope: Scope;
  readonly sink: PatternSink;
  /** Partial matches after this event, in the order of their starts. */
  readonly next: PartialMatch[];
  readonly completed: CompletedMatch[];
}

/**
 * Offers one event to every partial match and to the beginning of the pattern, and tells the matches that it completes.
 * The time is moved to the event's first.
 *
 * The scope's event and time are set here, its key by the caller; the slots of the steps' facts are the pattern's own.
 * Events of one key are offered in event-time order, equal times in the order of arrival.
 *
 * *At the limit*: the partial matches with the earliest starts are given up, silently for the match, counted by `shed`.
 */
export function offerEvent(
  program: PatternProgram,
  state: PatternState,
  event: TocsinEvent,
  scope: Scope,
  sink: PatternSink,
): void {
  advanceTime(program, state, event.time, scope, sink);
  scope.event = event;
  scope.now = event.time;
  const offer: Offer = { program, event, ordinal: state.nextOrdinal, scope, sink, next: [], completed: [] };
  state.nextOrdinal += 1;
  for (const partialMatch of state.partialMatches) goOn(offer, partialMatch);
  begin(offer);
  settle(offer, state);
}

/** Takes over what the event made: lets matches out, ends what they skip, and keeps to the limits. */
function settle({ program, ordinal, sink, next, completed }: Offer, state: PatternState): void {
  const outcomes: Outcome[] = [];
  const release = (match: CompletedMatch): void => {
    outcomes.push({ ...match, timedOut: false });
  };
  if (completed.length > 0 || next.some(({ taken }) => taken.ordinal === ordinal)) state.heldEventCountBound += 1;
  const live = new LivePartialMatches(next);
  for (const match of completed) {
    if (program.skip.kind === "none") release(match);
    else holdBack(state, match);
  }
  releaseCompleted(program, state, live, release);
  shedOldest({ program, state, live, sink, release });
  state.partialMatches = live.head === 0 ? next : live.rest();
  state.nextDeadlineAt = earliestDeadline(program, state.partialMatches);
  for (const match of orderedMatches(program, outcomes)) sink.match(match);
}

/** The beginning never goes away: every event that fits a first step starts another partial match. */
function begin(offer: Offer): void {
  const { program } = offer;
  fillStepFacts(program, undefined, offer.scope);
  for (const start of program.starts) {
    const step = takingStep(program, start);
    const takes = fits(offer, step) && !meetsUntil(offer, step);
    if (!takes) continue;
    take(offer, start, undefined);
    if (step.isGreedy) return;
  }
}

/** What one partial match becomes by the event: one more for each way that takes it, and itself while a way is left. */
function goOn(offer: Offer, partialMatch: PartialMatch): void {
  const { program } = offer;
  fillStepFacts(program, partialMatch.taken, offer.scope);
  if (isKilled(offer, partialMatch)) return;
  const open: number[] = [];
  for (const way of partialMatch.waiting) {
    if (way === program.chain.length) {
      if (onwardOf(program, partialMatch.taken).ending === "byTime") open.push(way);
      else complete(offer, partialMatch.taken);
      continue;
    }
    const step = takingStep(program, way);
    const isFit = fits(offer, step);
    const isInLoop = way === partialMatch.taken.step;
    const isUntil = (isFit || isInLoop) && meetsUntil(offer, step);
    if (isFit && !isUntil) take(offer, way, partialMatch.taken);
    if (stays(step, { isInLoop, isFit, isUntil })) open.push(way);
    // Greed: an event that fits the loop is for the loop alone, so the ways that would leave it end here.
    if (step.isGreedy && isFit && !isUntil) break;
  }
  if (open.length === 0) return;
  const isSame = !partialMatch.isFresh && open.length === partialMatch.waiting.length;
  offer.next.push(isSame ? partialMatch : new PartialMatch(partialMatch.taken, open, false));
}

/** `without` and the not-steps behind the last step that took: an event that meets one ends all ways at once. */
function isKilled(offer: Offer, { taken, waiting, isFresh }: PartialMatch): boolean {
  const { program } = offer;
  for (const condition of program.without) if (holds(offer, condition, "without")) return true;
  const { bans, nextBans } = onwardOf(program, taken);
  for (const ban of bans) if (fits(offer, ban)) return true;
  if (!isFresh || nextBans.length === 0 || waiting.at(-1) === taken.step) return false;
  return nextBans.some((ban) => fits(offer, ban));
}

/** Whether a way is still open after the event: it is passed over, as the contiguity allows. */
function stays(
  step: TakingStep,
  { isInLoop, isFit, isUntil }: { readonly isInLoop: boolean; readonly isFit: boolean; readonly isUntil: boolean },
): boolean {
  const contiguity = isInLoop ? step.inner : step.contiguity;
  if (isInLoop && isUntil) return false;
  switch (contiguity) {
    case "strict":
      return false;
    case "relaxed":
      return !isFit;
    case "nonDeterministicRelaxed":
    case "combinations":
      return true;
  }
}

function take(offer: Offer, index: number, previous: Taken | undefined): void {
  const { program, event, ordinal } = offer;
  const step = takingStep(program, index);
  const taken = new Taken(index, event, ordinal, previous);
  const onward = onwardOf(program, taken);
  const isEnough = taken.count >= step.timesMin;
  if (isEnough && onward.ending === "atOnce") complete(offer, taken);
  const isFull = taken.count >= step.timesMax;
  const waiting = isFull ? onward.leaving : isEnough ? onward.growingOrLeaving : onward.growing;
  if (waiting.length > 0) offer.next.push(new PartialMatch(taken, waiting, true));
}

function complete({ completed, event }: Offer, taken: Taken): void {
  completed.push({ taken, time: event.time, deadline: undefined });
}

function fits(offer: Offer, { name, isOfType, where }: StepTest): boolean {
  if (isOfType !== undefined && !isOfType(offer.event.type)) return false;
  return where === undefined || holds(offer, where, name);
}

function meetsUntil(offer: Offer, { name, until }: TakingStep): boolean {
  return until !== undefined && holds(offer, until, name);
}

/** An error is told and does not hold. */
function holds({ scope, sink }: Offer, condition: CompiledCondition, step: string): boolean {
  const result = condition.holds(scope);
  if (typeof result === "boolean") return result;
  sink.error(result, step);
  return false;
}

function takingStep(program: PatternProgram, index: number): TakingStep {
  const step = program.chain[index];
  assert(step !== undefined && step.kind === "taking", "only a step that takes events is waited for");
  return step;
}
