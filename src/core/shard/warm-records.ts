import type { KeyRecord } from "./key-record.ts";

/** Most keys of a shard whose states are live between two entries; those of others are packed bytes until they are touched. */
export const warmKeyCountMax = 100_000;

/**
 * The records whose states are live. Past the most, one that was not touched since it was last looked at is packed (second
 * chance): amortised O(1) for each record that is touched. Only where nobody holds a state: between entries and deadlines.
 */
export class WarmRecords {
  readonly countMax: number;
  private records: KeyRecord[] = [];
  private hand = 0;

  constructor(countMax: number) {
    this.countMax = countMax;
  }

  get size(): number {
    return this.records.length;
  }

  add(record: KeyRecord): void {
    record.isTouched = true;
    this.records.push(record);
  }

  /** Packs records until no more than the most are live. */
  settle(pack: (record: KeyRecord) => void): void {
    const { records } = this;
    while (records.length > this.countMax) {
      if (this.hand >= records.length) this.hand = 0;
      const record = records[this.hand];
      if (record === undefined) return;
      if (record.isTouched && record.slot >= 0) {
        record.isTouched = false;
        this.hand += 1;
        continue;
      }
      // One that was let go meanwhile is only forgotten.
      if (record.slot >= 0) pack(record);
      const last = records.pop();
      if (last !== undefined && last !== record) records[this.hand] = last;
    }
  }
}
