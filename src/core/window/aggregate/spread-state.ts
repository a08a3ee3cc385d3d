import type { ByteReader, ByteWriter } from "../../base/bytes.ts";
import { decodeExactSum, divideExactly, exactScale, ExactSum, scaledSum } from "../../base/exact-sum.ts";
import type { JsonValue } from "../../base/json.ts";
import type { EventTimeMs } from "../../time/instant.ts";
import type { AggregateInput } from "../aggregate-input.ts";
import type { AggregateState, RemovableAggregateState, ValueMoment } from "../aggregate-state.ts";

/** Greatest magnitude of a value whose square is summed; beyond it a value is kept out, and counted as skipped. */
const squaredValueMax = 1e150;

/**
 * Standard deviation of the population: exact sums of the values and of their squares (each square as its two-product's
 * two parts), an exact variance of them, rounded once. So it neither drifts nor cancels: T. J. Dekker, "A floating-point
 * technique for extending the available precision", 1971.
 */
export class SpreadState implements RemovableAggregateState {
  sum = new ExactSum();
  squares = new ExactSum();
  count = 0;

  add(input: AggregateInput): boolean {
    const value = Number(input);
    if (Math.abs(value) > squaredValueMax) return false;
    this.sum.add(value);
    this.squares.addProduct(value, value, 1);
    this.count += 1;
    return true;
  }

  remove(input: AggregateInput): void {
    const value = Number(input);
    this.sum.add(-value);
    this.squares.addProduct(value, value, -1);
    this.count -= 1;
  }

  merge(other: AggregateState): void {
    this.join(other, 1);
  }

  unmerge(other: AggregateState): void {
    this.join(other, -1);
  }

  private join(other: AggregateState, sign: 1 | -1): void {
    if (!(other instanceof SpreadState)) return;
    this.sum.addSum(other.sum, sign);
    this.squares.addSum(other.squares, sign);
    this.count += sign * other.count;
  }

  /** Null of none. */
  value(): JsonValue {
    if (this.count === 0) return null;
    const count = BigInt(this.count);
    const sum = scaledSum(this.sum);
    const spread = ((count * scaledSum(this.squares)) << exactScale) - sum * sum;
    return spread <= 0n ? 0 : Math.sqrt(divideExactly(spread, (count * count) << (2n * exactScale)));
  }

  encode(writer: ByteWriter): void {
    this.sum.encode(writer);
    this.squares.encode(writer);
    writer.count(this.count);
  }
}

/** @throws {CorruptBytesError} */
export function decodeSpread(reader: ByteReader): SpreadState {
  const state = new SpreadState();
  state.sum = decodeExactSum(reader);
  state.squares = decodeExactSum(reader);
  state.count = reader.count();
  return state;
}

/**
 * The line of least squares through the values over event time: `slope` a second, `value` on the line at the time of the
 * evaluation, `r2` the share of the variance that it explains. All from exact sums, each rounded once; null where it is undefined.
 */
export class RegressionState implements RemovableAggregateState {
  times = new ExactSum();
  timeSquares = new ExactSum();
  values = new ExactSum();
  valueSquares = new ExactSum();
  products = new ExactSum();
  count = 0;

  add(input: AggregateInput, time: EventTimeMs): boolean {
    if (Math.abs(Number(input)) > squaredValueMax) return false;
    this.note(Number(input), time, 1);
    return true;
  }

  remove(input: AggregateInput, time: EventTimeMs): void {
    this.note(Number(input), time, -1);
  }

  private note(value: number, time: number, sign: 1 | -1): void {
    this.times.add(sign * time);
    this.timeSquares.addProduct(time, time, sign);
    this.values.add(sign * value);
    this.valueSquares.addProduct(value, value, sign);
    this.products.addProduct(time, value, sign);
    this.count += sign;
  }

  merge(other: AggregateState): void {
    this.join(other, 1);
  }

  unmerge(other: AggregateState): void {
    this.join(other, -1);
  }

  private join(other: AggregateState, sign: 1 | -1): void {
    if (!(other instanceof RegressionState)) return;
    this.times.addSum(other.times, sign);
    this.timeSquares.addSum(other.timeSquares, sign);
    this.values.addSum(other.values, sign);
    this.valueSquares.addSum(other.valueSquares, sign);
    this.products.addSum(other.products, sign);
    this.count += sign * other.count;
  }

  value({ at }: ValueMoment): JsonValue {
    if (!Number.isFinite(at)) return { slope: null, value: null, r2: null };
    const count = BigInt(this.count);
    const times = scaledSum(this.times);
    const values = scaledSum(this.values);
    const timeSpread = ((count * scaledSum(this.timeSquares)) << exactScale) - times * times;
    if (timeSpread <= 0n) return { slope: null, value: null, r2: null };
    const together = ((count * scaledSum(this.products)) << exactScale) - times * values;
    const valueSpread = ((count * scaledSum(this.valueSquares)) << exactScale) - values * values;
    const ahead = ((count * BigInt(Math.round(at))) << exactScale) - times;
    return {
      slope: finite(divideExactly(1000n * together, timeSpread)),
      value: finite(divideExactly(values * timeSpread + together * ahead, (count * timeSpread) << exactScale)),
      r2: valueSpread <= 0n ? null : divideExactly(together * together, timeSpread * valueSpread),
    };
  }

  encode(writer: ByteWriter): void {
    for (const sum of [this.times, this.timeSquares, this.values, this.valueSquares, this.products]) sum.encode(writer);
    writer.count(this.count);
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** @throws {CorruptBytesError} */
export function decodeRegression(reader: ByteReader): RegressionState {
  const state = new RegressionState();
  state.times = decodeExactSum(reader);
  state.timeSquares = decodeExactSum(reader);
  state.values = decodeExactSum(reader);
  state.valueSquares = decodeExactSum(reader);
  state.products = decodeExactSum(reader);
  state.count = reader.count();
  return state;
}
