import { assert } from "../base/assert.ts";
import { effectIdOf } from "../alert/alert-identity.ts";
import { keyGroupOf } from "../event/key.ts";
import type { OperatorNode } from "../plan/plan.ts";
import { KeyRecord } from "./key-record.ts";
import type { OperatorState } from "./key-record.ts";
import type { KeyRecords } from "./key-records.ts";
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
  assert(records !== undefined, "a key is of a dimension of the plan");
  const known = records.get(place.keyString);
  if (known !== undefined) return known;
  if (records.size >= records.keyCountMax) shedKeys(shard, records, outputs);
  const { keyString, values, key } = place;
  const record = new KeyRecord({ home: records, keyString, values, key, group: keyGroupOf(keyString) });
  keepRecord(shard, record);
  return record;
}

export function keepRecord(shard: Shard, record: KeyRecord): void {
  shard.records[record.dimension]?.add(record);
  const group = shard.groups[record.group];
  if (group !== undefined) record.groupIndex = group.push(record) - 1;
}

/** Packs what was not touched for long, where more records are live than may be. Nobody may hold a state. */
export function packRecords(shard: Shard): void {
  const { warm } = shard;
  if (warm.size > warm.countMax) warm.settle((record) => shard.records[record.dimension]?.pack(record));
}

/** After an operator touched a record: its timer follows its state, and a record that holds nothing is let go. */
export function settleOperator(shard: Shard, record: KeyRecord, node: OperatorNode): void {
  if (record.slot < 0) return;
  shard.records[record.dimension]?.see(record, shard.ordinal);
  shard.dirty.add(record);
  const state = record.states[node.state];
  const deadline = state === undefined ? undefined : deadlineOf(node, state);
  const logDeadline = state === undefined ? undefined : logDeadlineOf(state);
  if (state !== undefined && isEmptyState(state)) record.states[node.state] = undefined;
  if (deadline === undefined) shard.timers.cancel(node.order, record.slot);
  else shard.timers.schedule(node.order, record.slot, deadline);
  if (logDeadline === undefined) shard.logTimers.cancel(node.order, record.slot);
  else shard.logTimers.schedule(node.order, record.slot, logDeadline);
}

/** Nothing happens to a record that was shed meanwhile: its key may have another by now. */
export function letGoIfEmpty(shard: Shard, record: KeyRecord): void {
  if (record.slot < 0 || record.packed !== undefined) return;
  for (const state of record.states) if (state !== undefined) return;
  letGo(shard, record);
}

function letGo(shard: Shard, record: KeyRecord): void {
  shard.records[record.dimension]?.delete(record);
  leaveGroup(shard, record);
  shard.dirty.delete(record);
  if (record.isStored) shard.gone.add(recordAddress(shard, record));
}

/** The last of the group takes its place. */
function leaveGroup(shard: Shard, record: KeyRecord): void {
  const group = shard.groups[record.group];
  const last = group?.pop();
  if (group === undefined || last === undefined || last === record) return;
  group[record.groupIndex] = last;
  last.groupIndex = record.groupIndex;
}

/** Sheds a tenth of a dimension's keys, those least recently seen (of equal ones, by key), and raises an alarm. */
function shedKeys(shard: Shard, records: KeyRecords, outputs: Output[]): void {
  const { dimension, size } = records;
  const shed = records.leastRecentlySeen(Math.ceil(size / 10));
  for (const record of shed) {
    for (const node of shard.plan.dimensions[dimension]?.operators ?? []) cancelTimers(shard, node, record);
    letGo(shard, record);
  }
  shard.stats.keysShed += shed.length;
  const names = shard.plan.dimensions[dimension]?.key.names.join(", ") ?? "";
  const message = `key [${names}] has ${size} values, its limit: the ${shed.length} least recently seen were shed`;
  outputs.push({
    kind: "alarm",
    id: effectIdOf(["alarm", "keys", shard.plan.dimensions[dimension]?.identity, shard.ordinal]),
    alarm: { code: "limit-reached", message },
  });
}

function cancelTimers(shard: Shard, { order }: OperatorNode, { slot }: KeyRecord): void {
  shard.timers.cancel(order, slot);
  shard.logTimers.cancel(order, slot);
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
