import type { Expr } from "./ast.ts";
import { compileCel } from "./cel/cel-expression.ts";
import { compileName } from "./cel/cel-name.ts";
import { conditionOf } from "./compile-condition.ts";
import {
  checkMeasure,
  checkMember,
  hasErrors,
  inspectExpr,
  startCompiling,
  type CompileState,
} from "./compile-state.ts";
import type { CompiledExpression } from "./compiled.ts";
import type { Compiling, ExprContext } from "./context.ts";
import { isPlainFieldName as isFieldName, parseFieldPath, type FieldPath } from "./field-path.ts";
import { programOf } from "./generate/generate-evaluate.ts";
import { parseJsonPath } from "./json-path.ts";

/**
 * Compiles a field path (`amount`, `device.id`, `items[0].sku`), JSONPath over the event (text that begins with `$`), or
 * a CEL expression. What is absent is null.
 */
export function compileExpression(text: string, pointer: string, context: ExprContext): Compiling<CompiledExpression> {
  const state = startCompiling(context, conditionOf);
  const expr = expressionOf(state, text, pointer);
  checkMeasure(state, expr, { pointer });
  inspectExpr(state, expr, "expression", pointer);
  if (hasErrors(state)) return { compiled: undefined, faults: state.faults };
  return { compiled: { evaluate: programOf(expr), reads: [...state.reads], expr, text }, faults: state.faults };
}

/** True where a part of a key is a plain field name: it stands under that name even where no event is at hand. */
export function isPlainFieldName(text: string): boolean {
  return isFieldName(text);
}

function expressionOf(state: CompileState, text: string, pointer: string): Expr {
  if (text.startsWith("$")) {
    state.reads.add("input");
    return { kind: "path", of: { kind: "name", ref: { kind: "input" } }, path: parseJsonPath(text) };
  }
  const path = parseFieldPath(text);
  return path === undefined ? compileCel(state, text, pointer) : fieldPathOf(state, path, pointer);
}

/** As CEL would read it, and for names that are words of CEL (`package.weight`) too. */
function fieldPathOf(state: CompileState, { name, steps }: FieldPath, pointer: string): Expr {
  const [first] = steps;
  if (typeof first?.step === "string") checkMember(state, name, first.step, { pointer, at: first.at });
  let expr = compileName(state, name, { pointer, at: 0 });
  for (const { step } of steps) {
    expr =
      typeof step === "string"
        ? { kind: "member", of: expr, name: step }
        : { kind: "index", of: expr, at: { kind: "literal", value: step } };
  }
  return expr;
}
