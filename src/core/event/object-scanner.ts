import { isAt, isHexDigit, skipExponent, skipSpace } from "./json-bytes.ts";

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
const firstOfTrue = 0x74;
const firstOfFalse = 0x66;
const firstOfNull = 0x6e;

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
const scannedDepthMax = 64;

/** Letters that stand behind a backslash. */
const escapes = new Set(new TextEncoder().encode('"\\/bfnrt'));
/** Bytes that may be read behind the text, whatever they hold; the first of them is 0. */
export const scannerSlackBytes = 8;

/**
 * Reads the members of one JSON object that somebody wants, by name, out of its UTF-8 bytes, and checks the rest: it
 * accepts a text only where `JSON.parse` does, and its values are those of `JSON.parse`.
 *
 * It gives up, with -1, where the bytes are no JSON object and wherever it would have to work for the answer: a name with
 * an escape, a wanted name that stands there twice, objects and arrays too deep in one another. Whether bytes from 0x80 on are
 * UTF-8 is for the caller to find out, where `isAscii` is false.
 *
 * Results stand in arrays by the index of the name, until the next scan.
 */
export class ObjectScanner {
  /** What the member holds, of `scanned`. */
  readonly kinds: Uint8Array;
  /** Where its value begins and ends; for `ascii` within its quotes. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly numbers: Float64Array;
  isAscii = true;
  private bytes: Uint8Array = new Uint8Array(scannerSlackBytes);
  private words = new DataView(this.bytes.buffer);
  private readonly depthMax: number;
  private readonly names: readonly Uint8Array[];
  /** Index + 1 of the last name that has this place, and for each name that of the one before it there; 0: none. */
  private readonly places: Int16Array;
  private readonly followers: Int16Array;
  /** A name's place is made of its length and its second and last byte, by factors that keep the names apart if any do. */
  private readonly mask: number;
  private ofSecond = 1;
  private ofLast = 2;
  /** Of the number read last. */
  private number = 0;
  private isExact = true;

  /** @param names distinct, well-formed and not empty. */
  constructor(names: readonly string[], maxDepth: number) {
    this.depthMax = Math.min(maxDepth, scannedDepthMax);
    this.names = names.map((name) => new TextEncoder().encode(name));
    this.kinds = new Uint8Array(names.length);
    this.starts = new Int32Array(names.length);
    this.ends = new Int32Array(names.length);
    this.numbers = new Float64Array(names.length);
    this.followers = new Int16Array(names.length);
    this.places = new Int16Array(names.length > 16 ? 4_096 : 1_024);
    this.mask = this.places.length - 1;
    for (let factor = 0; factor < 1_024 && !this.placeNames((factor >> 5) + 1, (factor & 31) + 5); factor += 1);
  }

  /** Gives each name its place. False where several have one. */
  private placeNames(ofSecond: number, ofLast: number): boolean {
    this.ofSecond = ofSecond;
    this.ofLast = ofLast;
    this.places.fill(0);
    let isPerfect = true;
    for (const [index, name] of this.names.entries()) {
      const place = (name.length + (name[1] ?? quote) * ofSecond + (name.at(-1) ?? quote) * ofLast) & this.mask;
      const before = this.places[place] ?? 0;
      if (before !== 0) isPerfect = false;
      this.followers[index] = before;
      this.places[place] = index + 1;
    }
    return isPerfect;
  }

