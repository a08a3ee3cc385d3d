import { CorruptBytesError } from "../base/bytes.ts";
import type { JsonValue } from "../base/json.ts";
import type { ListReader } from "../expr/scope.ts";
import { decodeListState, encodeListCounts, encodeListEntry } from "../table/list-codec.ts";
import type { ListChange } from "../table/list-change.ts";
import type { ListProgram } from "../table/list-program.ts";
import { entryAddress } from "../table/list-entry.ts";
import { ListState } from "../table/list-state.ts";
import type { LogTimeMs } from "../time/instant.ts";

/** A change that a rule wants of a list: it is made when all that the event leads to is decided. */
export interface PendingChange {
  readonly list: string;
  readonly change: ListChange;
  /** The rule that wants it. */
  readonly by: string;
}

/** Most event types whose feeds are remembered; past it they are found anew. */
const feedTypeCountMax = 10_000;

/** The lists and tables of a shard: what conditions and rules read of them, and what is kept of their changes. */
export class ListStates implements ListReader {
  /** By id, in the order of the plan. */
  readonly byId: ReadonlyMap<string, ListState>;
  readonly pending: PendingChange[] = [];
  private readonly feeds: readonly ListState[];
  private readonly feedsByType = new Map<string, readonly ListState[]>();

  constructor(states: readonly ListState[]) {
    this.byId = new Map(states.map((state) => [state.program.id, state]));
    this.feeds = states.filter(({ program }) => program.feed !== undefined);
  }

  contains(list: string, member: unknown): boolean {
    return this.byId.get(list)?.contains(member) === true;
  }

  find(table: string, member: unknown): Readonly<Record<string, JsonValue>> | null {
    return this.byId.get(table)?.find(member) ?? null;
  }

  /** Moves on with each addition to a list: who went through its members knows whether there may be more. */
  versionOf(list: string): number {
    return this.byId.get(list)?.nextSequence ?? 0;
  }

  /** The members of an exact list, texts behind numbers, each in order. */
  membersOf(list: string): readonly (string | number)[] {
    const state = this.byId.get(list);
    if (state === undefined) return [];
    const { base } = state.program;
    const members = new Set<string | number>();
    for (let row = 0; row < base.memberCount; row += 1) {
      const member = base.memberAt(row);
      if (member !== undefined && state.contains(member)) members.add(member);
    }
    for (const { member } of state.added.values()) members.add(member);
    return [...members].sort((a, b) => (typeof a === typeof b ? (a < b ? -1 : 1) : typeof a === "number" ? -1 : 1));
  }

  /** Lets go of the members whose time is over at log time `at`. */
  expire(at: LogTimeMs): void {
    for (const state of this.byId.values()) state.expire(at);
  }

  /** Lists that events of a type may feed. */
  feedsFor(type: string): readonly ListState[] {
    if (this.feeds.length === 0) return this.feeds;
    const known = this.feedsByType.get(type);
    if (known !== undefined) return known;
    const found = this.feeds.filter(({ program }) => program.feed?.fitsType(type) === true);
    if (this.feedsByType.size >= feedTypeCountMax) this.feedsByType.clear();
    this.feedsByType.set(type, found);
    return found;
  }
}

/** No dimension's identity, which is JSON, begins so. */
const addressPrefix = "list ";

interface EntryWriter {
  put(address: string, bytes: Uint8Array | undefined): void;
}

/** True for an address of what is kept of lists. */
export function isListAddress(address: string): boolean {
  return address.startsWith(addressPrefix);
}

/** Writes what changed of the lists since the last call, and one key group of each whole. */
export function putListChanges({ byId }: ListStates, wholeGroup: number, writer: EntryWriter): void {
  for (const state of byId.values()) {
    for (const address of state.gone) writer.put(addressOf(state, address), undefined);
    const { added = [], hidden = [] } = state.groups[wholeGroup] ?? {};
    for (const entry of new Set([...state.dirty, ...added, ...hidden]))
      writer.put(addressOf(state, entryAddress(entry)), encodeListEntry(entry));
    state.gone.clear();
    state.dirty.clear();
    writer.put(addressOf(state, ""), encodeListCounts(state));
  }
}

/** Writes all that is kept of the lists. */
export function putLists({ byId }: ListStates, writer: EntryWriter): void {
  for (const state of byId.values()) {
    for (const entries of [state.added, state.hidden])
      for (const entry of entries.values()) writer.put(addressOf(state, entryAddress(entry)), encodeListEntry(entry));
    writer.put(addressOf(state, ""), encodeListCounts(state));
  }
}

/**
 * The lists of a plan as a snapshot has them; what it has of others is left out.
 *
 * @throws {CorruptBytesError} where the bytes are damaged, or of a newer version.
 */
export function restoreLists(programs: readonly ListProgram[], entries: ReadonlyMap<string, Uint8Array>): ListStates {
  const parts = new Map(programs.map(({ identity }) => [identity, new Map<string, Uint8Array>()]));
  for (const [address, bytes] of entries) {
    if (!isListAddress(address)) continue;
    const end = address.indexOf("\n");
    parts.get(address.slice(0, end))?.set(address.slice(end + 1), bytes);
  }
  const states = programs.map((program) => {
    const found = parts.get(program.identity);
    const counts = found?.get("");
    if (found === undefined || found.size === 0) return new ListState(program);
    if (counts === undefined)
      throw new CorruptBytesError(`state is damaged: members of the list ${program.id} without their counts`);
    found.delete("");
    return decodeListState(program, counts, found);
  });
  return new ListStates(states);
}

/** The same entries are to be written again, and what was to be let go of still is: the snapshot before was of another plan. */
export function carryLists(from: ListStates, to: ListStates, gone: Set<string>): void {
  for (const state of from.byId.values()) for (const address of state.gone) gone.add(addressOf(state, address));
  for (const { added, hidden, dirty } of to.byId.values()) {
    for (const entry of added.values()) dirty.add(entry);
    for (const entry of hidden.values()) dirty.add(entry);
  }
}

function addressOf({ program }: ListState, address: string): string {
  return `${program.identity}\n${address}`;
}
