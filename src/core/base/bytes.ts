import { assert } from "./assert.ts";

/** The bytes end or turn wrong where a value was expected: cut or damaged, or of a newer version. */
export class CorruptBytesError extends Error {
  override readonly name = "CorruptBytesError";
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Appends values to a growing buffer. The format is that of `ByteReader`; little-endian throughout. */
export class ByteWriter {
  buffer: Uint8Array;
  view: DataView;
  size = 0;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
    this.view = new DataView(this.buffer.buffer);
  }

  private reserve(count: number): void {
    if (this.size + count <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.size + count));
    grown.set(this.buffer.subarray(0, this.size));
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
  }

  /** One byte, 0 to 255. */
  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.size] = value;
    this.size += 1;
  }

  /** An unsigned integer up to 2^53 - 1, in LEB128: seven bits a byte, low bits first. */
  count(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, "a count is an unsigned integer");
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** Any number, as IEEE 754 binary64: NaN and infinities included. */
  number(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.size, value, true);
    this.size += 8;
  }

  boolean(value: boolean): void {
    this.byte(value ? 1 : 0);
  }

  bytes(value: Uint8Array): void {
    this.count(value.length);
    this.reserve(value.length);
    this.buffer.set(value, this.size);
    this.size += value.length;
  }

  /** Well-formed strings are kept exactly; a lone surrogate becomes U+FFFD, as in every UTF-8 encoder. */
  string(value: string): void {
    this.bytes(encoder.encode(value));
  }

  /** Any JSON value; `undefined` is kept apart from null. */
  json(value: unknown): void {
    this.string(value === undefined ? "" : JSON.stringify(value));
  }

  finish(): Uint8Array {
    return this.buffer.slice(0, this.size);
  }
}

/**
 * Reads back what a `ByteWriter` wrote, in the same order.
 *
 * @throws {CorruptBytesError} from every method, where the bytes do not hold the value asked for.
 */
export class ByteReader {
  readonly buffer: Uint8Array;
  readonly view: DataView;
  at = 0;

  constructor(buffer: Uint8Array) {
    this.buffer = buffer;
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }

  private take(count: number): number {
    const start = this.at;
    if (start + count > this.buffer.length)
      throw new CorruptBytesError(`state is cut: ${count} bytes wanted at ${start}`);
    this.at = start + count;
    return start;
  }

  get isAtEnd(): boolean {
    return this.at === this.buffer.length;
  }

  byte(): number {
    return this.view.getUint8(this.take(1));
  }

  count(): number {
    let value = 0;
    let scale = 1;
    for (let read = 0; read < 8; read += 1) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 128;
    }
    throw new CorruptBytesError(`state is damaged: no count at ${this.at}`);
  }

  number(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  boolean(): boolean {
    const byte = this.byte();
    if (byte > 1) throw new CorruptBytesError(`state is damaged: no boolean at ${this.at - 1}`);
    return byte === 1;
  }

  bytes(): Uint8Array {
    const count = this.count();
    const start = this.take(count);
    return this.buffer.subarray(start, start + count);
  }

  string(): string {
    const bytes = this.bytes();
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new CorruptBytesError(`state is damaged: no text at ${this.at}`, { cause });
    }
  }

  json(): unknown {
    const text = this.string();
    if (text === "") return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new CorruptBytesError(`state is damaged: no JSON at ${this.at}`, { cause });
    }
  }
}
