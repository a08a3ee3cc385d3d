import type { RuleDocument } from "../../spec/rule.ts";
import { pointerTo } from "../base/fault.ts";
import type { Fault } from "../base/fault.ts";
import { compileExpression } from "../expr/compile-expression.ts";
import type { Compiling, ExprContext, KnownList } from "../expr/context.ts";
import { unknownListMessage, useList } from "../expr/json/list-name.ts";
import { fixedFields } from "../table/file-members.ts";
import type { DeclaredLookup } from "./rule-program.ts";

type Lists = ReadonlyMap<string, KnownList> | undefined;

/** What the facts of a rule's look-ups hold, where their tables say which fields their members have. */
export function lookupMembersOf({ lookup }: RuleDocument, lists: Lists): Readonly<Record<string, readonly string[]>> {
  const members: Record<string, readonly string[]> = {};
  for (const [name, { table }] of Object.entries(lookup ?? {})) {
    const fields = lists?.get(table)?.fields;
    if (fields !== undefined) members[name] = [...fields, ...fixedFields];
  }
  return members;
}

/** Look-ups, each behind those that its key reads. */
export function compileLookups(
  { lookup }: RuleDocument,
  slots: Readonly<Record<string, number>>,
  context: ExprContext,
): Compiling<readonly DeclaredLookup[]> {
  const faults: Fault[] = [];
  const waiting = new Map<string, DeclaredLookup>();
  for (const [name, { table, key: text }] of Object.entries(lookup ?? {})) {
    if (!useList(context, table)) {
      const pointer = pointerTo("", "lookup", name, "table");
      faults.push({ pointer, severity: "error", code: "unknown-name", message: unknownListMessage(context, table) });
    }
    const key = compileExpression(text, pointerTo("", "lookup", name, "key"), context);
    faults.push(...key.faults);
    if (key.compiled !== undefined) waiting.set(name, { name, slot: slots[name] ?? 0, table, key: key.compiled });
  }
  const ordered: DeclaredLookup[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].find(({ key }) => !key.reads.some((name) => waiting.has(name)));
    if (ready === undefined) {
      const [name = ""] = waiting.keys();
      const message = `\`${[...waiting.keys()].join("`, `")}\` read each other in a circle; take one of them out of it`;
      faults.push({ pointer: pointerTo("", "lookup", name), severity: "error", code: "cycle", message });
      break;
    }
    ordered.push(ready);
    waiting.delete(ready.name);
  }
  return { compiled: ordered, faults };
}

/** Of look-ups in the order of their dependencies those that names lead to, in the same order. */
export function lookupsReadBy(names: readonly string[], lookups: readonly DeclaredLookup[]): readonly DeclaredLookup[] {
  const read = new Set(names);
  for (const { name, key } of lookups.toReversed()) if (read.has(name)) for (const next of key.reads) read.add(next);
  return lookups.filter(({ name }) => read.has(name));
}

/** What a look-up is, for the identity of an operator that reads it. */
export function lookupContent(
  { lookup }: RuleDocument,
  lookups: readonly DeclaredLookup[],
): readonly unknown[] | undefined {
  if (lookups.length === 0) return undefined;
  return lookups.map(({ name }) => [name, lookup?.[name]]);
}
