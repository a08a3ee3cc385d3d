import type { ConditionDocument } from "../../spec/value.ts";
import type { Expr } from "./ast.ts";
import { compileCelCondition } from "./cel/cel-expression.ts";
import { checkMeasure, hasErrors, inspectExpr, startCompiling, type CompileState } from "./compile-state.ts";
import type { CompiledCondition } from "./compiled.ts";
import type { Compiling, ExprContext } from "./context.ts";
import { ExprError } from "./expr-error.ts";
import { programOf } from "./generate/generate-evaluate.ts";
import { compileJsonCondition, nestedForms, rootForms } from "./json/json-condition.ts";

/** Compiles a condition of either form. A warning leaves it usable, an error does not. */
export function compileCondition(
  document: ConditionDocument,
  pointer: string,
  context: ExprContext,
): Compiling<CompiledCondition> {
  const state = startCompiling(context, conditionOf);
  const expr = conditionOf(state, document, pointer);
  checkMeasure(state, expr, { pointer });
  inspectExpr(state, expr, "condition", pointer);
  if (hasErrors(state)) return { compiled: undefined, faults: state.faults };
  const evaluate = programOf(expr);
  const compiled: CompiledCondition = {
    holds: (scope) => {
      const result = evaluate(scope);
      return result === true || (result instanceof ExprError ? result : false);
    },
    reads: [...state.reads],
    expr,
    source: { document, pointer, context },
  };
  return { compiled, faults: state.faults };
}

/**
 * Either form as an expression that yields a boolean or an error.
 *
 * @param isNamed it stands in the place of a reference to it, and a JSON one is read as json-rules-engine does there.
 */
export function conditionOf(
  state: CompileState,
  document: ConditionDocument,
  pointer: string,
  { isNamed }: { readonly isNamed: boolean } = { isNamed: false },
): Expr {
  return typeof document === "string"
    ? compileCelCondition(state, document, pointer)
    : compileJsonCondition(state, document, pointer, isNamed ? nestedForms : rootForms);
}
