import { assert } from "../base/assert.ts";
import type { EventTimeMs } from "../time/instant.ts";
import { eventTimeMs } from "../time/instant.ts";
import type { PartialMatch, Taken } from "./partial-match.ts";
import type { PatternProgram } from "./pattern-program.ts";

/** When the whole pattern's bounds end a partial match; Infinity where it has none. */
export function patternDeadline(program: PatternProgram, taken: Taken): number {
  const { spanMs = Number.POSITIVE_INFINITY, gapMs = Number.POSITIVE_INFINITY } = program;
  return Math.min(taken.start.event.time + spanMs, taken.event.time + gapMs);
}

/**
 * When `waiting`, one of the ways a partial match may go on, ends: an event of that time is too late for it. Infinity
 * where nothing bounds it. A loop's own bounds hold between its events, as Flink documents `times(n, window)`; a single
 * step's gap holds for its event and the one taken before.
 */
export function waitingDeadline(program: PatternProgram, taken: Taken, waiting: number): number {
  const bound = patternDeadline(program, taken);
  if (waiting === program.chain.length) {
    const { endGapMs = Number.POSITIVE_INFINITY } = onwardOf(program, taken);
    return Math.min(bound, taken.event.time + endGapMs);
  }
  const step = program.chain[waiting];
  assert(step !== undefined && step.kind === "taking", "a partial match waits for a step that takes events");
  const { gapMs = Number.POSITIVE_INFINITY, spanMs = Number.POSITIVE_INFINITY } = step;
  if (waiting === taken.step) return Math.min(bound, taken.event.time + gapMs, taken.firstOfStep.event.time + spanMs);
  return step.timesMax === 1 ? Math.min(bound, taken.event.time + gapMs) : bound;
}

/** When the first of its ways ends. */
export function partialMatchDeadline(program: PatternProgram, { taken, waiting }: PartialMatch): number {
  let first = Number.POSITIVE_INFINITY;
  for (const way of waiting) first = Math.min(first, waitingDeadline(program, taken, way));
  return first;
}

export function earliestDeadline(
  program: PatternProgram,
  partialMatches: readonly PartialMatch[],
): EventTimeMs | undefined {
  if (!program.hasDeadlines) return undefined;
  let first = Number.POSITIVE_INFINITY;
  for (const partialMatch of partialMatches) first = Math.min(first, partialMatchDeadline(program, partialMatch));
  return first === Number.POSITIVE_INFINITY ? undefined : eventTimeMs(first);
}

export function onwardOf(program: PatternProgram, { step }: Taken): PatternProgram["onward"][number] {
  const onward = program.onward[step];
  assert(onward !== undefined, "a partial match stands at a step of its own pattern");
  return onward;
}