  /** Texts are scanned in `bytes` from here on: `scannerSlackBytes` stand behind each, beginning with a 0, which no JSON has. */
  scanIn(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Scans the object whose `{` stands at `start`. Returns the index behind its `}`, or -1. */
  scan(start: number): number {
    const { bytes, kinds } = this;
    for (let index = 0; index < kinds.length; index += 1) kinds[index] = scanned.absent;
    this.isAscii = true;
    let at = skipSpace(bytes, start + 1);
    if (bytes[at] === closeBrace) return at + 1;
    for (;;) {
      if (bytes[at] !== quote) return -1;
      at += 1;
      const nameStart = at;
      while (isPlain[bytes[at] ?? 0] === 1) at += 1;
      if (bytes[at] !== quote) at = this.skipWideName(at);
      if (at === -1) return -1;
      const index = this.indexOf(nameStart, at);
      at += 1;
      if ((bytes[at] ?? 0) !== colon) {
        at = skipSpace(bytes, at);
        if (bytes[at] !== colon) return -1;
      }
      at += 1;
      if ((bytes[at] ?? 0) <= space) at = skipSpace(bytes, at);
      at = index === -1 ? this.skipValue(at, 1) : this.takeValue(at, index);
      if (at === -1) return -1;
      let next = bytes[at] ?? 0;
      if (next <= space) {
        at = skipSpace(bytes, at);
        next = bytes[at] ?? 0;
      }
      if (next === closeBrace) return at + 1;
      if (next !== comma) return -1;
      at += 1;
      if ((bytes[at] ?? 0) <= space) at = skipSpace(bytes, at);
    }
  }

  /** Index of the quote that ends a name that is not all plain ASCII, from where it stops to be; -1 for one with an escape. */
  private skipWideName(start: number): number {
    const { bytes } = this;
    this.isAscii = false;
    let at = start;
    while ((bytes[at] ?? 0) >= firstWide || isPlain[bytes[at] ?? 0] === 1) at += 1;
    return bytes[at] === quote ? at : -1;
  }

  /** Index of the wanted name that stands there, or -1. */
  indexOf(start: number, end: number): number {
    const { bytes } = this;
    // Of a name of one byte the second is its quote.
    const place =
      (end - start + (bytes[start + 1] ?? 0) * this.ofSecond + (bytes[end - 1] ?? 0) * this.ofLast) & this.mask;
    const index = (this.places[place] ?? 0) - 1;
    return index === -1 || isAt(bytes, start, end, this.names[index] ?? noBytes)
      ? index
      : this.indexBehind(index, start, end);
  }

  /** Apart from `indexOf`, which has to be small to become a part of `scan`: that is worth 100 ns a text. */
  private indexBehind(first: number, start: number, end: number): number {
    for (let index = (this.followers[first] ?? 0) - 1; index !== -1; index = (this.followers[index] ?? 0) - 1) {
      const name = this.names[index];
      if (name !== undefined && isAt(this.bytes, start, end, name)) return index;
    }
    return -1;
  }

  /** Index behind the value at `at`, or -1; what it is, is noted. */
  takeValue(at: number, index: number): number {
    const { bytes, kinds, starts, ends } = this;
    if (kinds[index] !== scanned.absent) return -1;
    const first = bytes[at] ?? 0;
    let end: number;
    if (first === quote) {
      end = at + 1;
      while (isPlain[bytes[end] ?? 0] === 1) end += 1;
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
    starts[index] = at;
    ends[index] = end;
    return end;
  }

  /** Index behind the value at `at`, or -1; `depth` is that of the object or array around it. */
  skipValue(at: number, depth: number): number {
    const { bytes } = this;
    const first = bytes[at] ?? 0;
    if (first === quote) {
      const end = this.skipPlain(at + 1);
      return bytes[end] === quote ? end + 1 : this.skipString(end);
    }
    if (first === minus || (first >= zero && first <= nine)) return this.readNumber(at);
    if (first === openBrace) return this.skipObject(at, depth + 1);
    if (first === openBracket) return this.skipArray(at, depth + 1);
    if (first === firstOfTrue) return isAt(bytes, at, at + 4, trueBytes) ? at + 4 : -1;
    if (first === firstOfFalse) return isAt(bytes, at, at + 5, falseBytes) ? at + 5 : -1;
    if (first === firstOfNull) return isAt(bytes, at, at + 4, nullBytes) ? at + 4 : -1;
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

  /**
   * Index of the first byte from `start` on that does not stand for itself: a quote, a backslash, a control character, or
   * one that is not ASCII.
   *
   * Four bytes at a time while none of them is one: `(word - 0x01010101) & ~word & 0x80808080` is 0 exactly where no byte of
   * `word` is 0 (H. Warren, "Hacker's Delight", 6-1), and so for a byte below 0x20. The last few are looked at one by one.
   */
  private skipPlain(start: number): number {
    const { bytes, words } = this;
    let at = start;
    for (;;) {
      const word = words.getInt32(at, true);
      const quotes = word ^ 0x22222222;
      const backslashes = word ^ 0x5c5c5c5c;
      const found =
        word | (word - 0x20202020) | ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes);
      if ((found & 0x80808080) !== 0) break;
      at += 4;
    }
    while (isPlain[bytes[at] ?? 0] === 1) at += 1;
    return at;
  }

  /** Index behind the quote that ends the string that `at` stands in, or -1. */
  skipString(start: number): number {
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

/** ASCII that stands for itself within a string. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= space && byte < firstWide && byte !== quote && byte !== backslash ? 1 : 0,
);
const noBytes = new Uint8Array(0);
const trueBytes = new TextEncoder().encode("true");
const falseBytes = new TextEncoder().encode("false");
const nullBytes = new TextEncoder().encode("null");

function kindOf(first: number): number {
  if (first === firstOfTrue) return scanned.true;
  if (first === firstOfFalse) return scanned.false;
  return first === firstOfNull ? scanned.null : scanned.json;
}
