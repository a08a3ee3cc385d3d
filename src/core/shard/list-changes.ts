import { effectIdOf } from "../alert/alert-identity.ts";
import { canonicalJson, toJson } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { CompiledExpression } from "../expr/compiled.ts";
import { ExprError } from "../expr/expr-error.ts";
import type { RuleProgram } from "../rule/rule-program.ts";
import type { ListChange, Member } from "../table/list-change.ts";
import type { FeedProgram, MemberField, MemberFields } from "../table/list-program.ts";
import type { ListState } from "../table/list-state.ts";
import type { LogTimeMs } from "../time/instant.ts";
import type { Output } from "./output.ts";
import { enterEvent } from "./shard.ts";
import type { Shard } from "./shard.ts";
import { countError } from "./shard-stats.ts";

/**
 * Makes changes from outside, in their order, at the shard's log time, which the caller has moved on. A list that the plan
 * does not have is left alone, and a member that it cannot hold (`memberRefusal` says so beforehand) is counted as an error.
 */
export function applyListChanges(shard: Shard, list: string, changes: readonly ListChange[], outputs: Output[]): void {
  const state = shard.lists.byId.get(list);
  if (state === undefined) return;
  for (const change of changes) applyChange(shard, state, change, listOwner(list), outputs);
}

/** Notes what a rule that holds wants of lists, with the values of now; a shadow rule wants nothing. */
export function noteListActions(shard: Shard, { id, listActions, isShadow }: RuleProgram): void {
  if (isShadow) return;
  for (const { kind, list, member: expression, ttlMs, fields } of listActions) {
    const member = memberOf(shard, expression, id);
    if (member === undefined) continue;
    const change: ListChange =
      kind === "remove" ? { kind, member } : { kind, member, fields: fieldsOf(shard, fields, id), ttlMs };
    shard.lists.pending.push({ list, change, by: id });
  }
}

/** Makes the changes that rules want, once all that one event or deadline leads to is decided: none of it saw them. */
export function settleListChanges(shard: Shard, outputs: Output[]): void {
  const { pending, byId } = shard.lists;
  if (pending.length === 0) return;
  for (const { list, change, by } of pending) {
    const state = byId.get(list);
    if (state !== undefined) applyChange(shard, state, change, by, outputs);
  }
  pending.length = 0;
}

/** Lets an event feed the lists that want it, after all rules that saw it arrive. Late ones feed like others: the last to arrive stays. */
export function feedLists(shard: Shard, event: TocsinEvent, outputs: Output[]): void {
  for (const state of shard.lists.feedsFor(event.type)) {
    const { feed } = state.program;
    if (feed !== undefined) feedList(shard, state, feed, event, outputs);
  }
}

function feedList(shard: Shard, state: ListState, feed: FeedProgram, event: TocsinEvent, outputs: Output[]): void {
  const owner = listOwner(state.program.id);
  const scope = enterEvent(shard, event);
  if (feed.where !== undefined) {
    const outcome = feed.where.holds(scope);
    if (outcome instanceof ExprError) countError(shard.stats, owner, outcome);
    if (outcome !== true) return;
  }
  const member = memberOf(shard, feed.member, owner);
  if (member === undefined) return;
  const change: ListChange = { kind: "add", member, fields: fieldsOf(shard, feed.fields, owner), ttlMs: undefined };
  applyChange(shard, state, change, owner, outputs);
}

/** What errors of a list's own are counted under: no rule has such an id. */
function listOwner(id: string): string {
  return `list ${id}`;
}

/** Undefined where there is none: an absent or null one is none, and one of another type is counted as an error. */
function memberOf(shard: Shard, expression: CompiledExpression, owner: string): Member | undefined {
  const value = expression.evaluate(shard.scope);
  if (typeof value === "string" || typeof value === "number") return value;
  if (value instanceof ExprError) countError(shard.stats, owner, value);
  else if (value !== null && value !== undefined)
    countError(shard.stats, owner, new ExprError("type", `${canonicalJson(toJson(value))} can be no member of a list`));
  return undefined;
}

function fieldsOf(shard: Shard, fields: readonly MemberField[], owner: string): MemberFields {
  const values: Record<string, JsonValue> = {};
  for (const { name, value: expression } of fields) {
    const value = expression.evaluate(shard.scope);
    if (value instanceof ExprError) countError(shard.stats, owner, value);
    values[name] = value instanceof ExprError ? null : toJson(value);
  }
  return values;
}

function applyChange(shard: Shard, state: ListState, change: ListChange, owner: string, outputs: Output[]): void {
  const shed = state.apply(change, shard.logTime);
  if (typeof shed === "string") {
    countError(shard.stats, owner, new ExprError("argument", `the list ${state.program.id} cannot hold it: ${shed}`));
    return;
  }
  if (shed === 0) return;
  shard.stats.listMembersShed += shed;
  tellOfShedding(state, state.shedCount - shed, outputs);
}

/** An alarm at the first member that is shed, the tenth, the hundredth and so on: a list that is full sheds with each addition. */
function tellOfShedding({ program, shedCount }: ListState, before: number, outputs: Output[]): void {
  let mark = 1;
  while (mark <= before) mark *= 10;
  if (shedCount < mark) return;
  const message = `list ${program.id} has ${program.memberCountMax} added members, its limit: ${shedCount} of those added longest ago were shed so far`;
  outputs.push({
    kind: "alarm",
    id: effectIdOf(["alarm", "list", program.identity, mark]),
    alarm: { code: "limit-reached", message },
  });
}

/** Moves log time on, never back; members whose time is over are gone with it. */
export function advanceLogTime(shard: Shard, at: LogTimeMs): void {
  if (at <= shard.logTime) return;
  shard.logTime = at;
  shard.lists.expire(at);
}
