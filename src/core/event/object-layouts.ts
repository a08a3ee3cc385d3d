import { skipSpace } from "./json-bytes.ts";
import { type ObjectScanner, scanned } from "./object-scanner.ts";

const quote = 0x22;
const closeBrace = 0x7d;
const firstWide = 0x80;

/** A node's members in `nodes`; the last three stay free, so that a node's place is a shift. */
const nodeSize = 8;
const pieceAt = 0;
const pieceLength = 1;
const nameIndex = 2;
const firstBehind = 3;
const nextBeside = 4;
const nodeCount = 512;
const pieceWordCount = 4_096;
/** Objects of unknown layout that pass unlearned where one taught nothing, and where there was no room for more. */
const restAfterNothing = 64;
const restAfterAll = 4_096;

/**
 * The layouts of the objects that came before: what stands between their values, byte for byte (`{"id":`, `,"type":`, white
 * space with it), as a tree in which layouts share how they begin. Producers write the same members in the same order, so the
 * next object is most likely one of them: what stands between its values is compared, four bytes at a time, and no name read.
 *
 * Each way down from the root was an object that `scanner` accepted, so no wanted name is twice on it, and each of its
 * beginnings is the layout of an object too. Of one size, whatever comes: where it is full, it begins anew.
 */
export class ObjectLayouts {
  private readonly scanner: ObjectScanner;
  private readonly nodes = new Int32Array(nodeCount * nodeSize);
  private readonly pieces = new Int32Array(pieceWordCount);
  /** Node 0 is the root: what stands before the first value is behind it. */
  private nodesEnd = nodeSize;
  private piecesEnd = 0;
  private rest = 0;

  constructor(scanner: ObjectScanner) {
    this.scanner = scanner;
  }

  /** As `ObjectScanner.scan`, which it turns to for an object of unknown layout. */
  scan(bytes: Uint8Array, words: DataView, start: number): number {
    const known = this.follow(bytes, words, start);
    if (known !== -1) return known;
    const end = this.scanner.scan(start);
    if (end === -1) return -1;
    if (this.rest > 0) this.rest -= 1;
    else this.learn(bytes, start);
    return end;
  }

  /**
   * One loop without a call for each byte. Bytes behind the text may be read as words: the 0 there fits no piece and ends
   * every string. The four tests of a word are those of `skipPlain`; the lowest bit found tells the first such byte.
   */
  private follow(bytes: Uint8Array, words: DataView, start: number): number {
    const { nodes, pieces, scanner } = this;
    const { kinds, starts, ends } = scanner;
    for (let index = 0; index < kinds.length; index += 1) kinds[index] = scanned.absent;
    scanner.isAscii = true;
    let node = nodes[firstBehind] ?? 0;
    let at = start;
    for (;;) {
      for (;;) {
        if (node === 0) {
          at = skipSpace(bytes, at);
          return bytes[at] === closeBrace ? at + 1 : -1;
        }
        const last = at + (nodes[node + pieceLength] ?? 0) - 4;
        let own = nodes[node + pieceAt] ?? 0;
        let here = at;
        while (here < last && words.getInt32(here, true) === pieces[own]) {
          here += 4;
          own += 1;
        }
        if (here >= last && words.getInt32(last, true) === pieces[own]) {
          at = last + 4;
          break;
        }
        node = nodes[node + nextBeside] ?? 0;
      }
      const index = nodes[node + nameIndex] ?? -1;
      const valueStart = at;
      if (bytes[at] === quote) {
        at += 1;
        for (;;) {
          const word = words.getInt32(at, true);
          const quotes = word ^ 0x22222222;
          const backslashes = word ^ 0x5c5c5c5c;
          const found =
            (word |
              (word - 0x20202020) |
              ((quotes - 0x01010101) & ~quotes) |
              ((backslashes - 0x01010101) & ~backslashes)) &
            0x80808080;
          if (found !== 0) {
            at += (31 - Math.clz32(found & -found)) >> 3;
            break;
          }
          at += 4;
        }
        if (bytes[at] === quote) {
          if (index >= 0) {
            kinds[index] = scanned.ascii;
            starts[index] = valueStart + 1;
            ends[index] = at;
          }
          at += 1;
          if (bytes[at] === closeBrace) return at + 1;
          node = nodes[node + firstBehind] ?? 0;
          continue;
        }
        at = scanner.skipString(at);
        if (index >= 0) {
          kinds[index] = scanned.json;
          starts[index] = valueStart;
          ends[index] = at;
        }
      } else at = index >= 0 ? scanner.takeValue(at, index) : scanner.skipValue(at, 1);
      if (at === -1) return -1;
      if (bytes[at] === closeBrace) return at + 1;
      node = nodes[node + firstBehind] ?? 0;
    }
  }

  /** Adds the layout of the object at `start`, which the scanner accepted. */
  private learn(bytes: Uint8Array, start: number): void {
    const { scanner } = this;
    const isAscii = scanner.isAscii;
    const sizeBefore = this.nodesEnd;
    let node = 0;
    for (let pieceStart = start; ; ) {
      const nameStart = skipSpace(bytes, pieceStart + (pieceStart === start ? 1 : 0));
      let at = nameStart;
      if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1);
      if (bytes[at] !== quote) break;
      const nameEnd = bytes.indexOf(quote, at + 1);
      const index = scanner.indexOf(at + 1, nameEnd);
      const valueStart = skipSpace(bytes, skipSpace(bytes, nameEnd + 1) + 1);
      node = this.nodeBehind(node, bytes.subarray(pieceStart, valueStart), index);
      if (node === 0) break;
      pieceStart = scanner.skipValue(valueStart, 1);
    }
    scanner.isAscii = isAscii;
    if (this.nodesEnd === sizeBefore) this.rest = restAfterNothing;
  }

  /** The node of `piece` behind another, made where it is new; 0 where it can't be. */
  private nodeBehind(parent: number, piece: Uint8Array, index: number): number {
    if (piece.some((byte) => byte >= firstWide)) return 0;
    const { nodes, pieces } = this;
    const words = wordsOf(piece);
    let last = parent + firstBehind;
    for (let node = nodes[last] ?? 0; node !== 0; node = nodes[last] ?? 0) {
      const from = nodes[node + pieceAt] ?? 0;
      const isSame =
        nodes[node + pieceLength] === piece.length && words.every((word, at) => pieces[from + at] === word);
      if (isSame) return node;
      last = node + nextBeside;
    }
    if (this.nodesEnd === nodes.length || this.piecesEnd + words.length > pieces.length) {
      this.forget();
      return 0;
    }
    const node = this.nodesEnd;
    nodes.set([this.piecesEnd, piece.length, index, 0, 0], node);
    nodes[last] = node;
    pieces.set(words, this.piecesEnd);
    this.nodesEnd += nodeSize;
    this.piecesEnd += words.length;
    return node;
  }

  private forget(): void {
    this.nodes.fill(0);
    this.nodesEnd = nodeSize;
    this.piecesEnd = 0;
    this.rest = restAfterAll;
  }
}

/** As they are compared: the last word ends with the piece, and so may share bytes with the one before. Pieces have 4 bytes at least. */
function wordsOf(piece: Uint8Array): Int32Array {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  const last = piece.length - 4;
  return Int32Array.from({ length: Math.ceil(piece.length / 4) }, (_, index) =>
    view.getInt32(Math.min(index * 4, last), true),
  );
}
