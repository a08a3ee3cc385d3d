import { compareTaken } from "./match-order.ts";
import { type CompletedMatch, lastOfStep, type PartialMatch, type PatternState, type Taken } from "./partial-match.ts";
import type { PatternProgram, SkipStrategy } from "./pattern-program.ts";

/**
 * The partial matches of a state while some of them end: in the order of their starts, so that all a skip strategy
 * prunes, and all that a limit sheds, is taken from the front.
 */
export class LivePartialMatches {
  readonly items: (PartialMatch | undefined)[];
  /** No item before it lives. */
  head = 0;

  constructor(items: (PartialMatch | undefined)[]) {
    this.items = items;
  }

  /** Ordinal of the earliest start of any that lives. */
  firstStart(): number | undefined {
    while (this.head < this.items.length && this.items[this.head] === undefined) this.head += 1;
    return this.items[this.head]?.taken.start.ordinal;
  }

  /** Ends those that start before `ordinal`. */
  prune(ordinal: number): void {
    for (let start = this.firstStart(); start !== undefined && start < ordinal; start = this.firstStart())
      this.dropFirst();
  }

  /** Ends the one with the earliest start. */
  dropFirst(): void {
    this.items[this.head] = undefined;
    this.head += 1;
  }

  rest(): PartialMatch[] {
    return this.items.filter((item) => item !== undefined);
  }
}

/** Puts a completed match where it stands among those held back. */
export function holdBack(state: PatternState, match: CompletedMatch): void {
  let low = 0;
  let high = state.completed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const held = state.completed[middle];
    if (held !== undefined && compareTaken(held.taken, match.taken) <= 0) low = middle + 1;
    else high = middle;
  }
  state.completed.splice(low, 0, match);
}

/**
 * Lets out completed matches while no partial match with an earlier start lives, and after each ends what the strategy
 * skips: partial and completed matches alike, judged by their starts.
 */
export function releaseCompleted(
  program: PatternProgram,
  state: PatternState,
  live: LivePartialMatches,
  release: (match: CompletedMatch) => void,
): void {
  const { completed } = state;
  let next = 0;
  for (let first = completed[next]; first !== undefined; first = completed[next]) {
    const earliest = live.firstStart();
    if (earliest !== undefined && earliest < first.taken.start.ordinal) break;
    release(first);
    next += 1;
    const bound = skipBound(program.skip, first.taken);
    live.prune(bound);
    for (let held = completed[next]; held !== undefined && held.taken.start.ordinal < bound; held = completed[next])
      next += 1;
  }
  completed.splice(0, next);
}

/** What starts before this ordinal is skipped after the match. A step that took nothing skips nothing. */
function skipBound(skip: SkipStrategy, match: Taken): number {
  switch (skip.kind) {
    case "none":
      return Number.NEGATIVE_INFINITY;
    case "toNext":
      return match.start.ordinal + 1;
    case "pastLastEvent":
      return match.ordinal + 1;
    case "toFirst":
      return lastOfStep(match, skip.step)?.firstOfStep.ordinal ?? Number.NEGATIVE_INFINITY;
    case "toLast":
      return lastOfStep(match, skip.step)?.ordinal ?? Number.NEGATIVE_INFINITY;
  }
}
