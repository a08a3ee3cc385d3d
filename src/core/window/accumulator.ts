import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { decodeExactSum, ExactSum } from "../base/exact-sum.ts";
import type { JsonValue } from "../base/json.ts";
import type { AggregateInput } from "./aggregate-input.ts";
import { decodeInput, encodeInput } from "./input-codec.ts";

/** At the limit: a value that is not among those counted is skipped and counted as such; `distinct` is then a lower bound. */
export const distinctCountMax = 1_000_000;

/** An aggregate over inputs that may be taken away again, in any order. `add` is false where a limit kept the input out. */
export interface Accumulator {
  add(input: AggregateInput): boolean;
  /** `input` was added, and not taken away since. */
  remove(input: AggregateInput): void;
  value(): JsonValue;
  encode(writer: ByteWriter): void;
}

export type AccumulatorKind = "count" | "sum" | "avg" | "distinct";

export function firstKind(kind: string): AccumulatorKind {
  return kind === "sum" || kind === "avg" || kind === "distinct" ? kind : "count";
}

export function createAccumulator(kind: AccumulatorKind): Accumulator {
  switch (kind) {
    case "count":
      return new Count();
    case "sum":
      return new Sum("sum", new ExactSum(), 0);
    case "avg":
      return new Sum("avg", new ExactSum(), 0);
    case "distinct":
      return new Distinct();
  }
}

/** @throws {CorruptBytesError} */
export function decodeAccumulator(kind: AccumulatorKind, reader: ByteReader): Accumulator {
  switch (kind) {
    case "count":
      return decodeCount(reader);
    case "sum":
    case "avg":
      return new Sum(kind, decodeExactSum(reader), reader.count());
    case "distinct":
      return decodeDistinct(reader);
  }
}

class Count implements Accumulator {
  count = 0;

  add(): boolean {
    this.count += 1;
    return true;
  }

  remove(): void {
    this.count -= 1;
  }

  value(): JsonValue {
    return this.count;
  }

  encode(writer: ByteWriter): void {
    writer.count(this.count);
  }
}

function decodeCount(reader: ByteReader): Count {
  const accumulator = new Count();
  accumulator.count = reader.count();
  return accumulator;
}

/** Sum or mean. The mean is the sum, rounded once, divided by the count. */
class Sum implements Accumulator {
  readonly kind: "sum" | "avg";
  readonly sum: ExactSum;
  count: number;

  constructor(kind: "sum" | "avg", sum: ExactSum, count: number) {
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

/** Exact. How often each value is there, so that it goes with the last of its events. */
class Distinct implements Accumulator {
  readonly counts = new Map<AggregateInput, number>();

  add(input: AggregateInput): boolean {
    const count = this.counts.get(input) ?? 0;
    if (count === 0 && this.counts.size >= distinctCountMax) return false;
    this.counts.set(input, count + 1);
    return true;
  }

  remove(input: AggregateInput): void {
    const count = this.counts.get(input) ?? 0;
    if (count > 1) this.counts.set(input, count - 1);
    else this.counts.delete(input);
  }

  value(): JsonValue {
    return this.counts.size;
  }

  encode(writer: ByteWriter): void {
    writer.count(this.counts.size);
    for (const [input, count] of this.counts) {
      encodeInput(input, writer);
      writer.count(count);
    }
  }
}

function decodeDistinct(reader: ByteReader): Distinct {
  const accumulator = new Distinct();
  const size = reader.count();
  for (let index = 0; index < size; index += 1) {
    const input = decodeInput(reader);
    const count = reader.count();
    if (count === 0 || accumulator.counts.has(input))
      throw new CorruptBytesError(`state is damaged: no value at ${reader.at}`);
    accumulator.counts.set(input, count);
  }
  return accumulator;
}
