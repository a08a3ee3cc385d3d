/**
 * The sum of finite doubles, rounded once, ties to even: every double is a multiple of 2^-1074, the sum of those multiples
 * is written out as a decimal, and the language's own reading of decimals rounds it.
 */
export function decimalSum(values: readonly number[]): number {
  let multiple = 0n;
  for (const value of values) multiple += multipleOfLeast(value);
  return Number(`${multiple * 5n ** 1074n}e-1074`) + 0;
}

/** From the bits: sign, 11 of exponent, 52 of significand. */
function multipleOfLeast(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | 0x10_0000_0000_0000n) << (exponent - 1n);
  return bits >> 63n === 1n ? -magnitude : magnitude;
}
