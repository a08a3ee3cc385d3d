import { canonicalJson } from "../base/json.ts";
import type { CompiledCondition } from "../expr/compiled.ts";
import type { ReportExprError } from "../expr/context.ts";
import { ExprError } from "../expr/expr-error.ts";
import type { Scope } from "../expr/scope.ts";
import type { AggregateProgram } from "./aggregate-program.ts";

/**
 * What one event adds to one aggregate: a finite number (1 for `count`), or for `distinct` the value itself, with objects
 * and arrays as text. `nothing` where it adds nothing; a number, so that columns of numbers stay unboxed.
 */
export type AggregateInput = number | string | boolean;

export const nothing = Number.NaN;

export function isNothing(input: AggregateInput): boolean {
  return Number.isNaN(input);
}

/** Where values that an aggregate could not take are counted: absent, not a number, an error, or over a limit. */
export interface SkipCounter {
  skippedCount: number;
}

/** True where the condition holds; an error is reported and does not hold. */
export function conditionHolds(
  condition: CompiledCondition | undefined,
  scope: Scope,
  report: ReportExprError,
): boolean {
  if (condition === undefined) return true;
  const outcome = condition.holds(scope);
  if (outcome === true) return true;
  if (outcome !== false) report(outcome);
  return false;
}

/** Evaluates an aggregate over the event in `scope`. A value that is skipped is counted, an error is reported besides. */
export function aggregateInput(
  aggregate: AggregateProgram,
  scope: Scope,
  skips: SkipCounter,
  report: ReportExprError,
): AggregateInput {
  if (!conditionHolds(aggregate.where, scope, report)) return nothing;
  if (!("of" in aggregate) || aggregate.of === undefined) return 1;
  const value = aggregate.of.evaluate(scope);
  if (value instanceof ExprError) report(value);
  const input = aggregate.kind === "distinct" ? distinctInput(value) : numericInput(value);
  if (isNothing(input)) skips.skippedCount += 1;
  return input;
}

/** Zero has one sign here, so that `-0` is not another value. */
function numericInput(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value + 0 : nothing;
}

/**
 * Values of different types are different: 1 is not "1". An object or array stands as U+0000 and its canonical JSON; text
 * that begins with U+0000 itself as U+0000 and its JSON, which begins with a quote, so the two can't meet.
 */
function distinctInput(value: unknown): AggregateInput {
  switch (typeof value) {
    case "number":
      return numericInput(value);
    case "boolean":
      return value;
    case "string":
      return value.startsWith("\u0000") ? `\u0000${JSON.stringify(value)}` : value;
    case "object":
      return value === null || value instanceof ExprError ? nothing : `\u0000${canonicalJson(value)}`;
    default:
      return nothing;
  }
}
