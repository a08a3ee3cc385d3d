import type { DurationMs } from "../time/instant.ts";
import type { Ending, NotStep, Onward, Step } from "./pattern-program.ts";

/** Steps that can take a match's first event. The end is none of them: an empty match is never given. */
export function startsOf(chain: readonly Step[]): number[] {
  return takersFrom(chain, 0).takers;
}

/** Where a partial match goes from step `index`, whose last event is the last one taken. */
export function onwardFrom(chain: readonly Step[], index: number): Onward {
  const nots: NotStep[] = [];
  let behind = index + 1;
  for (let step = chain[behind]; step !== undefined && step.kind !== "taking"; step = chain[behind]) {
    nots.push(step);
    behind += 1;
  }
  const bans = nots.filter(({ kind }) => kind === "notFollowedBy");
  const nextBans = nots.filter(({ kind }) => kind === "notNext");
  const { takers, reachesEnd } = takersFrom(chain, behind);
  const ending = reachesEnd ? endingOf({ bans, nextBans, isLast: behind === chain.length }) : "no";
  const leaving = ending === "byTime" || ending === "byNextEvent" ? [...takers, chain.length] : takers;
  return {
    growing: [index],
    growingOrLeaving: [index, ...leaving],
    leaving,
    ending,
    bans,
    nextBans,
    endGapMs: ending === "byTime" ? leastGap(bans) : undefined,
  };
}

/** The steps that take, from `first` on, up to and including the first that can't be left out. */
function takersFrom(
  chain: readonly Step[],
  first: number,
): { readonly takers: number[]; readonly reachesEnd: boolean } {
  const takers: number[] = [];
  for (let index = first; index < chain.length; index += 1) {
    const step = chain[index];
    if (step?.kind !== "taking") break;
    takers.push(index);
    if (!step.isOptional) return { takers, reachesEnd: false };
  }
  return { takers, reachesEnd: true };
}

function endingOf({
  bans,
  nextBans,
  isLast,
}: {
  readonly bans: readonly NotStep[];
  readonly nextBans: readonly NotStep[];
  readonly isLast: boolean;
}): Ending {
  if (isLast && bans.length > 0) return "byTime";
  return nextBans.length > 0 ? "byNextEvent" : "atOnce";
}

function leastGap(nots: readonly NotStep[]): DurationMs | undefined {
  let least: DurationMs | undefined;
  for (const { gapMs } of nots) if (gapMs !== undefined && (least === undefined || gapMs < least)) least = gapMs;
  return least;
}
