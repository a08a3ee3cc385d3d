import type { AggregateDocument } from "../../spec/window.ts";
import type { ConditionDocument } from "../../spec/value.ts";
import { type Fault, pointerTo } from "../base/fault.ts";
import type { CompiledCondition, CompiledExpression } from "../expr/compiled.ts";
import type { Compiling } from "../expr/context.ts";
import type { AggregateProgram } from "./aggregate-program.ts";
import type { WindowContext } from "./window-program.ts";

/** An aggregate's document in one shape, whichever of its forms it is written in. */
interface Reading {
  readonly kind: "count" | "sum" | "avg" | "min" | "max" | "distinct";
  readonly of: string | undefined;
  readonly where: ConditionDocument | null | undefined;
}

/** Compiles one aggregate of a window; `pointer` leads to it. */
export function compileAggregate(
  name: string,
  document: AggregateDocument,
  pointer: string,
  context: WindowContext,
): Compiling<AggregateProgram> {
  const { kind, of: text, where: condition } = readAggregate(document);
  const faults: Fault[] = [];
  let where: CompiledCondition | undefined;
  if (condition !== undefined && condition !== null) {
    const compiling = context.conditions(condition, pointerTo(pointer, "where"), context.names);
    faults.push(...compiling.faults);
    where = compiling.compiled;
  }
  let of: CompiledExpression | undefined;
  if (text !== undefined) {
    const compiling = context.expressions(text, pointerTo(pointer, kind), context.names);
    faults.push(...compiling.faults);
    of = compiling.compiled;
  }
  const isSound = faults.every((fault) => fault.severity === "warning");
  if (!isSound) return { compiled: undefined, faults };
  if (kind === "count" || of === undefined) return { compiled: { name, kind: "count", where }, faults };
  return { compiled: { name, kind, where, of }, faults };
}

function readAggregate(document: AggregateDocument): Reading {
  if (document === "count") return { kind: "count", of: undefined, where: undefined };
  const { where } = document;
  if ("sum" in document) return { kind: "sum", of: document.sum, where };
  if ("avg" in document) return { kind: "avg", of: document.avg, where };
  if ("min" in document) return { kind: "min", of: document.min, where };
  if ("max" in document) return { kind: "max", of: document.max, where };
  if ("distinct" in document) return { kind: "distinct", of: document.distinct, where };
  return { kind: "count", of: undefined, where };
}
