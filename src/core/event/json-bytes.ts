const space = 0x20;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;

/** Index of the first byte from `start` on that is not JSON white space. */
export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at] ?? 0;
    if (byte > space || (byte !== space && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return at;
    at += 1;
  }
}

/** True where exactly `expected` stands from `start` up to `end`. */
export function isAt(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  if (end - start !== expected.length) return false;
  for (let at = start, own = 0; at < end; at += 1, own += 1) {
    if (bytes[at] !== expected[own]) return false;
  }
  return true;
}

/** Index behind the sign and the digits of an exponent, of which `start` is the first; -1 where no digit is. */
export function skipExponent(bytes: Uint8Array, start: number): number {
  const sign = bytes[start];
  const digitsStart = sign === minus || sign === 0x2b ? start + 1 : start;
  let at = digitsStart;
  while (isDigit(bytes[at] ?? 0)) at += 1;
  return at === digitsStart ? -1 : at;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

export function isHexDigit(byte: number): boolean {
  const lower = byte | space;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
