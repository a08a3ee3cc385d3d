import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import type { JsonValue } from "../../base/json.ts";
import { type AggregateInput, scalarOf } from "../aggregate-input.ts";
import type { AggregateState, RemovableAggregateState } from "../aggregate-state.ts";
import { decodeScalar } from "../input-codec.ts";
import { decodeHyperLogLog, HyperLogLog } from "./hyper-log-log.ts";

/** Different values up to which they are counted exactly, where events only enter; beyond, a sketch has a standard error of 0.81 %. */
const distinctExactCountMax = 1_024;

/** Few values stand in an array. */
const smallCountMax = 8;

/** Number of different values: exact up to `distinctExactCountMax`, then a sketch of them. */
export class DistinctState implements AggregateState {
  values: (string | number | boolean)[] | Set<string | number | boolean> | HyperLogLog = [];

  add(input: AggregateInput): boolean {
    const value = scalarOf(input);
    if (value === undefined) return false;
    const { values } = this;
    if (values instanceof HyperLogLog) {
      values.add(value);
    } else if (values instanceof Set) {
      values.add(value);
      if (values.size > distinctExactCountMax) this.values = sketchOf(values);
    } else if (!values.includes(value)) {
      values.push(value);
      if (values.length > smallCountMax) this.values = new Set(values);
    }
    return true;
  }

  merge(other: AggregateState): void {
    if (!(other instanceof DistinctState)) return;
    if (!(other.values instanceof HyperLogLog)) {
      for (const value of other.values) this.add(value);
      return;
    }
    if (!(this.values instanceof HyperLogLog)) this.values = sketchOf(this.values);
    this.values.merge(other.values);
  }

  value(): JsonValue {
    const { values } = this;
    if (values instanceof HyperLogLog) return values.estimate();
    return values instanceof Set ? values.size : values.length;
  }

  encode(writer: ByteWriter): void {
    const { values } = this;
    writer.boolean(values instanceof HyperLogLog);
    if (values instanceof HyperLogLog) {
      values.encode(writer);
      return;
    }
    writer.count(values instanceof Set ? values.size : values.length);
    for (const value of values) writer.json(value);
  }
}

function sketchOf(values: Iterable<string | number | boolean>): HyperLogLog {
  const sketch = new HyperLogLog();
  for (const value of values) sketch.add(value);
  return sketch;
}

/** @throws {CorruptBytesError} */
export function decodeDistinct(reader: ByteReader): DistinctState {
  const state = new DistinctState();
  if (reader.boolean()) {
    state.values = decodeHyperLogLog(reader);
    return state;
  }
  const size = reader.count();
  for (let left = size; left > 0; left -= 1) state.add(decodeScalar(reader));
  if (size > distinctExactCountMax || state.value() !== size)
    throw new CorruptBytesError(`state is damaged: no values at ${reader.at}`);
  return state;
}

/** At the limit: a value that is not among those counted is skipped and counted as such; `distinct` of a sliding window is then a lower bound. */
export const distinctCountMax = 1_000_000;

/** Exact. How often each value is there, so that it goes with the last of its events. */
export class CountedDistinctState implements RemovableAggregateState {
  readonly counts = new Map<string | number | boolean, number>();

  add(input: AggregateInput): boolean {
    const value = scalarOf(input);
    if (value === undefined) return false;
    const count = this.counts.get(value) ?? 0;
    if (count === 0 && this.counts.size >= distinctCountMax) return false;
    this.counts.set(value, count + 1);
    return true;
  }

  remove(input: AggregateInput): void {
    const value = scalarOf(input);
    if (value !== undefined) this.take(value, 1);
  }

  private take(value: string | number | boolean, count: number): void {
    const left = (this.counts.get(value) ?? 0) - count;
    if (left > 0) this.counts.set(value, left);
    else this.counts.delete(value);
  }

  merge(other: AggregateState): void {
    if (!(other instanceof CountedDistinctState)) return;
    for (const [value, count] of other.counts) this.counts.set(value, (this.counts.get(value) ?? 0) + count);
  }

  unmerge(other: AggregateState): void {
    if (!(other instanceof CountedDistinctState)) return;
    for (const [value, count] of other.counts) this.take(value, count);
  }

  value(): JsonValue {
    return this.counts.size;
  }

  encode(writer: ByteWriter): void {
    encodeCounts(this.counts, writer);
  }
}

export function encodeCounts(counts: ReadonlyMap<string | number | boolean, number>, writer: ByteWriter): void {
  writer.count(counts.size);
  for (const [value, count] of counts) {
    writer.json(value);
    writer.count(count);
  }
}

/** @throws {CorruptBytesError} */
export function decodeCounts(reader: ByteReader): Map<string | number | boolean, number> {
  const counts = new Map<string | number | boolean, number>();
  for (let left = reader.count(); left > 0; left -= 1) {
    const value = decodeScalar(reader);
    const count = reader.count();
    if (count === 0 || counts.has(value)) throw new CorruptBytesError(`state is damaged: no value at ${reader.at}`);
    counts.set(value, count);
  }
  return counts;
}

/** @throws {CorruptBytesError} */
export function decodeCountedDistinct(reader: ByteReader): CountedDistinctState {
  const state = new CountedDistinctState();
  for (const [value, count] of decodeCounts(reader)) state.counts.set(value, count);
  return state;
}
