import { assert } from "../base/assert.ts";
import type { IpAddress } from "../expr/function/ip-address.ts";
import { addressOf, blockOf, blockText, ipv4Of, noIpv4 } from "./address.ts";
import type { Block } from "./address.ts";
import type { Member } from "./list-change.ts";
import type { HiddenTest, ListBase, MemberFields } from "./list-program.ts";
import type { MemberRows } from "./member-rows.ts";

/** Rows are packed into 26 bits where IPv4 blocks are sorted. */
export const blockCountMax = 2 ** 26;

/**
 * Blocks of one family in the order of their first address, the longer ones behind those around them. Of blocks, which
 * nest or lie apart, the last one that begins at or before an address is the longest around it, or inside of that: its
 * chain of parents leads there. One binary search, whatever the number of prefix lengths.
 */
class BlockOrder {
  /** First addresses: `wordCount` 32-bit words each, the highest first. */
  readonly words: Uint32Array;
  readonly wordCount: number;
  readonly prefixLengths: Uint8Array;
  /** Row of each block among the members as written. */
  readonly rows: Uint32Array;
  /** Index + 1 of the block around each; 0: none. */
  readonly parents: Uint32Array;

  constructor(wordCount: number, words: Uint32Array, prefixLengths: Uint8Array, rows: Uint32Array) {
    this.wordCount = wordCount;
    this.words = words;
    this.prefixLengths = prefixLengths;
    this.rows = rows;
    this.parents = new Uint32Array(rows.length);
    for (let index = 1; index < rows.length; index += 1) {
      let parent = index;
      while (parent > 0 && !this.holds(parent - 1, words, index * wordCount)) parent = this.parents[parent - 1] ?? 0;
      this.parents[index] = parent;
    }
  }

  get size(): number {
    return this.rows.length;
  }

