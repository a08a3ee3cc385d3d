import type { ByteReader, ByteWriter } from "../../base/bytes.ts";
import { decodeExactSum, ExactSum } from "../../base/exact-sum.ts";
import type { JsonValue } from "../../base/json.ts";
import type { AggregateInput } from "../aggregate-input.ts";
import type { AggregateState, RemovableAggregateState } from "../aggregate-state.ts";

/** Sum or mean. The mean is the sum, rounded once, divided by the count. */
export class SumState implements RemovableAggregateState {
  readonly kind: "sum" | "avg";
  readonly sum: ExactSum;
  count: number;

  constructor(kind: "sum" | "avg", sum = new ExactSum(), count = 0) {
    this.kind = kind;
    this.sum = sum;
    this.count = count;
  }

  add(input: AggregateInput): boolean {
    this.sum.add(Number(input));
    this.count += 1;
    return true;
  }

  remove(input: AggregateInput): void {
    this.sum.add(-Number(input));
    this.count -= 1;
  }

  merge(other: AggregateState): void {
    if (!(other instanceof SumState)) return;
    this.sum.addSum(other.sum, 1);
    this.count += other.count;
  }

  unmerge(other: AggregateState): void {
    if (!(other instanceof SumState)) return;
    this.sum.addSum(other.sum, -1);
    this.count -= other.count;
  }

  /** A sum of none is 0, a mean of none null; null, too, beyond the greatest double, for JSON has no infinity. */
  value(): JsonValue {
    if (this.kind === "avg" && this.count === 0) return null;
    const sum = this.sum.value();
    if (!Number.isFinite(sum)) return null;
    return this.kind === "sum" ? sum : sum / this.count + 0;
  }

  encode(writer: ByteWriter): void {
    this.sum.encode(writer);
    writer.count(this.count);
  }
}

/** @throws {CorruptBytesError} */
export function decodeSum(kind: "sum" | "avg", reader: ByteReader): SumState {
  return new SumState(kind, decodeExactSum(reader), reader.count());
}
