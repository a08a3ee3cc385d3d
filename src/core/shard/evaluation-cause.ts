import { alertIdOf, positionCause } from "../alert/alert-identity.ts";
import type { Cause } from "../alert/alert-identity.ts";
import type { EffectId } from "../alert/effect.ts";
import { assert } from "../base/assert.ts";
import type { Evaluation } from "./evaluation.ts";
import { takenSteps } from "./taken-steps.ts";

/** The id of the alert that an evaluation leads to; one that waited has it from before. */
export function alertIdFor(evaluation: Evaluation): EffectId {
  const { rule, place, because } = evaluation;
  if (because.kind === "answer") return because.question.id;
  const { id, decision } = rule.program;
  return alertIdOf({ rule: id, decision, key: place.key, cause: causeOf(evaluation) });
}

/** What made an evaluation come about, for the ids of what it leads to: docs/protocol.md, rule 7. */
export function causeOf({ event, because, at }: Evaluation): Cause {
  switch (because.kind) {
    case "event":
      assert(event !== undefined, "an evaluation at an event has it");
      return { kind: "event", position: positionCause(event.position), ordinal: because.ordinal };
    case "tick":
      return { kind: "tick", at };
    case "resolve":
      assert(false, "an alert's end has its own cause");
    case "window": {
      const { start, end, ordinal } = because.fired;
      return { kind: "window", window: because.declared.name, start, end, ordinal };
    }
    case "answer":
      return { kind: "question", question: because.question.id };
    case "match": {
      const taken = takenSteps(because.match).map(
        ({ step, event: { position } }) => [step, ...positionCause(position)] as const,
      );
      return {
        kind: "match",
        pattern: because.name,
        timedOut: because.match.timedOut,
        taken,
        deadline: because.match.deadline,
      };
    }
  }
}
