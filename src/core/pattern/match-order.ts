import type { TocsinEvent } from "../event/event.ts";
import { comparePositions } from "../event/position.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { Match } from "./match.ts";
import { chainOf, type Taken } from "./partial-match.ts";
import type { PatternProgram } from "./pattern-program.ts";

/** What a match is made of before it is told. */
export interface Outcome {
  readonly taken: Taken;
  readonly time: EventTimeMs;
  readonly deadline: EventTimeMs | undefined;
  readonly timedOut: boolean;
}

/** Lexicographic, but the longer before its own prefix. */
export function compareSequences<T>(a: readonly T[], b: readonly T[], compare: (left: T, right: T) => number): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return -1;
    const order = compare(left, right);
    if (order !== 0) return order;
  }
  return a.length === b.length ? 0 : 1;
}

/** As the skip strategies see it: the earlier start first, then the events in the order in which they came. */
export function compareTaken(a: Taken, b: Taken): number {
  if (a.start !== b.start && a.start.ordinal !== b.start.ordinal) return a.start.ordinal - b.start.ordinal;
  const ordinals = (taken: Taken): readonly number[] => chainOf(taken).map(({ ordinal }) => ordinal);
  return compareSequences(ordinals(a), ordinals(b), (left, right) => left - right);
}

/** The matches of one moment in the order they are told: by their events' positions in the log. */
export function orderedMatches(program: PatternProgram, outcomes: readonly Outcome[]): Match[] {
  const made = outcomes.map((outcome) => matchOf(program, outcome));
  made.sort((a, b) =>
    compareSequences(a.events, b.events, (left, right) => comparePositions(left.position, right.position)),
  );
  return made.map(({ match }) => match);
}

function matchOf(
  program: PatternProgram,
  { taken, time, deadline, timedOut }: Outcome,
): { match: Match; events: TocsinEvent[] } {
  const chain = chainOf(taken);
  const steps = new Map<string, TocsinEvent[]>();
  for (const { step, event } of chain) {
    const name = program.steps[step] ?? "";
    const events = steps.get(name);
    if (events === undefined) steps.set(name, [event]);
    else events.push(event);
  }
  const match = { timedOut, steps, start: taken.start.event.time, end: taken.event.time, time, deadline };
  return { match, events: chain.map(({ event }) => event) };
}
