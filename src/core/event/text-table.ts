/** Longest text that is looked for: longer ones are seldom the same twice. */
const textBytesLongest = 24;
const entryCount = 2_048;

/**
 * Short ASCII texts that came before, found by their bytes: an event's type, a country or an outcome is one string for all
 * events that have it, which saves making it and makes comparing it a comparison of two addresses.
 *
 * A table of one place for each hash: a text that comes takes the place of the one before it, so its size is fixed whatever comes.
 */
export class TextTable {
  readonly texts: string[] = Array.from({ length: entryCount }, () => "");
  readonly lengths = new Uint8Array(entryCount);
  readonly bytes = new Uint8Array(entryCount * textBytesLongest);

  /** The text of `bytes` from `start` up to `end`, all of them ASCII. It shares no memory with them or with longer texts. */
  textOf(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length > textBytesLongest) return bytes.toString("latin1", start, end);
    if (length === 0) return "";
    let hash = length;
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
    const place = (hash ^ (hash >>> 11) ^ (hash >>> 22)) & (entryCount - 1);
    if (this.lengths[place] === length && this.holds(place * textBytesLongest, bytes, start, end)) {
      const known = this.texts[place];
      if (known !== undefined) return known;
    }
    return this.keep(place, bytes, start, end);
  }

  private holds(from: number, bytes: Uint8Array, start: number, end: number): boolean {
    for (let at = start, own = from; at < end; at += 1, own += 1) {
      if (this.bytes[own] !== bytes[at]) return false;
    }
    return true;
  }

  private keep(place: number, bytes: Buffer, start: number, end: number): string {
    const text = bytes.toString("latin1", start, end);
    this.texts[place] = text;
    this.lengths[place] = end - start;
    for (let at = start, own = place * textBytesLongest; at < end; at += 1, own += 1) this.bytes[own] = bytes[at] ?? 0;
    return text;
  }
}
