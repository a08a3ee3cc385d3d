import { canonicalJson, toJson } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import { pointerTo } from "../base/fault.ts";
import type { Fault } from "../base/fault.ts";
import { compileExpression } from "../expr/compile-expression.ts";
import type { CompiledExpression } from "../expr/compiled.ts";
import type { Compiling, ExprContext, ReportExprError } from "../expr/context.ts";
import { ExprError } from "../expr/expr-error.ts";
import type { Scope } from "../expr/scope.ts";

/** How a key is taken from an event. Equal keys of different rules share one record for each value: a key dimension. */
export interface KeyProgram {
  /** Parts by their text as written, in document order. */
  readonly names: readonly string[];
  readonly parts: readonly CompiledExpression[];
  /** Names the dimension: equal for equal lists of expressions. */
  readonly identity: string;
}

export function compileKey(document: readonly string[], pointer: string, context: ExprContext): Compiling<KeyProgram> {
  const faults: Fault[] = [];
  const parts: CompiledExpression[] = [];
  for (const [index, text] of document.entries()) {
    const part = compileExpression(text, pointerTo(pointer, index), context);
    faults.push(...part.faults);
    if (part.compiled !== undefined) parts.push(part.compiled);
    if (document.indexOf(text) < index) {
      faults.push({
        pointer: pointerTo(pointer, index),
        severity: "error",
        code: "duplicate",
        message: `\`${text}\` is in the key twice; leave one out`,
      });
    }
  }
  if (parts.length < document.length) return { compiled: undefined, faults };
  return { compiled: { names: document, parts, identity: canonicalJson(document) }, faults };
}

/**
 * The parts' values as they came, or undefined where one is absent, null, no finite number or in error: the rule then does
 * not see the event.
 */
export function keyValuesOf(program: KeyProgram, scope: Scope, report: ReportExprError): JsonValue[] | undefined {
  const values: JsonValue[] = [];
  for (const part of program.parts) {
    const value = part.evaluate(scope);
    if (value instanceof ExprError) {
      report(value);
      return undefined;
    }
    const json = toJson(value);
    if (json === null) return undefined;
    values.push(json);
  }
  return values;
}

/** The key as people and conditions see it. */
export function keyFactOf(program: KeyProgram, values: readonly JsonValue[]): Readonly<Record<string, JsonValue>> {
  const fact: Record<string, JsonValue> = {};
  for (const [index, name] of program.names.entries()) fact[name] = values[index] ?? null;
  return fact;
}
