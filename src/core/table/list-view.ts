import type { DurationMs } from "../time/instant.ts";
import type { Member } from "./list-change.ts";
import type { ListKind, MemberFields } from "./list-program.ts";
import type { ListState } from "./list-state.ts";
import { keyedMember } from "./member-key.ts";

/** What a list is and how much is in it. */
export interface ListSummary {
  readonly id: string;
  readonly kind: ListKind;
  readonly ttlMs: DurationMs | undefined;
  /** Undefined: members may have any. */
  readonly fields: readonly string[] | undefined;
  readonly counts: {
    /** Members of the documents, removed ones among them; of a MaxMind database the nodes of its tree. */
    readonly documents: number;
    readonly added: number;
    /** Members of the documents that were removed. */
    readonly removed: number;
  };
}

/** A member as people see it. */
export interface MemberView {
  readonly member: Member;
  readonly fields: MemberFields;
  /** Epoch milliseconds of log time; null: of the documents, for ever. */
  readonly since: number | null;
  readonly expires: number | null;
}

export interface MemberPage {
  readonly members: readonly MemberView[];
  /** Where the next page begins; undefined: this was the last. */
  readonly next: MemberPlace | undefined;
}

/** Place in the order of members: rows of the documents, then what was added, by when. */
export type MemberPlace =
  | { readonly part: "documents"; readonly row: number }
  | { readonly part: "added"; readonly sequence: number };

export const firstPlace: MemberPlace = { part: "documents", row: 0 };

/** Members that one page looks at, so that a prefix which nothing has does not stop the shard: it may give fewer than asked for. */
const lookedAtCountMax = 50_000;

export function summaryOf({ program, added, hidden }: ListState): ListSummary {
  const { id, kind, ttlMs, fields, base } = program;
  return { id, kind, ttlMs, fields, counts: { documents: base.memberCount, added: added.size, removed: hidden.size } };
}

/**
 * The member that a condition would find for the value: of blocks and domains the nearest around it. Undefined where there
 * is none.
 */
export function viewMember(state: ListState, value: Member): MemberView | undefined {
  // A block is no address to look for.
  if (state.program.kind === "cidr" && String(value).includes("/")) return viewOwn(state, value);
  const found = state.find(value);
  return found === undefined ? undefined : viewOf(value, found);
}

/** The very member, if it is there. */
function viewOwn(state: ListState, member: Member): MemberView | undefined {
  if (!hasMember(state, member)) return undefined;
  const { kind, base } = state.program;
  const { key } = keyedMember(kind, member);
  const added = key === undefined ? undefined : state.added.get(key);
  const row = base.rowOf(member);
  const written = row < 0 ? {} : base.fieldsAt(row);
  if (added === undefined) return { member, fields: written, since: null, expires: null };
  const since = Number.isFinite(added.sinceMs) ? added.sinceMs : null;
  return { member, fields: { ...written, ...added.fields }, since, expires: added.expiresAt ?? null };
}

/** Whether the very member is there, not only a wider one around it. */
export function hasMember({ program, added, hidden }: ListState, member: Member): boolean {
  const keyed = keyedMember(program.kind, member);
  if (keyed.key === undefined) return false;
  if (added.has(keyed.key)) return true;
  const key = program.base.keyOf(keyed.member);
  return key !== undefined && !hidden.has(key);
}

/**
 * Members in their order from a place on: of the documents, those removed left out, then those added. Networks of a MaxMind
 * database are not given.
 *
 * @param options.prefix text that members begin with.
 */
export function pageMembers(
  state: ListState,
  { prefix, from, countMax }: { readonly prefix: string; readonly from: MemberPlace; readonly countMax: number },
): MemberPage {
  const members: MemberView[] = [];
  let lookedAtCount = 0;
  const isFull = () => members.length >= countMax || lookedAtCount >= lookedAtCountMax;
  const look = (member: Member) => {
    lookedAtCount += 1;
    if (!String(member).startsWith(prefix)) return;
    const found = viewOwn(state, member);
    if (found !== undefined) members.push(found);
  };
  const { base } = state.program;
  for (let row = from.part === "documents" ? from.row : base.rowCount; row < base.rowCount; row += 1) {
    if (isFull()) return { members, next: { part: "documents", row } };
    const member = base.memberAt(row);
    if (member === undefined || isElsewhere(state, member)) lookedAtCount += 1;
    else look(member);
  }
  const first = from.part === "added" ? from.sequence : 0;
  for (const { member, sequence } of state.added.values()) {
    if (sequence < first) continue;
    if (isFull()) return { members, next: { part: "added", sequence } };
    look(member);
  }
  return { members, next: undefined };
}

/** A member of the documents that was removed, or stands among those added. */
function isElsewhere({ program, added, hidden }: ListState, member: Member): boolean {
  if (hidden.size === 0 && added.size === 0) return false;
  const key = program.base.keyOf(member);
  if (key !== undefined && hidden.has(key)) return true;
  const keyed = keyedMember(program.kind, member);
  return keyed.key !== undefined && added.has(keyed.key);
}

function viewOf(member: Member, { since, expires, ...fields }: MemberFields): MemberView {
  const timeOf = (value: unknown) => (typeof value === "number" ? value : null);
  return { member, fields, since: timeOf(since), expires: timeOf(expires) };
}
