import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import { shedOldest } from "../../../src/core/pattern/shed.ts";
import { newPatternState, PartialMatch, Taken } from "../../../src/core/pattern/partial-match.ts";
import { LivePartialMatches } from "../../../src/core/pattern/skip-strategy.ts";
import { stepFactOfEvents } from "../../../src/core/pattern/step-fact.ts";
import { fillStepFacts } from "../../../src/core/pattern/taken-fact.ts";
import { eventOf, programOf } from "./scenario.ts";

const program = programOf({
  limits: { maxPartialMatches: 2 },
  sequence: [
    { begin: "a", times: "1+" },
    { followedBy: "b", times: "1+" },
    { next: "c", where: "a.count > 0 && b.sum.v > 0" },
  ],
});

test("the fact of what a partial match took = the fact of those events, read at any moment on the way", () => {
  const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom("x", "word"));
  fc.assert(
    fc.property(fc.array(fc.tuple(value, fc.boolean()), { minLength: 1, maxLength: 12 }), fc.nat(12), (taken, turn) => {
      const scope = emptyScope();
      let last: Taken | undefined;
      const events = taken.map(([v, isRead], index) => {
        const event = eventOf(`e v=${v}`, index, index);
        last = new Taken(index < turn ? 0 : 1, event, index, last);
        fillStepFacts(program, last, scope);
        if (isRead) JSON.stringify(scope.slots);
        return event;
      });
      const expected = [events.slice(0, turn), events.slice(turn)].map((step) =>
        stepFactOfEvents(step, program.factFields),
      );
      expect(JSON.stringify(scope.slots)).toBe(JSON.stringify(expected));
    }),
  );
});

test("the oldest partial matches are shed, and counted", () => {
  const items = [1, 2, 3, 4].map(
    (ordinal) => new PartialMatch(new Taken(0, eventOf("a", ordinal, ordinal), ordinal, undefined), [0], true),
  );
  const live = new LivePartialMatches([...items]);
  const counts: number[] = [];
  const sink = { match: () => undefined, error: () => undefined, shed: (count: number) => counts.push(count) };
  shedOldest({ program, state: newPatternState(), live, sink, release: () => undefined });
  expect([live.rest(), counts]).toEqual([items.slice(2), [2]]);
});
