import type { Because, Why } from "../alert/why.ts";
import { explainCondition } from "../expr/explain/explanation.ts";
import type { Evaluation } from "./evaluation.ts";
import { explainedNames } from "./explained-names.ts";
import type { Output } from "./output.ts";
import type { EvaluationExplanation, Fate } from "./rule-explanation.ts";
import type { Shard } from "./shard.ts";

/** Conditions that an alert's `why` tells, from the first on. */
const whyNodeCountMax = 60;
/** The same where somebody asks. */
const explainedNodeCountMax = 2_000;

/** Why the alert of an evaluation is given. The scope stands at the evaluation; it is not changed. */
export function whyOf(shard: Shard, evaluation: Evaluation): Why {
  const { conditions } = evaluation.rule.program;
  const because = becauseOf(evaluation);
  const names = explainedNames(shard, evaluation);
  const told = Object.keys(names).length > 0 ? { because, names } : { because };
  if (conditions === undefined) return told;
  const { condition } = explainCondition(conditions, shard.scope, { nodeCountMax: whyNodeCountMax });
  return { ...told, conditions: condition };
}

function becauseOf({ because, event }: Evaluation): Because {
  switch (because.kind) {
    case "event":
    case "answer":
      return { kind: because.kind, event: event?.id };
    case "tick":
      return { kind: "tick" };
    case "resolve":
      return { kind: "event", event: event?.id };
    case "window": {
      const { start, end, firing } = because.fired;
      return { kind: "window", window: because.declared.name, start, end, firing };
    }
    case "match":
      return { kind: "pattern", pattern: because.name, timedOut: because.match.timedOut };
  }
}

/** An explanation that is begun before the results are given: they may change what it rests on. */
export interface Explaining {
  readonly told: Omit<EvaluationExplanation, "fate">;
  readonly before: Counts;
}

interface Counts {
  readonly held: number;
  readonly inactive: number;
}

/** Undefined unless the rule is the one that is asked about. */
export function startExplaining(shard: Shard, evaluation: Evaluation): Explaining | undefined {
  const { rule, event, place, at } = evaluation;
  const { id, conditions } = rule.program;
  if (shard.settings.observing.explain !== id) return undefined;
  const { scope } = shard;
  const explained =
    conditions === undefined
      ? {}
      : { conditions: explainCondition(conditions, scope, { nodeCountMax: explainedNodeCountMax }) };
  return {
    told: {
      kind: "evaluation",
      rule: id,
      event: event?.id,
      key: place.key,
      at,
      because: becauseOf(evaluation),
      ...explained,
      names: explainedNames(shard, evaluation),
      scope: { ...scope, slots: [...scope.slots] },
    },
    before: countsOf(shard),
  };
}

/**
 * Tells it; nothing, but for the rule that is asked about.
 *
 * @param outcome whether it held, once its results are given; "waiting" where it asked for asynchronous facts.
 */
export function tellExplanation(
  shard: Shard,
  explaining: Explaining | undefined,
  outcome: boolean | "waiting",
  outputs: Output[],
): void {
  if (explaining === undefined) return;
  const { told, before } = explaining;
  const explanation = { ...told, fate: fateOf(before, countsOf(shard), outcome) };
  outputs.push({ kind: "explanation", explanation });
}

function fateOf(before: Counts, after: Counts, outcome: boolean | "waiting"): Fate {
  if (outcome === "waiting") return "waiting";
  if (!outcome) return "no";
  if (after.held > before.held) return "held";
  return after.inactive > before.inactive ? "inactive" : "given";
}

function countsOf({ stats }: Shard): Counts {
  return { held: stats.alertsHeld, inactive: stats.resultsInactive };
}
