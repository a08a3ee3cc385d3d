/** One line without its newline. */
export interface Line {
  readonly bytes: Uint8Array;
  /** Set where the line was longer than the splitter may hold: all the bytes it had, of which `bytes` is the beginning. */
  readonly sizeBeforeCut: number | undefined;
}

export interface LineLimits {
  /** A line of more bytes is cut. */
  readonly lineSizeMax: number;
  /** Bytes that are kept of a line that is cut; at most `lineSizeMax`. */
  readonly cutSize: number;
}

export const defaultLineLimits: LineLimits = { lineSizeMax: 64 * 1024 * 1024, cutSize: 64 * 1024 };

const newline = 0x0a;

/**
 * Cuts a stream of chunks into lines at each `\n`. A line within one chunk is a view of it and copies nothing, so a chunk
 * must not be written to again.
 *
 * At the limit: of a line beyond `lineSizeMax` only the first `cutSize` bytes stay in memory, ended between two
 * characters of UTF-8, and the rest is counted and let go as it comes.
 */
export class LineSplitter {
  readonly limits: LineLimits;
  /** What came so far of the line that has not ended. */
  pieces: Uint8Array[] = [];
  /** Bytes in `pieces`. */
  heldSize = 0;
  /** Bytes of that line in all. */
  lineSize = 0;
  /** That line is longer than the most. */
  isCut = false;

  constructor(limits: LineLimits) {
    this.limits = limits;
  }

  /** Appends the lines that end in `chunk` to `lines`. */
  split(chunk: Uint8Array, lines: Line[]): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      if (this.lineSize === 0 && end - start <= this.limits.lineSizeMax) {
        lines.push({ bytes: chunk.subarray(start, end), sizeBeforeCut: undefined });
      } else {
        this.hold(chunk.subarray(start, end));
        lines.push(this.take());
      }
      start = end + 1;
    }
    if (start < chunk.length) this.hold(chunk.subarray(start));
  }

  /** The line that the stream's end cuts off, if there is one. */
  finish(): Line | undefined {
    return this.lineSize === 0 ? undefined : this.take();
  }

  private hold(piece: Uint8Array): void {
    this.lineSize += piece.length;
    if (this.lineSize <= this.limits.lineSizeMax) {
      this.pieces.push(piece);
      this.heldSize += piece.length;
      return;
    }
    if (this.isCut) return;
    this.isCut = true;
    // One copy, so that the chunks behind the cut are let go.
    this.pieces = [Buffer.concat([...this.pieces, piece], this.limits.cutSize)];
    this.heldSize = this.limits.cutSize;
  }

  private take(): Line {
    const { isCut } = this;
    const whole = this.pieces.length === 1 ? this.pieces[0] : undefined;
    const held = whole ?? Buffer.concat(this.pieces, this.heldSize);
    const line: Line = {
      bytes: isCut ? held.subarray(0, characterEnd(held)) : held,
      sizeBeforeCut: isCut ? this.lineSize : undefined,
    };
    this.pieces = [];
    this.heldSize = 0;
    this.lineSize = 0;
    this.isCut = false;
    return line;
  }
}

/** Where the last whole UTF-8 character of `bytes` ends; the length where the bytes are none of UTF-8. */
function characterEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
