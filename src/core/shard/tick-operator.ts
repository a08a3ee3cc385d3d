import type { JsonValue } from "../base/json.ts";
import { keyString } from "../event/key.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { RuleNode, TickNode } from "../plan/plan.ts";
import { keyFactOf } from "../rule/key-program.ts";
import { type EventTimeMs, eventTimeMs } from "../time/instant.ts";
import type { KeyRecord } from "./key-record.ts";
import { deadlineOf, isEmptyState } from "./operator-state.ts";
import type { Output } from "./output.ts";
import { recordAt, settleOperator, stateAt } from "./records.ts";
import type { KeyPlace, Shard } from "./shard.ts";
import { firstTickFrom, nextTickAfter, TickState } from "./tick-state.ts";

/** An event of a key of a rule that is evaluated at ticks: from now on the key has them. */
export function noteKeySeen(
  shard: Shard,
  place: KeyPlace,
  node: TickNode,
  event: TocsinEvent,
  outputs: Output[],
): void {
  const record = recordAt(shard, place, outputs);
  const known = record.states[node.state];
  if (known instanceof TickState && event.time <= known.lastEventAt) return;
  const state = tickOf(shard, record, node, event.time);
  state.lastEventAt = eventTimeMs(Math.max(state.lastEventAt, event.time));
  settleOperator(shard, record, node);
}

/** The tick at a time is passed where the watermark is there: it sees all events of that time. */
function tickOf(shard: Shard, record: KeyRecord, node: TickNode, from: number): TickState {
  const periods = node.rule.program.evaluate.everyMs;
  return stateAt(
    record,
    node,
    (known) => known instanceof TickState,
    () => {
      const first = firstTickFrom(periods, from);
      const next = first > shard.timeReached ? first : nextTickAfter(periods, shard.timeReached);
      return new TickState(next, eventTimeMs(from));
    },
  );
}

/** The tick that is due, and moves on to the next; undefined where the key has none. */
export function takeTick(record: KeyRecord, node: TickNode): EventTimeMs | undefined {
  const state = record.states[node.state];
  if (!(state instanceof TickState)) return undefined;
  const at = state.nextAt;
  state.nextAt = nextTickAfter(node.rule.program.evaluate.everyMs, at);
  return at;
}

/** After a tick: a key of which nothing is left for the rule has no further ones. */
export function settleTick(shard: Shard, record: KeyRecord, node: TickNode, at: EventTimeMs): void {
  const state = record.states[node.state];
  if (!(state instanceof TickState) || shard.records[record.dimension]?.get(record.keyString) !== record) return;
  const isOver = shard.watermark.at === Number.POSITIVE_INFINITY && isOverAt(record, node, state, at);
  if (!isOver && !isLetGo(shard, record, node.rule)) return;
  record.states[node.state] = undefined;
  settleOperator(shard, record, node);
}

/** After the end of input: the rule has no timer left, and its longest duration has passed since the last event. */
function isOverAt(record: KeyRecord, { rule }: TickNode, { lastEventAt }: TickState, at: EventTimeMs): boolean {
  if (at < lastEventAt + rule.program.longestMs) return false;
  return operatorsOf(rule).every((node) => {
    const state = record.states[node.state];
    return state === undefined || deadlineOf(node, state) === undefined;
  });
}

function isLetGo(shard: Shard, record: KeyRecord, rule: RuleNode): boolean {
  const { program } = rule;
  if (program.readsNow || rule.history !== undefined || isListed(shard, record, rule)) return false;
  return operatorsOf(rule).every((node) => {
    const state = record.states[node.state];
    return state === undefined || isEmptyState(state);
  });
}

function operatorsOf(rule: RuleNode) {
  const operators = [...rule.windows.map(({ node }) => node), ...rule.patterns.map(({ node }) => node)];
  return rule.firing === undefined ? operators : [...operators, rule.firing];
}

function isListed(shard: Shard, record: KeyRecord, { program }: RuleNode): boolean {
  const [member] = record.values;
  return program.keysList !== undefined && shard.lists.contains(program.keysList, member);
}

/** Gives the members of `keys` their ticks, once there is a time: again where a list may have changed. */
export function seedListedKeys(shard: Shard, outputs: Output[]): void {
  if (!Number.isFinite(shard.timeReached)) return;
  for (const node of shard.listedTicks) {
    const list = node.rule.program.keysList ?? "";
    const version = shard.lists.versionOf(list);
    if (shard.keysSeeded.get(node) === version) continue;
    shard.keysSeeded.set(node, version);
    for (const member of shard.lists.membersOf(list)) seedKey(shard, node, member, outputs);
  }
}

function seedKey(shard: Shard, node: TickNode, member: JsonValue, outputs: Output[]): void {
  const { rule } = node;
  const values = [member];
  const place = {
    dimension: rule.dimension,
    keyString: keyString(values),
    values,
    key: keyFactOf(rule.program.key, values),
  };
  const record = recordAt(shard, place, outputs);
  if (record.states[node.state] instanceof TickState) return;
  tickOf(shard, record, node, shard.timeReached);
  settleOperator(shard, record, node);
}
