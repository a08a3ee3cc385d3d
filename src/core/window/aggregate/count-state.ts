import type { ByteReader, ByteWriter } from "../../base/bytes.ts";
import type { JsonValue } from "../../base/json.ts";
import type { AggregateInput } from "../aggregate-input.ts";
import type { AggregateState, RemovableAggregateState, ValueMoment } from "../aggregate-state.ts";

/** Number of events. */
export class CountState implements RemovableAggregateState {
  count = 0;

  add(): boolean {
    this.count += 1;
    return true;
  }

  remove(): void {
    this.count -= 1;
  }

  merge(other: AggregateState): void {
    if (other instanceof CountState) this.count += other.count;
  }

  unmerge(other: AggregateState): void {
    if (other instanceof CountState) this.count -= other.count;
  }

  value(): JsonValue {
    return this.count;
  }

  encode(writer: ByteWriter): void {
    writer.count(this.count);
  }
}

/** @throws {CorruptBytesError} */
export function decodeCount(reader: ByteReader): CountState {
  const state = new CountState();
  state.count = reader.count();
  return state;
}

/** Events in each `unitMs` of the window's length. */
export class RateState implements RemovableAggregateState {
  readonly unitMs: number;
  count = 0;

  constructor(unitMs: number) {
    this.unitMs = unitMs;
  }

  add(): boolean {
    this.count += 1;
    return true;
  }

  remove(): void {
    this.count -= 1;
  }

  merge(other: AggregateState): void {
    if (other instanceof RateState) this.count += other.count;
  }

  unmerge(other: AggregateState): void {
    if (other instanceof RateState) this.count -= other.count;
  }

  value({ start, end }: ValueMoment): JsonValue {
    return end > start ? (this.count * this.unitMs) / (end - start) : null;
  }

  encode(writer: ByteWriter): void {
    writer.count(this.count);
  }
}

/** @throws {CorruptBytesError} */
export function decodeRate(unitMs: number, reader: ByteReader): RateState {
  const state = new RateState(unitMs);
  state.count = reader.count();
  return state;
}

/** Share of the inputs that are 1; the others are 0. Null of none. */
export class RatioState implements RemovableAggregateState {
  hits = 0;
  count = 0;

  add(input: AggregateInput): boolean {
    this.hits += Number(input);
    this.count += 1;
    return true;
  }

  remove(input: AggregateInput): void {
    this.hits -= Number(input);
    this.count -= 1;
  }

  merge(other: AggregateState): void {
    if (!(other instanceof RatioState)) return;
    this.hits += other.hits;
    this.count += other.count;
  }

  unmerge(other: AggregateState): void {
    if (!(other instanceof RatioState)) return;
    this.hits -= other.hits;
    this.count -= other.count;
  }

  value(): JsonValue {
    return this.count === 0 ? null : this.hits / this.count;
  }

  encode(writer: ByteWriter): void {
    writer.count(this.hits);
    writer.count(this.count);
  }
}

/** @throws {CorruptBytesError} */
export function decodeRatio(reader: ByteReader): RatioState {
  const state = new RatioState();
  state.hits = reader.count();
  state.count = reader.count();
  return state;
}
