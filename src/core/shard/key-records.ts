import { assert } from "../base/assert.ts";
import type { Dimension } from "../plan/plan.ts";
import type { KeyRecord, RecordHome } from "./key-record.ts";
import { packStates, unpackStates } from "./packed-states.ts";
import type { WarmRecords } from "./warm-records.ts";

/**
 * The records of a dimension, by key, by slot (a small number that a key has as long as its record is kept), and in the order
 * in which they were last seen. One that is asked for has its states live.
 *
 * At the limit: `keyCountMax`; the caller sheds.
 */
export class KeyRecords implements RecordHome {
  readonly dimension: number;
  readonly keyCountMax: number;
  private readonly program: Dimension;
  private readonly warm: WarmRecords;
  private readonly byKey = new Map<string, KeyRecord>();
  private readonly bySlot: (KeyRecord | undefined)[] = [];
  private readonly freeSlots: number[] = [];
  private oldest: KeyRecord | undefined = undefined;
  private newest: KeyRecord | undefined = undefined;

  constructor(options: {
    readonly dimension: number;
    readonly program: Dimension;
    readonly keyCountMax: number;
    readonly warm: WarmRecords;
  }) {
    this.dimension = options.dimension;
    this.program = options.program;
    this.keyCountMax = options.keyCountMax;
    this.warm = options.warm;
  }

  get key(): Dimension["key"] {
    return this.program.key;
  }

  get size(): number {
    return this.byKey.size;
  }

  /** With its states live. */
  get(keyString: string): KeyRecord | undefined {
    const record = this.byKey.get(keyString);
    if (record === undefined) return undefined;
    record.isTouched = true;
    if (record.packed !== undefined) {
      record.states = unpackStates(this.program.operators, record.packed);
      record.packed = undefined;
      this.warm.add(record);
    }
    return record;
  }

  /** As it is: its states may be packed. */
  peek(keyString: string): KeyRecord | undefined {
    return this.byKey.get(keyString);
  }

  keys(): IterableIterator<string> {
    return this.byKey.keys();
  }

  /** As they are: their states may be packed. */
  values(): IterableIterator<KeyRecord> {
    return this.byKey.values();
  }

  keyAt(slot: number): string {
    return this.bySlot[slot]?.keyString ?? "";
  }

  /** Takes a record that is new here, as the one last seen. */
  add(record: KeyRecord): void {
    assert(record.slot < 0, "a record is kept once");
    record.slot = this.freeSlots.pop() ?? this.bySlot.length;
    this.bySlot[record.slot] = record;
    this.byKey.set(record.keyString, record);
    this.link(record);
    this.warm.add(record);
  }

  delete(record: KeyRecord): void {
    this.byKey.delete(record.keyString);
    this.bySlot[record.slot] = undefined;
    this.freeSlots.push(record.slot);
    record.slot = -1;
    this.unlink(record);
  }

  /** The record was seen by the entry of that ordinal, the last one so far. */
  see(record: KeyRecord, ordinal: number): void {
    record.lastSeenOrdinal = ordinal;
    if (record === this.newest || record.slot < 0) return;
    this.unlink(record);
    this.link(record);
  }

  /** Puts all in the order of their ordinals: after records were added in another. */
  order(): void {
    const records = [...this.byKey.values()].sort((a, b) => a.lastSeenOrdinal - b.lastSeenOrdinal);
    this.oldest = undefined;
    this.newest = undefined;
    for (const record of records) {
      record.older = undefined;
      record.newer = undefined;
      this.link(record);
    }
  }

  /** The records least recently seen, of equal ones the first by key. Takes as long as there are of them, with all that equal the last. */
  leastRecentlySeen(count: number): readonly KeyRecord[] {
    const records: KeyRecord[] = [];
    for (let record = this.oldest; record !== undefined; record = record.newer) {
      if (records.length >= count && record.lastSeenOrdinal !== records.at(-1)?.lastSeenOrdinal) break;
      records.push(record);
    }
    records.sort((a, b) => a.lastSeenOrdinal - b.lastSeenOrdinal || (a.keyString < b.keyString ? -1 : 1));
    return records.slice(0, count);
  }

  /** Makes its states bytes. */
  pack(record: KeyRecord): void {
    record.packed = packStates(this.program.operators, record.states);
    record.states = noStates;
    record.forgetForms();
  }

  private link(record: KeyRecord): void {
    record.older = this.newest;
    if (this.newest === undefined) this.oldest = record;
    else this.newest.newer = record;
    this.newest = record;
  }

  private unlink(record: KeyRecord): void {
    const { older, newer } = record;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.newest = older;
    else newer.older = older;
    record.older = undefined;
    record.newer = undefined;
  }
}

/** Stands in packed records. Nobody writes to it: states are asked for through `get`. */
const noStates: KeyRecord["states"] = [];
