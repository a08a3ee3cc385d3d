import type { Scope } from "../expr/scope.ts";
import { type EventTimeMs, eventTimeMs } from "../time/instant.ts";
import { earliestDeadline, onwardOf, patternDeadline, waitingDeadline } from "./deadline.ts";
import { type Outcome, orderedMatches } from "./match-order.ts";
import { type CompletedMatch, PartialMatch, type PatternState } from "./partial-match.ts";
import type { PatternProgram } from "./pattern-program.ts";
import type { PatternSink } from "./pattern-sink.ts";
import { holdBack, LivePartialMatches, releaseCompleted } from "./skip-strategy.ts";

interface Due {
  readonly at: number;
  /** Of the partial match among the live ones. */
  readonly index: number;
}

/**
 * Lets every deadline up to and including `to` pass, in their order: a partial match is dead when `to` − start ≥ span.
 * What a last `notFollowedBy` waited for comes out as a match of its deadline, what died as a timed-out one where the
 * pattern asks for those. To be called with an event's time before the event is offered, and with watermark + 1 when the
 * watermark moves; a `to` behind an earlier one changes nothing.
 *
 * A step's own bound only closes that way: a loop that has enough events is left, an optional step is skipped. The partial
 * match dies with its last way; it is no timeout where it had come out as a match already and only a step's bound ran out.
 */
export function advanceTime(
  program: PatternProgram,
  state: PatternState,
  to: EventTimeMs,
  _scope: Scope,
  sink: PatternSink,
): void {
  if (state.nextDeadlineAt === undefined || state.nextDeadlineAt > to) return;
  const live = new LivePartialMatches([...state.partialMatches]);
  const due = deadlinesUpTo(program, state.partialMatches, to);
  for (let next = 0; next < due.length; ) {
    const at = due[next]?.at ?? 0;
    const outcomes: Outcome[] = [];
    const release = (match: CompletedMatch): void => {
      outcomes.push({ ...match, timedOut: false });
    };
    for (; due[next]?.at === at; next += 1) {
      const outcome = closeWays(program, live, due[next]?.index ?? 0, at);
      if (outcome === undefined) continue;
      if (outcome.timedOut || program.skip.kind === "none") outcomes.push(outcome);
      else holdBack(state, outcome);
    }
    releaseCompleted(program, state, live, release);
    for (const match of orderedMatches(program, outcomes)) sink.match(match);
  }
  state.partialMatches = live.rest();
  state.nextDeadlineAt = earliestDeadline(program, state.partialMatches);
}

/** Every deadline of every way, ascending, each partial match once for each. */
function deadlinesUpTo(program: PatternProgram, partialMatches: readonly PartialMatch[], to: number): Due[] {
  const due: Due[] = [];
  for (const [index, { taken, waiting }] of partialMatches.entries()) {
    const own = new Set<number>();
    for (const way of waiting) own.add(waitingDeadline(program, taken, way));
    // At the end of input `to` is infinite too: what nothing bounds is still not due.
    for (const at of own) if (at <= to && at !== Number.POSITIVE_INFINITY) due.push({ at, index });
  }
  return due.sort((a, b) => a.at - b.at || a.index - b.index);
}

/** Ends the ways of one partial match whose deadline is `at`; yields what comes of it. */
function closeWays(program: PatternProgram, live: LivePartialMatches, index: number, at: number): Outcome | undefined {
  const partialMatch = live.items[index];
  if (partialMatch === undefined) return undefined;
  const { taken, waiting, isFresh } = partialMatch;
  const open = waiting.filter((way) => waitingDeadline(program, taken, way) > at);
  live.items[index] = open.length === 0 ? undefined : new PartialMatch(taken, open, isFresh);
  const { ending } = onwardOf(program, taken);
  const end = program.chain.length;
  const deadline = eventTimeMs(at);
  const outcome = { taken, time: deadline, deadline };
  if (ending === "byTime" && waiting.includes(end) && !open.includes(end)) return { ...outcome, timedOut: false };
  if (open.length > 0 || !program.emitTimeouts) return undefined;
  const isMatchedAlready = ending === "atOnce" && isLongEnough(program, partialMatch);
  if (isMatchedAlready && at < patternDeadline(program, taken)) return undefined;
  return { ...outcome, timedOut: true };
}

function isLongEnough(program: PatternProgram, { taken }: PartialMatch): boolean {
  const step = program.chain[taken.step];
  return step?.kind === "taking" && taken.count >= step.timesMin;
}
