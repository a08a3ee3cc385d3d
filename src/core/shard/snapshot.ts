import { assert } from "../base/assert.ts";
import { ByteReader, ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { toJson } from "../base/json.ts";
import { keyFactOf } from "../rule/key-program.ts";
import { decodeEvent, encodeEvent } from "../event/event-codec.ts";
import { keyGroupOf, keyString } from "../event/key.ts";
import type { OperatorNode, Plan } from "../plan/plan.ts";
import { logTimeMs } from "../time/instant.ts";
import { timesOf } from "../time/source-time.ts";
import { decodeWatermark, encodeWatermark } from "../time/watermark-codec.ts";
import { KeyRecord } from "./key-record.ts";
import { carryLists, isListAddress, putListChanges, putLists, restoreLists } from "./list-states.ts";
import { decodeState, deadlineOf, logDeadlineOf } from "./operator-state.ts";
import { stateParts } from "./packed-states.ts";
import { isQuestionAddress, putQuestions, restoreQuestions } from "./question-states.ts";
import { keepRecord, packRecords, recordAddress } from "./records.ts";
import { Shard } from "./shard.ts";
import type { ShardSettings } from "./shard.ts";

const codecVersion = 1;

/** The address of the state that belongs to no key: clocks and waiting events. It is no JSON array, as keys' dimensions are. */
const clockAddress = "clock";

/**
 * Changes since the last snapshot, as a sequence of (address, bytes or nothing): a later one replaces an earlier one of the
 * same address, and nothing means that the record was let go.
 */
export interface SnapshotWriter {
  put(address: string, bytes: Uint8Array | undefined): void;
}

/** Writes what changed since the last call, and one key group whole, so that older segments end; see docs/protocol.md, rule 9. */
export function snapshotChanges(shard: Shard, wholeGroup: number, writer: SnapshotWriter): void {
  for (const address of shard.gone) writer.put(address, undefined);
  const records = new Set([...shard.dirty, ...(shard.groups[wholeGroup] ?? [])]);
  for (const record of records) putRecord(shard, record, writer);
  putListChanges(shard.lists, wholeGroup, writer);
  putQuestions(shard, writer, ({ isStored, group }) => !isStored || group === wholeGroup);
  writer.put(clockAddress, encodeClock(shard));
  shard.gone.clear();
  shard.dirty.clear();
}

/** Writes all of the state. */
export function snapshotWhole(shard: Shard, writer: SnapshotWriter): void {
  for (const records of shard.records) {
    for (const record of records.values()) putRecord(shard, record, writer);
  }
  putLists(shard.lists, writer);
  putQuestions(shard, writer, () => true);
  writer.put(clockAddress, encodeClock(shard));
}

/**
 * A shard with the state that snapshots hold, put one over the other in order. State of operators that the plan does not
 * have is left out: that is how another version of the documents keeps what did not change.
 *
 * @throws {CorruptBytesError} where the bytes are damaged, or of a newer version.
 */
export function restoreShard(plan: Plan, settings: ShardSettings, entries: ReadonlyMap<string, Uint8Array>): Shard {
  const shard = new Shard(plan, settings, restoreLists(plan.lists, entries));
  const clock = entries.get(clockAddress);
  if (clock !== undefined) decodeClock(shard, new ByteReader(clock));
  for (const [address, bytes] of entries) {
    if (address === clockAddress || isListAddress(address) || isQuestionAddress(address)) continue;
    restoreRecord(shard, address, bytes);
    packRecords(shard);
  }
  for (const records of shard.records) records.order();
  restoreQuestions(shard, entries);
  return shard;
}

/** The same state under another plan. */
export function activatePlan(shard: Shard, plan: Plan): Shard {
  const entries = new Map<string, Uint8Array>();
  snapshotWhole(shard, {
    put: (address, bytes) => {
      if (bytes !== undefined) entries.set(address, bytes);
    },
  });
  const next = restoreShard(plan, shard.settings, entries);
  // What the new plan let go of must not come back from older segments, so the next snapshot says so.
  for (const address of shard.gone) next.gone.add(address);
  for (const address of entries.keys()) if (address !== clockAddress) next.gone.add(address);
  for (const records of next.records) for (const record of records.values()) next.dirty.add(record);
  carryLists(shard.lists, next.lists, next.gone);
  for (const question of next.questions.values()) question.isStored = false;
  return next;
}

function putRecord(shard: Shard, record: KeyRecord, writer: SnapshotWriter): void {
  writer.put(recordAddress(shard, record), encodeRecord(shard.plan, record));
  record.isStored = true;
}

function encodeRecord(plan: Plan, record: KeyRecord): Uint8Array {
  const writer = new ByteWriter();
  writer.byte(codecVersion);
  writer.json(record.values);
  writer.count(record.lastSeenOrdinal);
  const operators = plan.dimensions[record.dimension]?.operators ?? [];
  const kept = stateParts(operators, record);
  writer.count(kept.length);
  for (const { place, bytes } of kept) {
    writer.string(operators[place]?.identity ?? "");
    writer.bytes(bytes);
  }
  return writer.finish();
}

function restoreRecord(shard: Shard, address: string, bytes: Uint8Array): void {
  const identity = address.slice(0, address.indexOf("\n"));
  const dimension = shard.plan.dimensions.findIndex((candidate) => candidate.identity === identity);
  const { operators } = shard.plan.dimensions[dimension] ?? {};
  if (operators === undefined) return;
  const reader = new ByteReader(bytes);
  if (reader.byte() !== codecVersion) throw new CorruptBytesError("state is damaged or newer: no record of version 1");
  const record = recordOf(shard, dimension, reader);
  if (recordAddress(shard, record) !== address) {
    throw new CorruptBytesError("state is damaged: a record's key is not that of its address");
  }
  record.lastSeenOrdinal = reader.count();
  record.isStored = true;
  for (let left = reader.count(); left > 0; left -= 1) {
    const operator = reader.string();
    const stateReader = new ByteReader(reader.bytes());
    const node = operators.find((candidate) => candidate.identity === operator);
    if (node === undefined) continue;
    const state = decodeState(node, stateReader);
    checkEnd(stateReader);
    record.states[node.state] = state;
  }
  checkEnd(reader);
  if (record.states.every((state) => state === undefined)) return;
  keepRecord(shard, record);
  for (const node of operators) scheduleRestored(shard, record, node);
}

function scheduleRestored(shard: Shard, { states, slot }: KeyRecord, node: OperatorNode): void {
  const state = states[node.state];
  if (state === undefined) return;
  const deadline = deadlineOf(node, state);
  if (deadline !== undefined) shard.timers.schedule(node.order, slot, deadline);
  const logDeadline = logDeadlineOf(state);
  if (logDeadline !== undefined) shard.logTimers.schedule(node.order, slot, logDeadline);
}

function recordOf({ records }: Shard, dimension: number, reader: ByteReader): KeyRecord {
  const home = records[dimension];
  assert(home !== undefined, "a dimension of the plan has records");
  const { key } = home;
  const values = toJson(reader.json());
  if (!Array.isArray(values) || values.length !== key.names.length) {
    throw new CorruptBytesError("state is damaged: a record has no key");
  }
  const text = keyString(values);
  return new KeyRecord({ home, keyString: text, group: keyGroupOf(text), values, key: keyFactOf(key, values) });
}

function checkEnd(reader: ByteReader): void {
  if (!reader.isAtEnd) throw new CorruptBytesError(`state is damaged: more than was written, from ${reader.at} on`);
}

function encodeClock(shard: Shard): Uint8Array {
  const writer = new ByteWriter();
  writer.byte(codecVersion);
  writer.count(shard.ordinal);
  writer.number(shard.logTime);
  encodeWatermark(shard.watermark, writer);
  const { heap, arrivals } = shard.reorder;
  writer.count(arrivals);
  writer.count(heap.size);
  for (const { event, arrival, isShadow } of heap.items) {
    writer.count(arrival);
    writer.boolean(isShadow);
    encodeEvent(event, writer);
  }
  return writer.finish();
}

function decodeClock(shard: Shard, reader: ByteReader): void {
  if (reader.byte() !== codecVersion) throw new CorruptBytesError("state is damaged or newer: no clock of version 1");
  shard.ordinal = reader.count();
  shard.logTime = logTimeMs(reader.number());
  if (Number.isNaN(shard.logTime)) throw new CorruptBytesError(`state is damaged: no log time at ${reader.at}`);
  shard.watermark = decodeWatermark(reader, timesOf(shard.settings));
  shard.timeReached = shard.watermark.at;
  shard.reorder.arrivals = reader.count();
  for (let left = reader.count(); left > 0; left -= 1) {
    const arrival = reader.count();
    const isShadow = reader.boolean();
    shard.reorder.heap.push({ arrival, isShadow, event: decodeEvent(reader) });
  }
  checkEnd(reader);
}
