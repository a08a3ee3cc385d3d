import type { WindowDocument } from "../../spec/rule.ts";
import { type Fault, pointerTo } from "../base/fault.ts";
import type { CompiledCondition } from "../expr/compiled.ts";
import type { Compiling } from "../expr/context.ts";
import { parseDuration } from "../time/duration.ts";
import { type DurationMs, durationMs } from "../time/instant.ts";
import { compileAggregate } from "./compile-aggregate.ts";
import { type AggregateProgram, fixedMembers, type WindowContext, type WindowProgram } from "./window-program.ts";

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
  const size = readDuration(document.size, pointerTo(pointer, "size"), faults);
  if (size === 0) faults.push(emptySize(pointerTo(pointer, "size"), document.size));
  const where = compileWhere(document, pointer, context, faults);
  const aggregates = compileAggregates(document, pointer, context, faults);
  const aggregateNames = aggregates.map((aggregate) => aggregate.name);
  const body = {
    sizeMs: size,
    where,
    aggregates,
    aggregateNames,
    reads: namesRead(where, aggregates),
    members: [...aggregateNames, ...fixedMembers],
  };
  let compiled: WindowProgram;
  switch (document.type) {
    case "sliding":
      compiled = { kind: "sliding", ...body };
      break;
    case "tumbling": {
      const offsetMs = readDuration(document.offset ?? "0s", pointerTo(pointer, "offset"), faults);
      const latenessPointer = pointerTo(pointer, "allowedLateness");
      const allowedLatenessMs = readDuration(document.allowedLateness ?? "0s", latenessPointer, faults);
      compiled = { kind: "tumbling", ...body, offsetMs, allowedLatenessMs };
      break;
    }
  }
  const isSound = faults.every((fault) => fault.severity === "warning");
  return { compiled: isSound ? compiled : undefined, faults };
}

/** A fault where it is none; the duration then given is never used. */
function readDuration(text: string, pointer: string, faults: Fault[]): DurationMs {
  const duration = parseDuration(text);
  if (duration !== undefined) return duration;
  faults.push({
    pointer,
    severity: "error",
    code: "wrong-value",
    message: `"${text}" is no duration; write whole milliseconds with units from the greatest to the least, such as "500ms", "10m", "1h30m" or "PT10M".`,
  });
  return durationMs(1);
}

function emptySize(pointer: string, size: string): Fault {
  return {
    pointer,
    severity: "error",
    code: "wrong-value",
    message: `A window of "${size}" can hold no event; give it a size greater than 0, such as "10m".`,
  };
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

function namesRead(where: CompiledCondition | undefined, aggregates: readonly AggregateProgram[]): readonly string[] {
  const reads = new Set(where?.reads);
  for (const aggregate of aggregates) {
    for (const name of aggregate.where?.reads ?? []) reads.add(name);
    for (const name of aggregate.of?.reads ?? []) reads.add(name);
  }
  return [...reads];
}
