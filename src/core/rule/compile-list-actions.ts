import type { RuleDocument } from "../../spec/rule.ts";
import { pointerTo } from "../base/fault.ts";
import type { Fault } from "../base/fault.ts";
import { compileExpression } from "../expr/compile-expression.ts";
import type { Compiling, ExprContext } from "../expr/context.ts";
import { unknownListMessage } from "../expr/json/list-name.ts";
import { compileMemberFields } from "../table/compile-feed.ts";
import { parseDuration } from "../time/duration.ts";
import type { DurationMs } from "../time/instant.ts";
import type { ListAction, RuleProgram } from "./rule-program.ts";

type ActionDocument = NonNullable<RuleDocument["lists"]>[number];

/** What an evaluation that holds does to lists, in the order written. */
export function compileListActions({ lists }: RuleDocument, context: ExprContext): Compiling<readonly ListAction[]> {
  const faults: Fault[] = [];
  const actions: ListAction[] = [];
  for (const [index, document] of (lists ?? []).entries()) {
    const action = compileAction(document, pointerTo("/lists", index), context);
    faults.push(...action.faults);
    if (action.compiled !== undefined) actions.push(action.compiled);
  }
  return { compiled: actions, faults };
}

function compileAction(document: ActionDocument, pointer: string, context: ExprContext): Compiling<ListAction> {
  const kind = "add" in document ? "add" : "remove";
  const list = "add" in document ? document.add : document.remove;
  const faults: Fault[] = [];
  const known = context.lists?.get(list);
  if (known === undefined) {
    const message = unknownListMessage(context, list);
    faults.push({ pointer: pointerTo(pointer, kind), severity: "error", code: "unknown-name", message });
  }
  const member = compileExpression(document.member, pointerTo(pointer, "member"), context);
  faults.push(...member.faults);
  if (member.compiled === undefined) return { compiled: undefined, faults };
  if (!("add" in document))
    return { compiled: { kind, list, member: member.compiled, ttlMs: undefined, fields: [] }, faults };
  const target = { id: list, fields: known?.fields };
  const fields = compileMemberFields(document.fields, pointerTo(pointer, "fields"), context, target);
  faults.push(...fields.faults);
  const ttlMs = readTtl(document.ttl ?? undefined, pointerTo(pointer, "ttl"), faults);
  return { compiled: { kind, list, member: member.compiled, ttlMs, fields: fields.compiled ?? [] }, faults };
}

function readTtl(text: string | undefined, pointer: string, faults: Fault[]): DurationMs | undefined {
  const ttlMs = text === undefined ? undefined : parseDuration(text);
  if (text === undefined || (ttlMs !== undefined && ttlMs > 0)) return ttlMs;
  const message = `"${text}" is no time that a member could stay; write one such as "30s" or "1h"`;
  faults.push({ pointer, severity: "error", code: "wrong-value", message });
  return undefined;
}

/** Ids of the lists and tables that a rule reads, in conditions, look-ups and expressions alike, sorted. */
export function listsReadBy({ listsRead }: Pick<RuleProgram, "listsRead">): readonly string[] {
  return listsRead;
}

/** Ids of the lists that a rule changes, sorted. A shadow rule changes none. */
export function listsWrittenBy({
  listActions,
  isShadow,
}: Pick<RuleProgram, "listActions" | "isShadow">): readonly string[] {
  return isShadow ? [] : [...new Set(listActions.map(({ list }) => list))].sort();
}
