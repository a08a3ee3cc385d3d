import type { TriggerDocument } from "../../spec/window.ts";
import { type Fault, pointerTo } from "../base/fault.ts";
import { didYouMean } from "../base/text-distance.ts";
import type { Compiling } from "../expr/context.ts";
import { readPositiveDuration } from "./read-duration.ts";
import type { TriggerLeaf, TriggerProgram, WindowContext } from "./window-program.ts";

type LeafDocument = Exclude<TriggerDocument, { readonly any: unknown } | { readonly all: unknown }>;

/** Compiles a window's trigger; `pointer` leads to it, `members` are those of the window's fact. */
export function compileTrigger(
  document: TriggerDocument,
  pointer: string,
  context: WindowContext,
  members: readonly string[],
): Compiling<TriggerProgram> {
  const faults: Fault[] = [];
  const isPurging = document.purge ?? false;
  const leavesOf = (kind: "any" | "all", leaves: readonly LeafDocument[]) =>
    leaves.flatMap((leaf, index) => compileLeaf(leaf, pointerTo(pointer, kind, index), context, members, faults) ?? []);
  if ("any" in document) {
    const root = { kind: "any", of: leavesOf("any", document.any) } as const;
    return { compiled: { root, isPurging }, faults };
  }
  if ("all" in document) {
    const root = { kind: "all", of: leavesOf("all", document.all) } as const;
    return { compiled: { root, isPurging }, faults };
  }
  const root = compileLeaf(document, pointer, context, members, faults);
  return { compiled: root === undefined ? undefined : { root, isPurging }, faults };
}

function compileLeaf(
  document: LeafDocument,
  pointer: string,
  context: WindowContext,
  members: readonly string[],
  faults: Fault[],
): TriggerLeaf | undefined {
  if ("on" in document) return { kind: "watermark" };
  if ("count" in document) return { kind: "count", count: document.count };
  const period = (key: string, text: string) =>
    readPositiveDuration(text, pointerTo(pointer, key), "A period of 0 never ends", faults);
  if ("every" in document) return { kind: "every", everyMs: period("every", document.every) };
  if ("everyLogTime" in document)
    return { kind: "every-log-time", everyMs: period("everyLogTime", document.everyLogTime) };
  if ("when" in document) {
    const names = context.triggerNames(members);
    const { compiled, faults: found } = context.conditions(document.when, pointerTo(pointer, "when"), names);
    faults.push(...found);
    return compiled === undefined ? undefined : { kind: "when", condition: compiled };
  }
  const { use, params = {} } = document;
  const triggers = context.extensions?.triggers;
  const custom = triggers?.get(use);
  if (custom !== undefined) return { kind: "custom", custom, params };
  const hint = didYouMean(use, [...(triggers?.keys() ?? [])]) || ": name a plug-in that has it under `plugins`";
  faults.push({
    pointer: pointerTo(pointer, "use"),
    severity: "error",
    code: "unknown-name",
    message: `no plug-in has a trigger \`${use}\`${hint}`,
  });
  return undefined;
}
