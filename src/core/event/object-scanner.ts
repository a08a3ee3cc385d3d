const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const firstWide = 0x80;

/** What a scanned member holds. */
export const scanned = {
  absent: 0,
  /** Text whose bytes stand for themselves: ASCII without escapes. Its place is that of its content. */
  ascii: 1,
  /** A number, worked out. */
  number: 2,
  true: 3,
  false: 4,
  null: 5,
  /** Anything else, checked and left as it is: `JSON.parse` of its place gives the value. */
  json: 6,
} as const;

/** Digits of a whole number that is exact as a `number`, whatever they are. */
const exactDigitCount = 15;
const powersOfTen = Array.from({ length: exactDigitCount + 1 }, (_, exponent) => 10 ** exponent);
/** Levels below which the scanner follows; deeper ones are left to the slow path. */
const scannedDepth = 64;

/** Letters that stand behind a backslash: `"\/bfnrt`. */
const escapes = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));

/**
 * Reads the members of one JSON object that somebody wants, by name, out of its UTF-8 bytes, and checks the rest: it
 * accepts a text only where `JSON.parse` does, and its values are those of `JSON.parse`.
 *
 * It gives up, with -1, where the bytes are no JSON object and wherever it would have to work for the answer: a name with
 * an escape, a wanted name that stands there twice, objects and arrays too deep in one another. Whether bytes from 0x80 on are
 * UTF-8 is for the caller to find out, where `isAscii` is false.
 *
 * `bytes` must hold a 0 behind the text: that is no JSON, so that no loop has to look for the end.
 */
export class ObjectScanner {
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly numbers: Float64Array;
  isAscii = true;
  bytes: Uint8Array = new Uint8Array(1);
  private readonly depthMax: number;
  private readonly names: readonly Uint8Array[];
  private readonly hashes: Int32Array;
  /** Name index + 1 by hash; names of one hash follow each other. */
  private readonly places: Int16Array;
  /** Of the number read last. */
  private number = 0;
  private isExact = true;

  /** @param names distinct and well-formed. */
  constructor(names: readonly string[], maxDepth: number) {
    this.depthMax = Math.min(maxDepth, scannedDepth);
    this.names = names.map((name) => new TextEncoder().encode(name));
    this.kinds = new Uint8Array(names.length);
    this.starts = new Int32Array(names.length);
    this.ends = new Int32Array(names.length);
    this.numbers = new Float64Array(names.length);
    this.hashes = Int32Array.from(this.names, hashOf);
    this.places = new Int16Array(2 ** Math.ceil(Math.log2(names.length * 4 + 1)));
    for (const [index, hash] of this.hashes.entries()) {
      let place = hash & (this.places.length - 1);
      while (this.places[place] !== 0) place = (place + 1) & (this.places.length - 1);
      this.places[place] = index + 1;
    }
  }