  /** Index + 1 of the last block that begins at or before the address at `at` of `words`; 0: none. */
  lastFrom(words: Uint32Array, at: number): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(middle, words, at) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  compare(index: number, words: Uint32Array, at: number): number {
    const from = index * this.wordCount;
    for (let word = 0; word < this.wordCount; word += 1) {
      const difference = (this.words[from + word] ?? 0) - (words[at + word] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** Whether the block has the address at `at` of `words` in it. */
  holds(index: number, words: Uint32Array, at: number): boolean {
    const from = index * this.wordCount;
    let bits = this.prefixLengths[index] ?? 0;
    for (let word = 0; bits > 0; word += 1, bits -= 32) {
      const difference = (this.words[from + word] ?? 0) ^ (words[at + word] ?? 0);
      if (bits >= 32 ? difference !== 0 : difference >>> (32 - bits) !== 0) return false;
    }
    return true;
  }
}

/** Members that are blocks of addresses: IPv4 and IPv6 apart, the longest one around an address counts. */
export class BlockBase implements ListBase {
  private readonly members: MemberRows;
  private readonly ipv4: BlockOrder;
  private readonly ipv6: BlockOrder;
  /** The address that is looked for. */
  private readonly sought = new Uint32Array(4);

  /** @param blocks of each row of `members`. */
  constructor(members: MemberRows, blocks: BlockArrays) {
    this.members = members;
    this.ipv4 = blocks.ipv4Order();
    this.ipv6 = blocks.ipv6Order();
  }

  get memberCount(): number {
    return this.ipv4.size + this.ipv6.size;
  }

  nearest(value: unknown, isHidden: HiddenTest | undefined): number {
    if (typeof value !== "string" || this.memberCount === 0) return -1;
    const order = this.seek(value);
    if (order === undefined) return -1;
    let index = order.lastFrom(this.sought, 0);
    while (index > 0) {
      const row = this.rowAt(order, index - 1);
      if (order.holds(index - 1, this.sought, 0) && isHidden?.(blockText(this.blockAt(row))) !== true) return row;
      index = order.parents[index - 1] ?? 0;
    }
    return -1;
  }

  get rowCount(): number {
    return this.memberCount;
  }

  memberAt(row: number): Member {
    return blockText(this.blockAt(row));
  }

  rankAt(row: number): number {
    const { order, index } = this.placeOf(row);
    return order.prefixLengths[index] ?? 0;
  }

  fieldsAt(row: number): MemberFields {
    const { order, index } = this.placeOf(row);
    return this.members.fieldsAt(order.rows[index] ?? 0);
  }

  rowOf(member: Member): number {
    const block = typeof member === "string" ? blockOf(member) : undefined;
    if (block === undefined) return -1;
    const order = this.orderOf(block);
    // Blocks of one first address stand together, the longest last.
    for (let index = order.lastFrom(this.sought, 0) - 1; index >= 0; index -= 1) {
      if (order.compare(index, this.sought, 0) !== 0) return -1;
      if (order.prefixLengths[index] === block.prefixLength) return this.rowAt(order, index);
    }
    return -1;
  }

  keyOf(member: Member): string | undefined {
    const row = this.rowOf(member);
    return row < 0 ? undefined : blockText(this.blockAt(row));
  }

  private seek(text: string): BlockOrder | undefined {
    const value = ipv4Of(text);
    if (value !== noIpv4) {
      this.sought[0] = value;
      return this.ipv4;
    }
    const address = addressOf(text);
    return address === undefined ? undefined : this.orderOf(address);
  }

  private orderOf(address: Parameters<typeof putAddress>[0]): BlockOrder {
    putAddress(address, this.sought, 0);
    return address.family === 4 ? this.ipv4 : this.ipv6;
  }

  /** Rows of this base: blocks of IPv4 in their order, then those of IPv6. */
  private rowAt(order: BlockOrder, index: number): number {
    return order === this.ipv4 ? index : this.ipv4.size + index;
  }

  private placeOf(row: number): { readonly order: BlockOrder; readonly index: number } {
    return row < this.ipv4.size ? { order: this.ipv4, index: row } : { order: this.ipv6, index: row - this.ipv4.size };
  }

  private blockAt(row: number): Block {
    const { order, index } = this.placeOf(row);
    const prefixLength = order.prefixLengths[index] ?? 0;
    if (order === this.ipv4) return { family: 4, value: order.words[index] ?? 0, prefixLength };
    const words = order.words.subarray(index * 4, index * 4 + 4);
    return { family: 6, groups: [...words].flatMap((word) => [word >>> 16, word & 0xff_ff]), prefixLength };
  }
}

/** Blocks as they are read, before they are put in order. */
export class BlockArrays {
  /** Of IPv4: the first address, and the prefix length over the row, as the two halves of one 64-bit number that sorts. */
  private readonly packed: Uint32Array;
  private ipv4Count = 0;
  private readonly ipv6: { readonly groups: IpAddress; readonly prefixLength: number; readonly row: number }[] = [];

  constructor(capacity: number) {
    assert(capacity <= blockCountMax, "rows fit into 26 bits");
    this.packed = new Uint32Array(capacity * 2);
  }

  add(block: Block, row: number): void {
    if (block.family === 6) {
      this.ipv6.push({ groups: block.groups, prefixLength: block.prefixLength, row });
      return;
    }
    this.packed[this.ipv4Count * 2] = block.prefixLength * blockCountMax + row;
    this.packed[this.ipv4Count * 2 + 1] = block.value;
    this.ipv4Count += 1;
  }

  ipv4Order(): BlockOrder {
    const sorted = this.packed.subarray(0, this.ipv4Count * 2);
    // Little-endian, as every platform that Node runs on: the second half is the high one.
    new BigUint64Array(this.packed.buffer, 0, this.ipv4Count).sort();
    const isLast = (index: number) =>
      sorted[index * 2 + 1] !== sorted[index * 2 + 3] || prefixOf(sorted, index) !== prefixOf(sorted, index + 1);
    const size = countWhere(this.ipv4Count, isLast);
    const words = new Uint32Array(size);
    const prefixLengths = new Uint8Array(size);
    const rows = new Uint32Array(size);
    let at = 0;
    for (let index = 0; index < this.ipv4Count; index += 1) {
      if (!isLast(index)) continue;
      words[at] = sorted[index * 2 + 1] ?? 0;
      prefixLengths[at] = prefixOf(sorted, index);
      rows[at] = (sorted[index * 2] ?? 0) % blockCountMax;
      at += 1;
    }
    return new BlockOrder(1, words, prefixLengths, rows);
  }

  ipv6Order(): BlockOrder {
    const sorted = this.ipv6.toSorted(
      (a, b) => compareGroups(a.groups, b.groups) || a.prefixLength - b.prefixLength || a.row - b.row,
    );
    const kept = sorted.filter((block, index) => {
      const next = sorted[index + 1];
      return (
        next === undefined || next.prefixLength !== block.prefixLength || compareGroups(next.groups, block.groups) !== 0
      );
    });
    const words = new Uint32Array(kept.length * 4);
    for (const [index, { groups }] of kept.entries()) putAddress({ family: 6, groups }, words, index * 4);
    const prefixLengths = Uint8Array.from(kept, ({ prefixLength }) => prefixLength);
    return new BlockOrder(
      4,
      words,
      prefixLengths,
      Uint32Array.from(kept, ({ row }) => row),
    );
  }
}

function prefixOf(packed: Uint32Array, index: number): number {
  return (packed[index * 2] ?? 0) >>> 26;
}

function countWhere(count: number, test: (index: number) => boolean): number {
  let found = 0;
  for (let index = 0; index < count; index += 1) if (test(index)) found += 1;
  return found;
}

function compareGroups(a: IpAddress, b: IpAddress): number {
  for (let index = 0; index < a.length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function putAddress(
  address: { readonly family: 4; readonly value: number } | { readonly family: 6; readonly groups: IpAddress },
  words: Uint32Array,
  at: number,
): void {
  if (address.family === 4) {
    words[at] = address.value;
    return;
  }
  for (let word = 0; word < 4; word += 1)
    words[at + word] = (address.groups[word * 2] ?? 0) * 65_536 + (address.groups[word * 2 + 1] ?? 0);
}
