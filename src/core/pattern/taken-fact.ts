import type { TocsinEvent } from "../event/event.ts";
import type { Scope } from "../expr/scope.ts";
import { lastOfStep, type Taken } from "./partial-match.ts";
import type { PatternProgram } from "./pattern-program.ts";
import { noTotals, type StepFact, stepFactOf, type Totals, totalsWith } from "./step-fact.ts";

/** Puts the facts of the steps that the pattern's conditions read into the scope, as of the partial match `taken`. */
export function fillStepFacts(program: PatternProgram, taken: Taken | undefined, scope: Scope): void {
  for (const step of program.factSteps) {
    scope.slots[program.firstSlot + step] = factOf(lastOfStep(taken, step), program.factFields);
  }
}

function factOf(last: Taken | undefined, fields: readonly string[]): StepFact {
  if (last === undefined) {
    return stepFactOf(
      { count: 0, first: undefined, last: undefined, totals: () => noTotals, events: () => [] },
      fields,
    );
  }
  last.fact ??= stepFactOf(
    {
      count: last.count,
      first: last.firstOfStep.event,
      last: last.event,
      totals: () => totalsOf(last),
      events: () => eventsOfStep(last),
    },
    fields,
  );
  return last.fact;
}

/** From the nearest earlier event of the step whose totals are known: a loop that grows by one adds one. */
function totalsOf(last: Taken): Totals {
  const missing: Taken[] = [];
  let known: Taken | undefined = last;
  while (known !== undefined && known.totals === undefined) {
    missing.push(known);
    known = known === known.firstOfStep ? undefined : known.previous;
  }
  let totals = known?.totals ?? noTotals;
  for (const taken of missing.reverse()) totals = totalsWith(totals, taken.event);
  last.totals = totals;
  return totals;
}

function* eventsOfStep(last: Taken): Iterable<TocsinEvent> {
  for (let taken: Taken | undefined = last; taken !== undefined && taken.step === last.step; taken = taken.previous) {
    yield taken.event;
  }
}