  /** Scans the object whose `{` stands at `start`. Returns the index behind its `}`, or -1. */
  scan(start: number): number {
    const { bytes } = this;
    this.kinds.fill(scanned.absent);
    this.isAscii = true;
    let at = skipSpace(bytes, start + 1);
    if (bytes[at] === closeBrace) return at + 1;
    for (;;) {
      if (bytes[at] !== quote) return -1;
      const nameStart = at + 1;
      at = nameStart;
      let hash = 0;
      let byte = bytes[at] ?? 0;
      while (byte !== quote) {
        if (byte < space || byte === backslash) return -1;
        if (byte >= firstWide) this.isAscii = false;
        hash = (Math.imul(hash, 31) + byte) | 0;
        at += 1;
        byte = bytes[at] ?? 0;
      }
      const index = this.indexOf(hash, nameStart, at);
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== colon) return -1;
      at = skipSpace(bytes, at + 1);
      at = index === -1 ? this.skipValue(at, 1) : this.takeValue(at, index);
      if (at === -1) return -1;
      at = skipSpace(bytes, at);
      if (bytes[at] === closeBrace) return at + 1;
      if (bytes[at] !== comma) return -1;
      at = skipSpace(bytes, at + 1);
    }
  }

  /** Index of the wanted name that stands there, or -1. */
  private indexOf(hash: number, start: number, end: number): number {
    const { places, hashes, names, bytes } = this;
    const mask = places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const index = (places[place] ?? 0) - 1;
      if (index === -1) return -1;
      const name = names[index];
      if (hashes[index] === hash && name !== undefined && isAt(bytes, start, end, name)) return index;
    }
  }

  private takeValue(at: number, index: number): number {
    const { bytes, kinds, starts, ends } = this;
    if (kinds[index] !== scanned.absent) return -1;
    const first = bytes[at] ?? 0;
    starts[index] = at;
    let end = -1;
    if (first === quote) {
      end = this.skipPlain(at + 1);
      if (bytes[end] === quote) {
        kinds[index] = scanned.ascii;
        starts[index] = at + 1;
        ends[index] = end;
        return end + 1;
      }
      kinds[index] = scanned.json;
      end = this.skipString(end);
    } else if (first === minus || (first >= zero && first <= nine)) {
      end = this.readNumber(at);
      kinds[index] = this.isExact ? scanned.number : scanned.json;
      this.numbers[index] = this.number;
    } else {
      kinds[index] = kindOf(first);
      end = this.skipValue(at, 1);
    }
    ends[index] = end;
    return end;
  }

  /** Index behind the value at `at`, or -1; `depth` is that of the object or array around it. */
  private skipValue(at: number, depth: number): number {
    const { bytes } = this;
    const first = bytes[at] ?? 0;
    if (first === quote) {
      const end = this.skipPlain(at + 1);
      return bytes[end] === quote ? end + 1 : this.skipString(end);
    }
    if (first === minus || (first >= zero && first <= nine)) return this.readNumber(at);
    if (first === openBrace) return this.skipObject(at, depth + 1);
    if (first === openBracket) return this.skipArray(at, depth + 1);
    // true, false, null
    if (first === 0x74) return isAt(bytes, at, at + 4, trueBytes) ? at + 4 : -1;
    if (first === 0x66) return isAt(bytes, at, at + 5, falseBytes) ? at + 5 : -1;
    if (first === 0x6e) return isAt(bytes, at, at + 4, nullBytes) ? at + 4 : -1;
    return -1;
  }

  private skipObject(start: number, depth: number): number {
    if (depth > this.depthMax) return -1;
    const { bytes } = this;
    let at = skipSpace(bytes, start + 1);
    if (bytes[at] === closeBrace) return at + 1;
    for (;;) {
      if (bytes[at] !== quote) return -1;
      at = this.skipValue(at, depth);
      if (at === -1) return -1;
      at = skipSpace(bytes, at);
      if (bytes[at] !== colon) return -1;
      at = this.skipValue(skipSpace(bytes, at + 1), depth);
      if (at === -1) return -1;
      at = skipSpace(bytes, at);
      if (bytes[at] === closeBrace) return at + 1;
      if (bytes[at] !== comma) return -1;
      at = skipSpace(bytes, at + 1);
    }
  }

  private skipArray(start: number, depth: number): number {
    if (depth > this.depthMax) return -1;
    const { bytes } = this;
    let at = skipSpace(bytes, start + 1);
    if (bytes[at] === closeBracket) return at + 1;
    for (;;) {
      at = this.skipValue(at, depth);
      if (at === -1) return -1;
      at = skipSpace(bytes, at);
      if (bytes[at] === closeBracket) return at + 1;
      if (bytes[at] !== comma) return -1;
      at = skipSpace(bytes, at + 1);
    }
  }

  /** Index of the first byte from `at` on that is not plain text: a quote, a backslash, a control character, or not ASCII. */
  private skipPlain(start: number): number {
    const { bytes } = this;
    let at = start;
    while (isPlain[bytes[at] ?? 0] === 1) at += 1;
    return at;
  }

  /** Index behind the quote that ends the string that `at` stands in, or -1. */
  private skipString(start: number): number {
    const { bytes } = this;
    for (let at = start; ; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === quote) return at + 1;
      if (byte < space) return -1;
      if (byte >= firstWide) this.isAscii = false;
      if (byte !== backslash) continue;
      at += 1;
      if (bytes[at] === 0x75) {
        for (let digit = 0; digit < 4; digit += 1) {
          at += 1;
          if (!isHexDigit(bytes[at] ?? 0)) return -1;
        }
      } else if (!escapes.has(bytes[at] ?? 0)) return -1;
    }
  }

  /**
   * Index behind the number at `start`, or -1. Its value is in `number` where `isExact`: up to 15 digits are a whole number
   * below 2^53, and that divided by a power of ten up to 10^22 is rounded once, as the nearest `number` is (W. Clinger, "How to
   * Read Floating Point Numbers Accurately", 1990).
   */
  private readNumber(start: number): number {
    const { bytes } = this;
    const isNegative = bytes[start] === minus;
    let at = isNegative ? start + 1 : start;
    const digitsStart = at;
    let value = (bytes[at] ?? 0) - zero;
    if (!(value >= 0 && value <= 9)) return -1;
    at += 1;
    if (value > 0) {
      for (let digit = (bytes[at] ?? 0) - zero; digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - zero) {
        value = value * 10 + digit;
        at += 1;
      }
    }
    let digitCount = at - digitsStart;
    if (bytes[at] === point) {
      const fractionStart = at + 1;
      at = fractionStart;
      for (let digit = (bytes[at] ?? 0) - zero; digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - zero) {
        value = value * 10 + digit;
        at += 1;
      }
      const fractionCount = at - fractionStart;
      if (fractionCount === 0) return -1;
      digitCount += fractionCount;
      if (digitCount <= exactDigitCount) value /= powersOfTen[fractionCount] ?? 1;
    }
    this.number = isNegative ? -value : value;
    this.isExact = digitCount <= exactDigitCount;
    if (((bytes[at] ?? 0) | space) !== 0x65) return at;
    this.isExact = false;
    return skipExponent(bytes, at + 1);
  }
}

function skipExponent(bytes: Uint8Array, start: number): number {
  const sign = bytes[start];
  const digitsStart = sign === minus || sign === 0x2b ? start + 1 : start;
  let at = digitsStart;
  while (isDigit(bytes[at] ?? 0)) at += 1;
  return at === digitsStart ? -1 : at;
}

/** ASCII that stands for itself within a string. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= space && byte < firstWide && byte !== quote && byte !== backslash ? 1 : 0,
);
const trueBytes = new TextEncoder().encode("true");
const falseBytes = new TextEncoder().encode("false");
const nullBytes = new TextEncoder().encode("null");

function kindOf(first: number): number {
  if (first === 0x74) return scanned.true;
  if (first === 0x66) return scanned.false;
  return first === 0x6e ? scanned.null : scanned.json;
}

function hashOf(name: Uint8Array): number {
  let hash = 0;
  for (const byte of name) hash = (Math.imul(hash, 31) + byte) | 0;
  return hash;
}

function isAt(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  if (end - start !== expected.length) return false;
  for (let at = start, own = 0; at < end; at += 1, own += 1) {
    if (bytes[at] !== expected[own]) return false;
  }
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | space;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

/** Index of the first byte from `start` on that is not JSON white space. */
export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at] ?? 0;
    if (byte > space || (byte !== space && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return at;
    at += 1;
  }
}
