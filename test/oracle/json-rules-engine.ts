import { Engine } from "json-rules-engine";
import type { TopLevelCondition } from "json-rules-engine";

export interface OracleRun {
  readonly conditions: TopLevelCondition;
  readonly named: Readonly<Record<string, TopLevelCondition>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly allowUndefinedFacts: boolean;
  readonly allowUndefinedConditions: boolean;
}

/** What json-rules-engine itself says of one rule. It changes the objects it is given, so it gets copies. */
export async function runJsonRulesEngine(run: OracleRun): Promise<boolean | "error"> {
  const { allowUndefinedFacts, allowUndefinedConditions } = run;
  try {
    const engine = new Engine([], { allowUndefinedFacts, allowUndefinedConditions });
    for (const [name, condition] of Object.entries(run.named)) engine.setCondition(name, structuredClone(condition));
    engine.addRule({ conditions: structuredClone(run.conditions), event: { type: "holds" } });
    const { events } = await engine.run(structuredClone(run.facts));
    return events.length > 0;
  } catch {
    return "error";
  }
}
