import { expect } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/core/base/json.ts";
import type { TocsinEvent } from "../../../src/core/event/event.ts";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import { compileExpression } from "../../../src/core/expr/compile-expression.ts";
import type { ConditionSource } from "../../../src/core/expr/compiled.ts";
import type { ExprContext } from "../../../src/core/expr/context.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { generateEvaluate } from "../../../src/core/expr/generate/generate-evaluate.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import type { Scope } from "../../../src/core/expr/scope.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import type { ConditionDocument } from "../../../src/spec/value.ts";

export const now = 1_700_000_000_000;

export function contextWith(options: Partial<ExprContext> = {}): ExprContext {
  return {
    names: eventNames(),
    named: new Map(),
    allowUndefinedFacts: false,
    allowUndefinedConditions: false,
    ...options,
  };
}

/** For conditions that are made by hand, of no document. */
export const noSource: ConditionSource = { document: "false", pointer: "", context: contextWith() };

function eventOf(fields: JsonObject): TocsinEvent {
  return {
    position: { source: "test", sequence: 7, index: 0 },
    id: "e7",
    type: "payment.made",
    time: eventTimeMs(1000),
    source: "shop",
    fields,
  };
}

export interface ScopeParts {
  readonly fields?: JsonObject | undefined;
  readonly key?: Readonly<Record<string, JsonValue>>;
  readonly slots?: unknown[];
}

/** Without `fields` there is no event. */
export function scopeOf({ fields, key = {}, slots = [] }: ScopeParts): Scope {
  return { ...emptyScope(), event: fields === undefined ? undefined : eventOf(fields), key, now, slots };
}

/** The value, `error:<code>`, or the faults where it does not compile. */
export function evaluate(
  text: string,
  parts: ScopeParts = { fields: {} },
  options: Partial<ExprContext> = {},
): unknown {
  const { compiled, faults } = compileExpression(text, "", contextWith(options));
  if (compiled === undefined) return faults.map(({ code, message }) => `${code}: ${message}`);
  const scope = scopeOf(parts);
  const value = compiled.evaluate(scope);
  expect(generateEvaluate(compiled.expr)(scope), "as generated code").toEqual(value);
  return outcomeOf(value);
}

/** True, false, `error:<code>`, or the faults where it does not compile. */
export function holds(
  document: ConditionDocument,
  parts: ScopeParts = { fields: {} },
  options: Partial<ExprContext> = {},
): unknown {
  const { compiled, faults } = compileCondition(document, "", contextWith(options));
  if (compiled === undefined) return faults.map(({ code, message }) => `${code}: ${message}`);
  const scope = scopeOf(parts);
  const value = compiled.holds(scope);
  const generated = generateEvaluate(compiled.expr)(scope);
  expect(generated === true || (generated instanceof ExprError ? generated : false), "as generated code").toEqual(
    value,
  );
  return outcomeOf(value);
}

function outcomeOf(value: unknown): unknown {
  return value instanceof ExprError ? `error:${value.code}` : value;
}
