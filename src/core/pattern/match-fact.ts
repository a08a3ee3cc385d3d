import type { JsonValue } from "../base/json.ts";
import type { Match } from "./match.ts";
import type { PatternProgram } from "./pattern-program.ts";
import { stepFactOfEvents } from "./step-fact.ts";

/** A match as a rule's conditions and templates see it: plain JSON. Every step that can take events is in `steps`. */
export interface MatchFact {
  readonly [member: string]: JsonValue;
}

export function matchFact(program: PatternProgram, match: Match): MatchFact {
  let count = 0;
  const steps: [string, JsonValue][] = [];
  for (const [index, name] of program.steps.entries()) {
    if (program.chain[index]?.kind !== "taking") continue;
    const events = match.steps.get(name) ?? [];
    count += events.length;
    steps.push([name, { ...stepFactOfEvents(events, program.factFields) }]);
  }
  return {
    start: match.start,
    end: match.end,
    time: match.time,
    durationMs: match.end - match.start,
    timedOut: match.timedOut,
    count,
    steps: Object.fromEntries(steps),
  };
}
