import { Engine } from "json-rules-engine";
import type { RuleProperties, TopLevelCondition } from "json-rules-engine";

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

export interface OracleRules {
  readonly rules: readonly RuleProperties[];
  readonly named: Readonly<Record<string, TopLevelCondition>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly allowUndefinedFacts: boolean;
  readonly allowUndefinedConditions: boolean;
  readonly replaceFactsInEventParams: boolean;
}

export interface OracleResults {
  /** `toJSON(false)` of each rule that held, and of each that did not, in the order given. */
  readonly results: readonly unknown[];
  readonly failureResults: readonly unknown[];
  readonly events: readonly unknown[];
  readonly failureEvents: readonly unknown[];
}

/** What json-rules-engine tells of several rules; "error" where it rejects the run. */
export async function resultsOfJsonRulesEngine(run: OracleRules): Promise<OracleResults | "error"> {
  const { rules, named, facts, ...options } = run;
  try {
    const engine = new Engine([], options);
    for (const [name, condition] of Object.entries(named)) engine.setCondition(name, structuredClone(condition));
    for (const rule of rules) engine.addRule(structuredClone(rule));
    const { results, failureResults, events, failureEvents } = await engine.run(structuredClone(facts));
    return {
      results: results.map((result) => result.toJSON(false)),
      failureResults: failureResults.map((result) => result.toJSON(false)),
      events,
      failureEvents,
    };
  } catch {
    return "error";
  }
}
