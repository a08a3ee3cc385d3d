import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import type { JsonValue } from "../../base/json.ts";
import type { AggregateInput } from "../aggregate-input.ts";
import type { AggregateState, RemovableAggregateState } from "../aggregate-state.ts";

const accuracy = 0.01;
const gamma = (1 + accuracy) / (1 - accuracy);
const logGamma = Math.log(gamma);

/**
 * A quantile within 1 % of the exact one (nearest rank, `p` × (n - 1)): C. Masson, J. Rim and H. Lee, "DDSketch", 2019. Values stand in buckets by
 * the power of gamma that they lie below, negative ones apart, zeros (and what is nearer to 0 than 1e-300) in one of their own.
 * Nothing is collapsed: the range of doubles bounds the buckets at some 140,000, and so a value can be taken out again.
 */
export class PercentileState implements RemovableAggregateState {
  readonly p: number;
  /** Counts by bucket: of positive values 2 i, of negative ones 2 i + 1. */
  readonly buckets = new Map<number, number>();
  zeroCount = 0;
  count = 0;

  constructor(p: number) {
    this.p = p;
  }

  add(input: AggregateInput): boolean {
    this.note(Number(input), 1);
    return true;
  }

  remove(input: AggregateInput): void {
    this.note(Number(input), -1);
  }

  private note(value: number, sign: 1 | -1): void {
    this.count += sign;
    const magnitude = Math.abs(value);
    if (magnitude < 1e-300) this.zeroCount += sign;
    else this.change(2 * Math.ceil(Math.log(magnitude) / logGamma) + (value < 0 ? 1 : 0), sign);
  }

  private change(bucket: number, by: number): void {
    const count = (this.buckets.get(bucket) ?? 0) + by;
    if (count === 0) this.buckets.delete(bucket);
    else this.buckets.set(bucket, count);
  }

  merge(other: AggregateState): void {
    this.join(other, 1);
  }

  unmerge(other: AggregateState): void {
    this.join(other, -1);
  }

  private join(other: AggregateState, sign: 1 | -1): void {
    if (!(other instanceof PercentileState)) return;
    this.count += sign * other.count;
    this.zeroCount += sign * other.zeroCount;
    for (const [bucket, count] of other.buckets) this.change(bucket, sign * count);
  }

  /** Null of none. */
  value(): JsonValue {
    if (this.count === 0) return null;
    let left = Math.floor(this.p * (this.count - 1));
    const ordered = [...this.buckets.keys()].sort((a, b) => rankOf(a) - rankOf(b));
    let isPastZero = false;
    for (const bucket of ordered) {
      if (!isPastZero && bucket % 2 === 0) {
        isPastZero = true;
        if (left < this.zeroCount) return 0;
        left -= this.zeroCount;
      }
      const count = this.buckets.get(bucket) ?? 0;
      if (left < count) return valueOf(bucket);
      left -= count;
    }
    return 0;
  }

  encode(writer: ByteWriter): void {
    writer.count(this.zeroCount);
    writer.count(this.buckets.size);
    for (const [bucket, count] of this.buckets) {
      writer.number(bucket);
      writer.count(count);
    }
  }
}

/** Buckets in the order of their values: the most negative first. */
function rankOf(bucket: number): number {
  const isNegative = bucket % 2 !== 0;
  const index = Math.floor(bucket / 2) + bucketOffset;
  return isNegative ? -index : index;
}

/** More than the index of the least double. */
const bucketOffset = 100_000;

function valueOf(bucket: number): number {
  const magnitude = Math.min((2 * gamma ** Math.floor(bucket / 2)) / (gamma + 1), Number.MAX_VALUE);
  return bucket % 2 !== 0 ? -magnitude : magnitude;
}

/** @throws {CorruptBytesError} */
export function decodePercentile(p: number, reader: ByteReader): PercentileState {
  const state = new PercentileState(p);
  state.zeroCount = reader.count();
  state.count = state.zeroCount;
  for (let left = reader.count(); left > 0; left -= 1) {
    const bucket = reader.number();
    const count = reader.count();
    if (!Number.isInteger(bucket) || Math.abs(bucket) > 2 * bucketOffset || count === 0 || state.buckets.has(bucket))
      throw new CorruptBytesError(`state is damaged: no bucket at ${reader.at}`);
    state.buckets.set(bucket, count);
    state.count += count;
  }
  return state;
}
