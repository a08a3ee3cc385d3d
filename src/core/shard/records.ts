import { effectIdOf } from "../alert/alert-identity.ts";
import { keyGroupOf } from "../event/key.ts";
import type { OperatorNode } from "../plan/plan.ts";
import { KeyRecord } from "./key-record.ts";
import type { OperatorState } from "./key-record.ts";
import { deadlineOf, isEmptyState, logDeadlineOf } from "./operator-state.ts";
import type { Output } from "./output.ts";
import type { KeyPlace, Shard } from "./shard.ts";

/** The address of a record in segments: its dimension's identity and its key. */
export function recordAddress(
  shard: Shard,
  { dimension, keyString }: Pick<KeyRecord, "dimension" | "keyString">,
): string {
  return `${shard.plan.dimensions[dimension]?.identity ?? ""}\n${keyString}`;
}

/** The record of a key, made on first use. */
export function recordAt(shard: Shard, place: KeyPlace, outputs: Output[]): KeyRecord {
  const records = shard.records[place.dimension];
  const known = records?.get(place.keyString);
  if (known !== undefined) return known;
  if (records !== undefined && records.size >= shard.settings.keyCountMax) shedKeys(shard, place.dimension, outputs);
  const record = new KeyRecord({ ...place, group: keyGroupOf(place.keyString) });
  keepRecord(shard, record);
  return record;
}

export function keepRecord(shard: Shard, record: KeyRecord): void {
  shard.records[record.dimension]?.set(record.keyString, record);
  shard.groups[record.group]?.add(record);
}

/** After an operator touched a record: its timer follows its state, and a record that holds nothing is let go. */
export function settleOperator(shard: Shard, record: KeyRecord, node: OperatorNode): void {
  record.lastSeenOrdinal = shard.ordinal;
  shard.dirty.add(record);
  const state = record.states[node.state];
  const deadline = state === undefined ? undefined : deadlineOf(node, state);
  const logDeadline = state === undefined ? undefined : logDeadlineOf(state);
  if (state !== undefined && isEmptyState(state)) record.states[node.state] = undefined;
  if (deadline === undefined) shard.timers.cancel(node.order, record.keyString);
  else shard.timers.schedule(node.order, record.keyString, deadline);
  if (logDeadline === undefined) shard.logTimers.cancel(node.order, record.keyString);
  else shard.logTimers.schedule(node.order, record.keyString, logDeadline);
}

/** Nothing happens to a record that was shed meanwhile: its key may have another by now. */
export function letGoIfEmpty(shard: Shard, record: KeyRecord): void {
  if (shard.records[record.dimension]?.get(record.keyString) !== record) return;
  if (record.states.every((state) => state === undefined)) letGo(shard, record);
}

function letGo(shard: Shard, record: KeyRecord): void {
  shard.records[record.dimension]?.delete(record.keyString);
  shard.groups[record.group]?.delete(record);
  shard.dirty.delete(record);
  if (record.isStored) shard.gone.add(recordAddress(shard, record));
}

/** Sheds a tenth of a dimension's keys, those least recently seen (of equal ones, by key), and raises an alarm. */
function shedKeys(shard: Shard, dimension: number, outputs: Output[]): void {
  const records = [...(shard.records[dimension]?.values() ?? [])];
  records.sort((a, b) => a.lastSeenOrdinal - b.lastSeenOrdinal || (a.keyString < b.keyString ? -1 : 1));
  const shed = records.slice(0, Math.ceil(records.length / 10));
  for (const record of shed) {
    for (const node of shard.plan.dimensions[dimension]?.operators ?? []) cancelTimers(shard, node, record);
    letGo(shard, record);
  }
  shard.stats.keysShed += shed.length;
  const names = shard.plan.dimensions[dimension]?.key.names.join(", ") ?? "";
  const message = `key [${names}] has ${records.length} values, its limit: the ${shed.length} least recently seen were shed`;
  outputs.push({
    kind: "alarm",
    id: effectIdOf(["alarm", "keys", shard.plan.dimensions[dimension]?.identity, shard.ordinal]),
    alarm: { code: "limit-reached", message },
  });
}

function cancelTimers(shard: Shard, { order }: OperatorNode, { keyString }: KeyRecord): void {
  shard.timers.cancel(order, keyString);
  shard.logTimers.cancel(order, keyString);
}

/** The state of an operator within a record, made on first use. */
export function stateAt<T extends OperatorState>(
  record: KeyRecord,
  node: OperatorNode,
  isOfKind: (state: OperatorState) => state is T,
  make: () => T,
): T {
  const known = record.states[node.state];
  if (known !== undefined && isOfKind(known)) return known;
  const made = make();
  record.states[node.state] = made;
  return made;
}
