import type { JsonObject } from "../base/json.ts";
import { conditionOf } from "./compile-condition.ts";
import { checkMeasure, hasErrors, startCompiling } from "./compile-state.ts";
import type { CompiledExpression } from "./compiled.ts";
import type { Compiling, ExprContext } from "./context.ts";
import { programOf } from "./generate/generate-evaluate.ts";
import { compileFact } from "./json/json-leaf.ts";

/** Compiles `{fact, path, params}` where it stands for a value, as in the parameters of json-rules-engine's event. */
export function compileFactReference(
  node: JsonObject,
  pointer: string,
  context: ExprContext,
): Compiling<CompiledExpression> {
  const state = startCompiling(context, conditionOf);
  const expr = compileFact(state, node, pointer, context.allowUndefinedFacts);
  checkMeasure(state, expr, { pointer });
  if (hasErrors(state)) return { compiled: undefined, faults: state.faults };
  return {
    compiled: { evaluate: programOf(expr), reads: [...state.reads], expr, text: JSON.stringify(node) },
    faults: state.faults,
  };
}
