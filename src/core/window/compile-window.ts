import type { WindowDocument } from "../../spec/window.ts";
import { type Fault, pointerTo } from "../base/fault.ts";
import type { CompiledCondition } from "../expr/compiled.ts";
import type { Compiling } from "../expr/context.ts";
import { type DurationMs, durationMs } from "../time/instant.ts";
import type { AggregateProgram } from "./aggregate-program.ts";
import { compileAggregate } from "./compile-aggregate.ts";
import { compileShape } from "./compile-shape.ts";
import { compileTrigger } from "./compile-trigger.ts";
import { readDuration } from "./read-duration.ts";
import {
  fixedMembers,
  type TriggerProgram,
  type WindowContext,
  type WindowProgram,
  type WindowShape,
} from "./window-program.ts";

/**
 * Compiles one window of a rule; `pointer` leads to it. All faults come in one pass; there is no program where one of
 * them is an error.
 */
export function compileWindow(
  document: WindowDocument,
  pointer: string,
  context: WindowContext,
): Compiling<WindowProgram> {
  const faults: Fault[] = [];
  const collect = <T>({ compiled, faults: found }: Compiling<T>): T | undefined => {
    faults.push(...found);
    return compiled;
  };
  const shape = collect(compileShape(document, pointer, context));
  const where = compileWhere(document, pointer, context, faults);
  const aggregates = compileAggregates(document, pointer, context, faults);
  const aggregateNames = aggregates.map((aggregate) => aggregate.name);
  const members = [...aggregateNames, ...fixedMembers];
  const trigger =
    "trigger" in document && document.trigger !== undefined
      ? collect(compileTrigger(document.trigger, pointerTo(pointer, "trigger"), context, members))
      : undefined;
  const allowedLatenessMs = readOptional(document, "allowedLateness", pointer, faults);
  const agoMs = readOptional(document, "ago", pointer, faults);
  if (shape !== undefined && trigger !== undefined) faults.push(...faultsOfTriggered(shape, agoMs, pointer));
  if (shape === undefined || faults.some(({ severity }) => severity === "error"))
    return { compiled: undefined, faults };
  const compiled = {
    shape,
    where,
    aggregates,
    aggregateNames,
    reads: namesRead(shape, where, aggregates, trigger),
    members,
    allowedLatenessMs,
    agoMs,
    trigger,
    slot: context.slot,
  };
  return { compiled, faults };
}

/** Panes that one event may have to enter where a trigger keeps the windows apart. */
const triggeredPaneCountMax = 1_000;

function faultsOfTriggered(shape: WindowShape, agoMs: DurationMs, pointer: string): readonly Fault[] {
  const faults: Fault[] = [];
  const wrong = (key: string, message: string) =>
    faults.push({ pointer: pointerTo(pointer, key), severity: "error", code: "wrong-value", message });
  if (agoMs > 0) wrong("ago", "a window with a `trigger` can't be read as it was: leave out one of the two");
  const every = shape.kind === "hopping" ? shape.everyMs : shape.kind === "cumulative" ? shape.stepMs : undefined;
  if (every !== undefined && "sizeMs" in shape && shape.sizeMs / every > triggeredPaneCountMax) {
    const message = `with a trigger each of the ${Math.ceil(shape.sizeMs / every)} windows that hold an event is kept apart, and ${triggeredPaneCountMax} is the most: leave out the trigger, or let them be fewer`;
    wrong("trigger", message);
  }
  return faults;
}

function readOptional(document: WindowDocument, key: "allowedLateness" | "ago", pointer: string, faults: Fault[]) {
  const text: unknown = key in document ? Reflect.get(document, key) : undefined;
  return typeof text === "string" ? readDuration(text, pointerTo(pointer, key), faults) : durationMs(0);
}

function compileWhere(
  document: WindowDocument,
  pointer: string,
  context: WindowContext,
  faults: Fault[],
): CompiledCondition | undefined {
  if (document.where === undefined || document.where === null) return undefined;
  const { compiled, faults: whereFaults } = context.conditions(
    document.where,
    pointerTo(pointer, "where"),
    context.names,
  );
  faults.push(...whereFaults);
  return compiled;
}

function compileAggregates(
  document: WindowDocument,
  pointer: string,
  context: WindowContext,
  faults: Fault[],
): readonly AggregateProgram[] {
  const aggregates: AggregateProgram[] = [];
  for (const [name, aggregate] of Object.entries(document.aggregate ?? {})) {
    const aggregatePointer = pointerTo(pointer, "aggregate", name);
    const nameFault = faultOfName(name, aggregatePointer);
    if (nameFault !== undefined) faults.push(nameFault);
    const { compiled, faults: aggregateFaults } = compileAggregate(name, aggregate, aggregatePointer, context);
    faults.push(...aggregateFaults);
    if (compiled !== undefined) aggregates.push(compiled);
  }
  // Windows of equal content have equal states, in whatever order their documents were written.
  return aggregates.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function faultOfName(name: string, pointer: string): Fault | undefined {
  if (fixedMembers.some((member) => member === name)) {
    return {
      pointer,
      atKey: true,
      severity: "error",
      code: "duplicate",
      message: `Every window has a member "${name}" of its own; give the aggregate another name.`,
    };
  }
  if (name !== "__proto__") return undefined;
  return {
    pointer,
    atKey: true,
    severity: "error",
    code: "wrong-value",
    message: `"__proto__" can't be the name of a member in JSON objects here; give the aggregate another name.`,
  };
}

function namesRead(
  shape: WindowShape,
  where: CompiledCondition | undefined,
  aggregates: readonly AggregateProgram[],
  trigger: TriggerProgram | undefined,
): readonly string[] {
  const reads = new Set(where?.reads);
  const add = (names: readonly string[] | undefined) => names?.forEach((name) => reads.add(name));
  if (shape.kind === "session" && shape.gap.kind === "expression") add(shape.gap.expression.reads);
  aggregates.forEach((aggregate) => namesReadBy(aggregate).forEach((name) => reads.add(name)));
  for (const { condition } of whensOf(trigger)) add(condition.reads);
  return [...reads];
}

function namesReadBy(aggregate: AggregateProgram): readonly string[] {
  const names = [...(aggregate.where?.reads ?? [])];
  if ("of" in aggregate) names.push(...(aggregate.of?.reads ?? []));
  if (aggregate.kind === "ratio") names.push(...aggregate.condition.reads);
  if (aggregate.kind === "per") names.push(...aggregate.by.reads, ...namesReadBy(aggregate.inner));
  return names;
}

function whensOf(trigger: TriggerProgram | undefined) {
  if (trigger === undefined) return [];
  const { root } = trigger;
  const leaves = root.kind === "any" || root.kind === "all" ? root.of : [root];
  return leaves.filter((leaf) => leaf.kind === "when");
}
