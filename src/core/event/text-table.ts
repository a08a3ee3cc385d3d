/** Longer texts are seldom the same twice. */
const keptLengthMax = 24;
const placeCount = 2_048;

/**
 * Short ASCII texts that came before, found by their bytes: a type, a country or an outcome is one string for all events
 * that have it, which saves making it, and makes comparing it a comparison of addresses.
 *
 * Each text has one place, and takes it from the one before it: the table is of one size, whatever comes.
 */
export class TextTable {
  private readonly texts: string[] = Array.from({ length: placeCount }, () => "");
  private readonly lengths = new Uint8Array(placeCount);
  private readonly bytes = new Uint8Array(placeCount * keptLengthMax);

  /** The text of `bytes` from `start` up to `end`, all of them ASCII. It shares no memory with a longer text. */
  textOf(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length > keptLengthMax) return bytes.toString("latin1", start, end);
    const place = placeOf(bytes, start, end);
    if (this.lengths[place] === length && this.holds(place * keptLengthMax, bytes, start, end))
      return this.texts[place] ?? "";
    const text = bytes.toString("latin1", start, end);
    this.texts[place] = text;
    this.lengths[place] = length;
    for (let at = start, own = place * keptLengthMax; at < end; at += 1, own += 1) this.bytes[own] = bytes[at] ?? 0;
    return text;
  }

  private holds(from: number, bytes: Uint8Array, start: number, end: number): boolean {
    for (let at = start, own = from; at < end; at += 1, own += 1) {
      if (this.bytes[own] !== bytes[at]) return false;
    }
    return true;
  }
}

/** From the length and five of the bytes, more of them at the end, where texts of one kind differ. */
function placeOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const first = bytes[start] ?? 0;
  const middle = bytes[start + (length >> 1)] ?? 0;
  const last = (bytes[end - 1] ?? 0) ^ (length > 1 ? (bytes[end - 2] ?? 0) << 4 : 0);
  const third = length > 2 ? (bytes[end - 3] ?? 0) : 0;
  const hash = Math.imul(length ^ (first << 5) ^ (middle << 11) ^ (last << 17) ^ (third << 9), 0x9e3779b1);
  return hash >>> 21;
}
