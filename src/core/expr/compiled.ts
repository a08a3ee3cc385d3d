import type { ConditionDocument } from "../../spec/value.ts";
import type { Expr } from "./ast.ts";
import type { ExprContext } from "./context.ts";
import type { ExprError } from "./expr-error.ts";
import type { Scope } from "./scope.ts";

/** An expression, compiled once. Total and synchronous: what goes wrong is an `ExprError` value, never a throw. */
export interface CompiledExpression {
  readonly evaluate: (scope: Scope) => unknown;
  /** Names read, declared ones and event fields alike, in order of first use. */
  readonly reads: readonly string[];
  /** What it was compiled from: for the index, the projection and explanations. */
  readonly expr: Expr;
  /** As it was written: for explanations. */
  readonly text: string;
}

/** A condition as it stands in its document, and what it was compiled against. An explanation is worked out from it when one is asked for. */
export interface ConditionSource {
  readonly document: ConditionDocument;
  /** Where it stands. */
  readonly pointer: string;
  readonly context: ExprContext;
}

/** A condition, compiled once. Total and synchronous. */
export interface CompiledCondition {
  readonly holds: (scope: Scope) => boolean | ExprError;
  readonly reads: readonly string[];
  /** What it was compiled from: for the index, the projection and explanations. */
  readonly expr: Expr;
  readonly source: ConditionSource;
}
