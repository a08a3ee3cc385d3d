import { type ByteReader, type ByteWriter, CorruptBytesError } from "./bytes.ts";

/** Values from here on are kept as integers apart, so that no sum of up to 2^53 lesser ones can overflow on its way. */
const hugeMin = 2 ** 970;

/**
 * A sum that never drifts: it holds the exact real sum of what was added and not taken away, and `value` is that rounded
 * once, ties to even. So adding a value and taking it away again leaves nothing behind, whatever came between, and a
 * sliding sum equals the sum computed afresh, in any order.
 *
 * `partials` is a nonoverlapping expansion, least magnitude first, grown by the error-free two-sum: J. R. Shewchuk,
 * "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", 1997, section 2.3; the rounding is
 * that of Python's `math.fsum`. It has at most about 40 parts, and one as long as the values are integers with a safe sum.
 * `huge` is the sum of the values of magnitude 2^970 and more, all of which are integers.
 */
export class ExactSum {
  partials: number[] = [];
  huge = 0n;

  /** `value` is finite. To take a value away, add its negative. */
  add(value: number): void {
    if (Math.abs(value) >= hugeMin) {
      this.huge += BigInt(value);
      return;
    }
    const { partials } = this;
    let carried = value;
    let keptCount = 0;
    for (let index = 0; index < partials.length; index += 1) {
      const partial = partials[index]!;
      const isPartialLarger = Math.abs(carried) < Math.abs(partial);
      const large = isPartialLarger ? partial : carried;
      const small = isPartialLarger ? carried : partial;
      carried = large + small;
      const error = small - (carried - large);
      if (error !== 0) {
        partials[keptCount] = error;
        keptCount += 1;
      }
    }
    partials.length = keptCount;
    if (carried !== 0) partials.push(carried);
  }

  /** Adds another sum, or with a sign of -1 takes it away. */
  addSum({ partials, huge }: ExactSum, sign: 1 | -1): void {
    for (let index = 0; index < partials.length; index += 1) this.add(sign * partials[index]!);
    this.huge += sign === 1 ? huge : -huge;
  }

  /**
   * Adds the product of two values, or with a sign of -1 takes it away: rounded, and what the rounding left, which Dekker's
   * product has exactly. Both have a magnitude of at most 2^500.
   */
  addProduct(left: number, right: number, sign: 1 | -1): void {
    const product = left * right;
    const leftHigh = upperHalf(left);
    const rightHigh = upperHalf(right);
    const leftLow = left - leftHigh;
    const rightLow = right - rightHigh;
    const error = leftLow * rightLow - (product - leftHigh * rightHigh - leftLow * rightHigh - leftHigh * rightLow);
    this.add(sign * product);
    if (error !== 0) this.add(sign * error);
  }

  /** Infinity where the sum is beyond the greatest double. */
  value(): number {
    return this.huge === 0n ? roundExpansion(this.partials) : this.valueWithHuge();
  }

  private valueWithHuge(): number {
    let scaled = this.huge << 1074n;
    for (const partial of this.partials) scaled += scaledInteger(partial);
    return roundScaled(scaled);
  }

  encode(writer: ByteWriter): void {
    writer.count(this.partials.length);
    for (const partial of this.partials) writer.number(partial);
    writer.string(this.huge === 0n ? "" : this.huge.toString(16));
  }
}

/** @throws {CorruptBytesError} */
export function decodeExactSum(reader: ByteReader): ExactSum {
  const sum = new ExactSum();
  const partialCount = reader.count();
  for (let index = 0; index < partialCount; index += 1) {
    const partial = reader.number();
    if (!Number.isFinite(partial)) throw new CorruptBytesError(`state is damaged: no part of a sum at ${reader.at}`);
    sum.partials.push(partial);
  }
  const huge = reader.string();
  if (huge !== "") sum.huge = parseHex(huge, reader);
  return sum;
}

/** The upper 26 bits of a double's 53: Veltkamp's split. */
function upperHalf(value: number): number {
  const wide = value * 134_217_729;
  return wide - (wide - value);
}

/** An exact number as `numerator` / 2^`scale`: for what is worked out of several sums and rounded once. */
export function scaledSum(sum: ExactSum): bigint {
  let scaled = sum.huge << exactScale;
  for (const partial of sum.partials) scaled += scaledInteger(partial);
  return scaled;
}

/** Bits behind the point of what `scaledSum` and `scaledInteger` give. */
export const exactScale = 1074n;

/** `numerator` / `denominator`, rounded to a double from 64 leading bits and a sticky one. `denominator` is positive. */
export function divideExactly(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const magnitude = numerator < 0n ? -numerator : numerator;
  const excess = magnitude.toString(2).length - denominator.toString(2).length;
  const shift = BigInt(66 - excess);
  const [over, under] = shift >= 0n ? [magnitude << shift, denominator] : [magnitude, denominator << -shift];
  const quotient = over / under;
  const sticky = quotient * under === over ? quotient : quotient | 1n;
  const exponent = Number(-shift);
  const half = Math.trunc(exponent / 2);
  const rounded = Number(sticky) * 2 ** half * 2 ** (exponent - half);
  return numerator < 0n ? -rounded : rounded;
}

function parseHex(text: string, reader: ByteReader): bigint {
  const match = /^(-?)([0-9a-f]{1,512})$/.exec(text);
  if (match === null) throw new CorruptBytesError(`state is damaged: no integer at ${reader.at}`);
  const magnitude = BigInt(`0x${match[2]}`);
  return match[1] === "-" ? -magnitude : magnitude;
}

/** The sum of a nonoverlapping expansion, least first, rounded once. */
function roundExpansion(partials: readonly number[]): number {
  let index = partials.length - 1;
  if (index < 0) return 0;
  let rounded = partials[index]!;
  let error = 0;
  while (index > 0) {
    const large = rounded;
    index -= 1;
    const small = partials[index]!;
    rounded = large + small;
    error = small - (rounded - large);
    if (error !== 0) break;
  }
  // `rounded` tied to even; where the parts below lean the same way as the error, the tie was none.
  const below = index > 0 ? partials[index - 1]! : 0;
  if ((error < 0 && below < 0) || (error > 0 && below > 0)) {
    const doubled = error * 2;
    const stepped = rounded + doubled;
    if (doubled === stepped - rounded) return stepped;
  }
  return rounded;
}

/** `value` × 2^1074, which is an integer for every finite double. */
function scaledInteger(value: number): bigint {
  const whole = Math.trunc(value);
  const upper = (value - whole) * 2 ** 537;
  const upperWhole = Math.trunc(upper);
  const lower = (upper - upperWhole) * 2 ** 537;
  return (BigInt(whole) << 1074n) + (BigInt(upperWhole) << 537n) + BigInt(lower);
}

/** `scaled` × 2^-1074, rounded once: 64 leading bits and a sticky one decide, and scaling back is exact or overflows. */
function roundScaled(scaled: bigint): number {
  const magnitude = scaled < 0n ? -scaled : scaled;
  const shift = Math.max(0, magnitude.toString(2).length - 64);
  let leading = magnitude >> BigInt(shift);
  if (leading << BigInt(shift) !== magnitude) leading |= 1n;
  const exponent = shift - 1074;
  const half = Math.trunc(exponent / 2);
  const rounded = Number(leading) * 2 ** half * 2 ** (exponent - half);
  return scaled < 0n ? -rounded : rounded;
}
