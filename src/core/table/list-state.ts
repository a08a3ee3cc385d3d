import { assert } from "../base/assert.ts";
import { BinaryHeap } from "../base/heap.ts";
import { keyGroupCount, keyGroupOf } from "../event/key.ts";
import { logTimeMs } from "../time/instant.ts";
import type { LogTimeMs } from "../time/instant.ts";
import type { ListChange, Member } from "./list-change.ts";
import { entryAddress } from "./list-entry.ts";
import type { AddedMember, HiddenMember, ListEntry } from "./list-entry.ts";
import type { ListProgram, MemberFields } from "./list-program.ts";
import { keyedMember } from "./member-key.ts";
import { overlayIndexOf } from "./overlay-index.ts";
import type { OverlayIndex } from "./overlay-index.ts";

/** A key's entries in a key group: what a commit that rewrites the group writes. */
interface Group {
  readonly added: Set<AddedMember>;
  readonly hidden: Set<HiddenMember>;
}

/**
 * What became of a list beside its documents: members that were added, each until its time, and members of the documents
 * that were removed. A member is there until log time reaches its `expiresAt`, whoever looks when.
 *
 * *At the limit* of added members the one added longest ago is shed; what was removed is not limited but by the documents.
 */
export class ListState {
  readonly program: ListProgram;
  /** In the order of their sequence. */
  readonly added = new Map<string, AddedMember>();
  readonly hidden = new Map<string, HiddenMember>();
  readonly groups: readonly Group[];
  nextSequence = 0;
  shedCount = 0;
  /** Changed since the last snapshot, and gone since then; each by the address of the entry. */
  readonly dirty = new Set<ListEntry>();
  readonly gone = new Set<string>();
  private readonly index: OverlayIndex;
  /** What runs out, the next first. An entry whose member is gone or was added anew is passed over. */
  private readonly expiries = new BinaryHeap<AddedMember>(
    (a, b) => (a.expiresAt ?? 0) - (b.expiresAt ?? 0) || a.sequence - b.sequence,
  );
  /** Walks along the order of adding: all before it have gone. */
  private readonly oldest: Iterator<AddedMember, undefined>;

  constructor(program: ListProgram) {
    this.program = program;
    this.groups = Array.from({ length: keyGroupCount }, () => ({ added: new Set(), hidden: new Set() }));
    this.index = overlayIndexOf(program.kind, this.added);
    this.oldest = this.added.values();
  }

  contains(value: unknown): boolean {
    return this.nearestAdded(value) !== undefined || this.nearestRow(value) >= 0;
  }

  /** The fields of the member nearest to the value, with `since` and `expires`: null of a member of the documents. */
  find(value: unknown): MemberFields | undefined {
    const added = this.nearestAdded(value);
    const row = this.nearestRow(value);
    const { base } = this.program;
    if (added === undefined || (row >= 0 && base.rankAt(row) > this.index.rankOf(added)))
      return row < 0 ? undefined : { ...base.fieldsAt(row), since: null, expires: null };
    // What an addition to a member of the documents says nothing of, these say.
    const written = row >= 0 && base.rankAt(row) === this.index.rankOf(added) ? base.fieldsAt(row) : undefined;
    const since = Number.isFinite(added.sinceMs) ? added.sinceMs : null;
    return { ...written, ...added.fields, since, expires: added.expiresAt ?? null };
  }

  /**
   * Applies a change at log time `at`. Gives how many members were shed for it; or why the list cannot hold the member,
   * which changes nothing.
   */
  apply(change: ListChange, at: LogTimeMs): number | string {
    const keyed = keyedMember(this.program.kind, change.member);
    if (keyed.key === undefined) return keyed.refusal;
    const baseKey = this.program.base.keyOf(keyed.member);
    switch (change.kind) {
      case "add":
        return this.add(keyed.key, keyed.member, change, at, baseKey);
      case "remove": {
        const known = this.added.get(keyed.key);
        if (known !== undefined) this.drop(known);
        if (baseKey !== undefined && !this.hidden.has(baseKey)) {
          const hidden: HiddenMember = { kind: "hidden", key: baseKey };
          this.keepHidden(hidden);
          this.dirty.add(hidden);
        }
        return 0;
      }
    }
  }

  /** Lets go of what has run out by log time `at`. */
  expire(at: LogTimeMs): void {
    for (let next = this.expiries.peek(); next !== undefined; next = this.expiries.peek()) {
      if ((next.expiresAt ?? Infinity) > at) return;
      this.expiries.pop();
      if (this.added.get(next.key) === next) this.drop(next);
    }
  }

  /** Takes an entry out of a snapshot: added ones in the order of their sequence. */
  restore(entry: ListEntry): void {
    if (entry.kind === "hidden") this.keepHidden(entry);
    else this.keep(entry);
  }

  private nearestAdded(value: unknown): AddedMember | undefined {
    return this.added.size === 0 ? undefined : this.index.nearest(value);
  }

  private nearestRow(value: unknown): number {
    return this.program.base.nearest(value, this.hidden.size === 0 ? undefined : (key) => this.hidden.has(key));
  }

  private add(
    key: string,
    member: Member,
    { fields, ttlMs }: Extract<ListChange, { readonly kind: "add" }>,
    at: LogTimeMs,
    baseKey: string | undefined,
  ): number {
    const known = this.added.get(key);
    const lastsMs = ttlMs ?? this.program.ttlMs;
    const added: AddedMember = {
      kind: "added",
      key,
      member,
      fields,
      sinceMs: known?.sinceMs ?? at,
      expiresAt: lastsMs === undefined ? undefined : logTimeMs(at + lastsMs),
      sequence: this.nextSequence,
    };
    this.nextSequence += 1;
    if (known !== undefined) this.drop(known);
    this.keep(added);
    this.dirty.add(added);
    this.gone.delete(entryAddress(added));
    // What is added for a time leaves a member of the documents as removed as it was.
    if (baseKey !== undefined && added.expiresAt === undefined) this.unhide(baseKey);
    return this.shed();
  }

  private shed(): number {
    let count = 0;
    for (; this.added.size > this.program.memberCountMax; count += 1) {
      const { value: oldest } = this.oldest.next();
      assert(oldest !== undefined, "more members than the limit are some");
      this.drop(oldest);
    }
    this.shedCount += count;
    return count;
  }

  private keep(member: AddedMember): void {
    this.added.set(member.key, member);
    this.index.add(member);
    this.groupOf(member).added.add(member);
    if (member.expiresAt === undefined) return;
    this.expiries.push(member);
    if (this.expiries.size > 2 * this.added.size + 64)
      this.expiries.retain((waiting) => this.added.get(waiting.key) === waiting);
  }

  private drop(member: AddedMember): void {
    this.added.delete(member.key);
    this.index.remove(member);
    this.groupOf(member).added.delete(member);
    this.dirty.delete(member);
    this.gone.add(entryAddress(member));
  }

  private keepHidden(hidden: HiddenMember): void {
    this.hidden.set(hidden.key, hidden);
    this.groupOf(hidden).hidden.add(hidden);
    this.gone.delete(entryAddress(hidden));
  }

  private unhide(key: string): void {
    const hidden = this.hidden.get(key);
    if (hidden === undefined) return;
    this.hidden.delete(key);
    this.groupOf(hidden).hidden.delete(hidden);
    this.dirty.delete(hidden);
    this.gone.add(entryAddress(hidden));
  }

  private groupOf({ key }: ListEntry): Group {
    const group = this.groups[keyGroupOf(key)];
    assert(group !== undefined, "every key is in a group");
    return group;
  }
}
