import type { CompiledCondition, CompiledExpression } from "../expr/compiled.ts";
import type { DurationMs } from "../time/instant.ts";
import type { CustomAggregate } from "./custom.ts";

/** What is aggregated, and how. */
export type AggregateForm =
  | { readonly kind: "count" }
  | {
      readonly kind: "sum" | "avg" | "min" | "max" | "stddev" | "first" | "last" | "distinct" | "regression";
      readonly of: CompiledExpression;
    }
  | { readonly kind: "percentile"; readonly of: CompiledExpression; readonly p: number }
  | { readonly kind: "topK"; readonly of: CompiledExpression; readonly k: number }
  | { readonly kind: "collect"; readonly of: CompiledExpression; readonly limit: number }
  | { readonly kind: "ratio"; readonly condition: CompiledCondition }
  /** Events in each `unitMs` of the window's length. */
  | { readonly kind: "rate"; readonly unitMs: DurationMs }
  /** `inner` for each value of `by`, and what `give` makes of the results. */
  | {
      readonly kind: "per";
      readonly by: CompiledExpression;
      readonly inner: AggregateProgram;
      readonly give: "max" | "min" | "avg" | "sum" | "count";
    }
  | {
      readonly kind: "custom";
      readonly custom: CustomAggregate;
      readonly of: CompiledExpression | undefined;
      readonly params: Readonly<Record<string, unknown>>;
    };

/** One aggregate of a window, compiled. */
export type AggregateProgram = AggregateForm & {
  readonly name: string;
  /** Which of the events that entered are aggregated; undefined: all. */
  readonly where: CompiledCondition | undefined;
};
