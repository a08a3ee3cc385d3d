import type { CompletedMatch, PatternState, Taken } from "./partial-match.ts";
import type { PatternProgram } from "./pattern-program.ts";
import type { PatternSink } from "./pattern-sink.ts";
import { type LivePartialMatches, releaseCompleted } from "./skip-strategy.ts";

interface Shedding {
  readonly program: PatternProgram;
  readonly state: PatternState;
  readonly live: LivePartialMatches;
  readonly sink: PatternSink;
  readonly release: (match: CompletedMatch) => void;
}

/**
 * Keeps a state within the pattern's limits: partial matches and the completed ones that wait behind them, and the
 * different events that they hold. The partial matches with the earliest starts go first; what waited for them comes out.
 */
export function shedOldest({ program, state, live, sink, release }: Shedding): void {
  let count = Math.max(0, live.items.length - live.head + state.completed.length - program.partialMatchCountMax);
  count = Math.min(count, live.items.length - live.head);
  for (let shed = 0; shed < count; shed += 1) live.dropFirst();
  if (state.heldEventCountBound > program.heldEventCountMax) count += shedHeldEvents(program, state, live);
  if (count === 0) return;
  sink.shed(count);
  releaseCompleted(program, state, live, release);
}

/** Keeps the youngest partial matches that hold no more than the limit together. */
function shedHeldEvents(program: PatternProgram, state: PatternState, live: LivePartialMatches): number {
  const held = new HeldEvents();
  for (const { taken } of state.completed) held.add(taken);
  state.heldEventCountBound = held.ordinals.size;
  let kept = live.items.length;
  while (kept > live.head) {
    const partialMatch = live.items[kept - 1];
    if (partialMatch !== undefined) held.add(partialMatch.taken);
    if (held.ordinals.size > program.heldEventCountMax) break;
    state.heldEventCountBound = held.ordinals.size;
    kept -= 1;
  }
  const count = kept - live.head;
  for (let shed = 0; shed < count; shed += 1) live.dropFirst();
  return count;
}

/** The different events of several partial matches; what they share is walked once. */
class HeldEvents {
  readonly seen = new Set<Taken>();
  readonly ordinals = new Set<number>();

  add(last: Taken): void {
    for (let taken: Taken | undefined = last; taken !== undefined && !this.seen.has(taken); taken = taken.previous) {
      this.seen.add(taken);
      this.ordinals.add(taken.ordinal);
    }
  }
}
