import { keyString } from "../event/key.ts";
import type { Member } from "./list-change.ts";
import type { HiddenTest, ListBase, MemberFields } from "./list-program.ts";
import { domainOf } from "./member-key.ts";
import { memberType } from "./member-rows.ts";
import type { MemberRows } from "./member-rows.ts";

/**
 * Members found by their text: an open-addressing hash table of row numbers, half full at most, over the rows' one text.
 * Equal members: the later row counts. A look-up makes no object.
 */
class TextIndex {
  readonly rows: MemberRows;
  /** Row + 1; 0: free. */
  readonly slots: Uint32Array;
  readonly mask: number;
  memberCount = 0;

  constructor(rows: MemberRows) {
    this.rows = rows;
    let size = 16;
    while (size < rows.count * 2) size *= 2;
    this.slots = new Uint32Array(size);
    this.mask = size - 1;
    // From the last: it is met first, and an earlier one that is equal is left out.
    for (let row = rows.count - 1; row >= 0; row -= 1) this.insert(row);
  }

  private insert(row: number): void {
    const text = this.rows.textAt(row);
    const type = this.rows.types[row];
    let slot = hashOf(text) & this.mask;
    for (let known = this.slots[slot] ?? 0; known !== 0; known = this.slots[slot] ?? 0) {
      if (this.rows.types[known - 1] === type && this.isAt(known - 1, text)) return;
      slot = (slot + 1) & this.mask;
    }
    this.slots[slot] = row + 1;
    this.memberCount += 1;
  }

  /** The row of a text that stands for a value of that type, or -1. */
  find(text: string, type: number): number {
    let slot = hashOf(text) & this.mask;
    for (let known = this.slots[slot] ?? 0; known !== 0; known = this.slots[slot] ?? 0) {
      const row = known - 1;
      const rowType = this.rows.types[row];
      if ((rowType === type || rowType === memberType.either) && this.isAt(row, text)) return row;
      slot = (slot + 1) & this.mask;
    }
    return -1;
  }

  /** Whether the row is the one that is found by its text. */
  has(row: number): boolean {
    let slot = hashOf(this.rows.textAt(row)) & this.mask;
    for (let known = this.slots[slot] ?? 0; known !== 0; known = this.slots[slot] ?? 0) {
      if (known === row + 1) return true;
      slot = (slot + 1) & this.mask;
    }
    return false;
  }

  private isAt(row: number, text: string): boolean {
    const start = this.rows.starts[row] ?? 0;
    return (this.rows.ends[row] ?? 0) - start === text.length && this.rows.text.startsWith(text, start);
  }
}

/** FNV-1a over UTF-16 code units, with the finalizer of MurmurHash3: see `keyGroupOf`. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/** Members that are equal values. */
export class ExactBase implements ListBase {
  readonly index: TextIndex;

  constructor(rows: MemberRows) {
    this.index = new TextIndex(rows);
  }

  get memberCount(): number {
    return this.index.memberCount;
  }

  nearest(value: unknown, isHidden: HiddenTest | undefined): number {
    let row = -1;
    if (typeof value === "string") row = this.index.find(value, memberType.text);
    else if (typeof value === "number") row = this.index.find(String(value), memberType.number);
    return row >= 0 && isHidden?.(this.keyAt(row)) === true ? -1 : row;
  }

  get rowCount(): number {
    return this.index.rows.count;
  }

  memberAt(row: number): Member | undefined {
    if (!this.index.has(row)) return undefined;
    const text = this.index.rows.textAt(row);
    return this.index.rows.types[row] === memberType.number ? Number(text) : text;
  }

  rankAt(): number {
    return 0;
  }

  fieldsAt(row: number): MemberFields {
    return this.index.rows.fieldsAt(row);
  }

  rowOf(member: Member): number {
    return this.nearest(member, undefined);
  }

  keyOf(member: Member): string | undefined {
    const row = this.nearest(member, undefined);
    return row < 0 ? undefined : this.keyAt(row);
  }

  /** A member that is a text and a number is one member, removed and brought back by either. */
  private keyAt(row: number): string {
    const text = this.index.rows.textAt(row);
    const type = this.index.rows.types[row];
    if (type === memberType.either) return `u${text}`;
    return keyString([type === memberType.number ? Number(text) : text]);
  }
}

/** Members that are domains, in the form that `domainOf` gives: each stands for itself and all below it. */
export class SuffixBase implements ListBase {
  readonly index: TextIndex;

  constructor(rows: MemberRows) {
    this.index = new TextIndex(rows);
  }

  get memberCount(): number {
    return this.index.memberCount;
  }

  nearest(value: unknown, isHidden: HiddenTest | undefined): number {
    const domain = typeof value === "string" && this.memberCount > 0 ? domainOf(value) : undefined;
    if (domain === undefined) return -1;
    for (let at = 0; ; ) {
      const suffix = at === 0 ? domain : domain.slice(at);
      const row = this.index.find(suffix, memberType.text);
      if (row >= 0 && isHidden?.(suffix) !== true) return row;
      const dot = domain.indexOf(".", at);
      if (dot < 0) return -1;
      at = dot + 1;
    }
  }

  get rowCount(): number {
    return this.index.rows.count;
  }

  memberAt(row: number): Member | undefined {
    return this.index.has(row) ? this.index.rows.textAt(row) : undefined;
  }

  rankAt(row: number): number {
    const { starts, ends } = this.index.rows;
    return (ends[row] ?? 0) - (starts[row] ?? 0);
  }

  fieldsAt(row: number): MemberFields {
    return this.index.rows.fieldsAt(row);
  }

  rowOf(member: Member): number {
    return typeof member === "string" ? this.index.find(member, memberType.text) : -1;
  }

  keyOf(member: Member): string | undefined {
    return typeof member === "string" && this.rowOf(member) >= 0 ? member : undefined;
  }
}
