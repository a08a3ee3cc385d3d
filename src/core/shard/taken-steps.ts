import { comparePositions } from "../event/position.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { Match } from "../pattern/match.ts";

/** Events that a match took, in the order taken, each with its step. */
export function takenSteps({ steps }: Match): { readonly step: string; readonly event: TocsinEvent }[] {
  return [...steps]
    .flatMap(([step, events]) => events.map((event) => ({ step, event })))
    .sort((a, b) => a.event.time - b.event.time || comparePositions(a.event.position, b.event.position));
}
