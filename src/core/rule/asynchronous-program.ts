import type { JsonObject } from "../base/json.ts";
import type { CustomFact } from "../expr/extensions.ts";
import type { ExprError } from "../expr/expr-error.ts";
import type { Scope } from "../expr/scope.ts";
import type { TestBody } from "../expr/closure/test-body.ts";

/**
 * A rule that waits for asynchronous facts. What of its conditions needs none is settled where the evaluation begins, by the
 * compiled form; the rest is left to json-rules-engine, outside of the core.
 */
export interface AsynchronousProgram {
  /**
   * json-rules-engine's conditions, with a fact for each settled part: `settledName(index)`. Undefined: the conditions need no
   * asynchronous fact, and only the event's parameters wait.
   */
  readonly conditions: JsonObject | undefined;
  /** The named conditions among them that wait. */
  readonly named: ReadonlyMap<string, JsonObject>;
  /** Parts without asynchronous facts, each a boolean, a value of a fact, or an error. */
  readonly settled: readonly ((scope: Scope) => unknown)[];
  /** Operators that are not json-rules-engine's own, whole, by what is written. */
  readonly operators: ReadonlyMap<string, TestBody>;
  /** False where the conditions do not hold, whatever the asynchronous facts are: nothing is asked then. */
  readonly mayHold: (scope: Scope) => boolean | ExprError;
  /** Asynchronous facts that the event's parameters name. */
  readonly parameters: readonly { readonly fact: string; readonly params: JsonObject }[];
  readonly facts: ReadonlyMap<string, CustomFact>;
  readonly allowUndefinedFacts: boolean;
  readonly allowUndefinedConditions: boolean;
}

/** The fact that stands for a settled part. No event field has such a name by chance. */
export function settledName(index: number): string {
  return `\u0000settled ${index}`;
}
