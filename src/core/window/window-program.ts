import type { ConditionDocument, ExpressionDocument } from "../../spec/value.ts";
import type { CompiledCondition, CompiledExpression } from "../expr/compiled.ts";
import type { Compiling, ExprContext } from "../expr/context.ts";
import type { DurationMs } from "../time/instant.ts";

/** What a window is compiled with: the condition language, handed in, and what its conditions may name. */
export interface WindowContext {
  readonly conditions: (
    document: ConditionDocument,
    pointer: string,
    context: ExprContext,
  ) => Compiling<CompiledCondition>;
  readonly expressions: (
    text: ExpressionDocument,
    pointer: string,
    context: ExprContext,
  ) => Compiling<CompiledExpression>;
  readonly names: ExprContext;
}

export type AggregateKind = "count" | "sum" | "avg" | "min" | "max" | "distinct";

/** One aggregate of a window, compiled. */
export interface AggregateProgram {
  readonly name: string;
  readonly kind: AggregateKind;
  /** Which of the events that entered are aggregated; undefined: all. */
  readonly where: CompiledCondition | undefined;
  /** Whose value is aggregated; undefined for `count` alone. */
  readonly of: CompiledExpression | undefined;
}

interface WindowBody {
  /** Which events enter; undefined: all that reach the rule. */
  readonly where: CompiledCondition | undefined;
  /** In the order of their names. */
  readonly aggregates: readonly AggregateProgram[];
  readonly aggregateNames: readonly string[];
  /** Names that the window's conditions and expressions read, in order of first use. */
  readonly reads: readonly string[];
  /** What its fact holds: the aggregates and `start`, `end`, `firing`, `previous`. */
  readonly members: readonly string[];
}

/** Over `(T - sizeMs, T]` for the T of each evaluation. */
export interface SlidingWindowProgram extends WindowBody {
  readonly kind: "sliding";
  readonly sizeMs: DurationMs;
}

/** Panes `[start, start + sizeMs)`, whose starts are the multiples of `sizeMs` plus `offsetMs`. */
export interface TumblingWindowProgram extends WindowBody {
  readonly kind: "tumbling";
  readonly sizeMs: DurationMs;
  readonly offsetMs: DurationMs;
  readonly allowedLatenessMs: DurationMs;
}

/** A window, compiled: immutable, and shared by all keys. */
export type WindowProgram = SlidingWindowProgram | TumblingWindowProgram;

/** Members of every window fact besides its aggregates. */
export const fixedMembers = ["start", "end", "firing", "previous"] as const;
