import { canonicalJson, isJsonObject, type JsonObject, type JsonValue, toJson } from "../base/json.ts";
import type { CompiledCondition, CompiledExpression } from "../expr/compiled.ts";
import type { ReportExprError } from "../expr/context.ts";
import { ExprError } from "../expr/expr-error.ts";
import type { Scope } from "../expr/scope.ts";
import type { AggregateProgram } from "./aggregate-program.ts";

/**
 * What one event adds to one aggregate: a finite number (1 for `count`; 1 or 0 for `ratio`), for `distinct` and `topK` the value itself
 * with objects and arrays as text, for `first`, `last`, `collect` and plug-ins' the value, for `per` a group with what goes into it.
 * `nothing` where it adds nothing; a number, so that columns of numbers stay unboxed.
 */
export type AggregateInput = number | string | boolean | readonly JsonValue[] | JsonObject | GroupedInput;

/** What a group of `per` takes in. */
export class GroupedInput {
  readonly group: string | number | boolean;
  readonly input: AggregateInput;

  constructor(group: string | number | boolean, input: AggregateInput) {
    this.group = group;
    this.input = input;
  }
}

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
  switch (aggregate.kind) {
    case "count":
    case "rate":
      return 1;
    case "ratio":
      return conditionHolds(aggregate.condition, scope, report) ? 1 : 0;
    case "sum":
    case "avg":
    case "min":
    case "max":
    case "stddev":
    case "percentile":
    case "regression":
      return counted(numericInput(valueOf(aggregate.of, scope, report)), skips);
    case "distinct":
    case "topK":
      return counted(distinctInput(valueOf(aggregate.of, scope, report)), skips);
    case "first":
    case "last":
    case "collect":
      return counted(jsonInput(valueOf(aggregate.of, scope, report)), skips);
    case "custom":
      return aggregate.of === undefined ? 1 : counted(jsonInput(valueOf(aggregate.of, scope, report)), skips);
    case "per": {
      const group = counted(distinctInput(valueOf(aggregate.by, scope, report)), skips);
      if (isNothing(group)) return nothing;
      const input = aggregateInput(aggregate.inner, scope, skips, report);
      return isNothing(input) ? nothing : new GroupedInput(group, input);
    }
  }
}

function counted<T extends AggregateInput>(input: T, skips: SkipCounter): T {
  if (isNothing(input)) skips.skippedCount += 1;
  return input;
}

function valueOf(expression: CompiledExpression, scope: Scope, report: ReportExprError): unknown {
  const value = expression.evaluate(scope);
  if (value instanceof ExprError) report(value);
  return value;
}

/** Zero has one sign here, so that `-0` is not another value. */
function numericInput(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value + 0 : nothing;
}

/**
 * Values of different types are different: 1 is not "1". An object or array stands as U+0000 and its canonical JSON; text
 * that begins with U+0000 itself as U+0000 and its JSON, which begins with a quote, so the two can't meet.
 */
function distinctInput(value: unknown): string | number | boolean {
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

function jsonInput(value: unknown): AggregateInput {
  if (value === undefined || value === null || value instanceof ExprError) return nothing;
  return toJson(value) ?? nothing;
}

/** The value that `distinctInput` made an input of. */
export function jsonOfDistinct(input: string | number | boolean): JsonValue {
  if (typeof input !== "string" || !input.startsWith("\u0000")) return input;
  return toJson(JSON.parse(input.slice(1)));
}

/** A value that was taken in as it is. */
export function jsonOfInput(input: AggregateInput): JsonValue {
  return input instanceof GroupedInput ? null : input;
}

/** What `distinct`, `topK` and groups are told apart by; undefined of any other input. */
export function scalarOf(input: AggregateInput): string | number | boolean | undefined {
  return typeof input === "object" ? undefined : input;
}

export function isJsonInput(value: unknown): value is AggregateInput {
  return typeof value === "string" || typeof value === "boolean" || Array.isArray(value) || isJsonObject(value);
}
