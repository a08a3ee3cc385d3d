import type { AggregateDocument } from "../../spec/window.ts";
import type { ConditionDocument } from "../../spec/value.ts";
import { type Fault, pointerTo } from "../base/fault.ts";
import { didYouMean } from "../base/text-distance.ts";
import type { CompiledCondition, CompiledExpression } from "../expr/compiled.ts";
import type { Compiling } from "../expr/context.ts";
import type { AggregateForm, AggregateProgram } from "./aggregate-program.ts";
import { readPositiveDuration } from "./read-duration.ts";
import type { WindowContext } from "./window-program.ts";

/** Values that `collect` keeps where it does not say. */
const collectLimitDefault = 100;

/** Compiles one aggregate of a window; `pointer` leads to it. */
export function compileAggregate(
  name: string,
  document: AggregateDocument,
  pointer: string,
  context: WindowContext,
): Compiling<AggregateProgram> {
  const reader = new AggregateReader(pointer, context);
  const condition = typeof document === "string" ? undefined : (document.where ?? undefined);
  const where = condition === undefined ? undefined : reader.condition("where", condition);
  const form = reader.formOf(document);
  const isSound = reader.faults.every((fault) => fault.severity === "warning");
  return { compiled: isSound && form !== undefined ? { ...form, name, where } : undefined, faults: reader.faults };
}

class AggregateReader {
  readonly faults: Fault[] = [];
  readonly pointer: string;
  readonly context: WindowContext;

  constructor(pointer: string, context: WindowContext) {
    this.pointer = pointer;
    this.context = context;
  }

  formOf(document: AggregateDocument): AggregateForm | undefined {
    if (document === "count" || "count" in document) return { kind: "count" };
    if ("sum" in document) return this.over("sum", document.sum);
    if ("avg" in document) return this.over("avg", document.avg);
    if ("min" in document) return this.over("min", document.min);
    if ("max" in document) return this.over("max", document.max);
    if ("stddev" in document) return this.over("stddev", document.stddev);
    if ("first" in document) return this.over("first", document.first);
    if ("last" in document) return this.over("last", document.last);
    if ("distinct" in document) return this.over("distinct", document.distinct);
    if ("regression" in document) return this.over("regression", document.regression);
    if ("rate" in document) {
      const why = "A rate over no time has no value";
      return { kind: "rate", unitMs: readPositiveDuration(document.rate, this.at("rate"), why, this.faults) };
    }
    if ("ratio" in document) {
      const condition = this.condition("ratio/where", document.ratio.where);
      return condition && { kind: "ratio", condition };
    }
    if ("percentile" in document) {
      const of = this.expression("percentile", document.percentile);
      return of && { kind: "percentile", of, p: document.p };
    }
    if ("topK" in document) {
      const of = this.expression("topK", document.topK);
      return of && { kind: "topK", of, k: document.k };
    }
    if ("collect" in document) {
      const of = this.expression("collect", document.collect);
      return of && { kind: "collect", of, limit: document.limit ?? collectLimitDefault };
    }
    return "per" in document ? this.groups(document) : this.custom(document);
  }

  private groups(document: Extract<AggregateDocument, { readonly per: unknown }>): AggregateForm | undefined {
    const by = this.expression("per", document.per);
    const inner = compileAggregate("", document.of, this.at("of"), this.context);
    this.faults.push(...inner.faults);
    return by && inner.compiled && { kind: "per", by, inner: inner.compiled, give: document.give };
  }

  private custom(document: Extract<AggregateDocument, { readonly use: unknown }>): AggregateForm | undefined {
    const { use, params = {} } = document;
    const aggregates = this.context.extensions?.aggregates;
    const custom = aggregates?.get(use);
    const of = document.of === undefined ? undefined : this.expression("of", document.of);
    if (custom !== undefined) return { kind: "custom", custom, of, params };
    const hint = didYouMean(use, [...(aggregates?.keys() ?? [])]) || ": name a plug-in that has it under `plugins`";
    const message = `no plug-in has an aggregate \`${use}\`${hint}`;
    this.faults.push({ pointer: this.at("use"), severity: "error", code: "unknown-name", message });
    return undefined;
  }

  private over<Kind extends Extract<AggregateForm, { readonly of: CompiledExpression }>["kind"]>(
    kind: Exclude<Kind, "percentile" | "topK" | "collect">,
    text: string,
  ) {
    const of = this.expression(kind, text);
    return of && { kind, of };
  }

  private expression(key: string, text: string): CompiledExpression | undefined {
    const { compiled, faults } = this.context.expressions(text, this.at(key), this.context.names);
    this.faults.push(...faults);
    return compiled;
  }

  condition(key: string, document: ConditionDocument): CompiledCondition | undefined {
    const { compiled, faults } = this.context.conditions(document, this.at(key), this.context.names);
    this.faults.push(...faults);
    return compiled;
  }

  private at(key: string): string {
    return pointerTo(this.pointer, ...key.split("/"));
  }
}
