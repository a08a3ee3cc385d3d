import type { JsonValue } from "../base/json.ts";
import type { CompiledCondition, CompiledExpression } from "../expr/compiled.ts";
import type { DurationMs } from "../time/instant.ts";
import type { Member } from "./list-change.ts";

/** How a value is looked for: equal, an address within blocks, a domain at or below others. */
export type ListKind = "exact" | "cidr" | "suffix";

export type MemberFields = Readonly<Record<string, JsonValue>>;

/** Whether the member of this key has been removed. */
export type HiddenTest = (key: string) => boolean;

/**
 * What the documents say is in a list: the members written there and those of the file. Immutable, shared by all that run
 * the plan, never part of the state. Members are rows; a row is good until the next call.
 */
export interface ListBase {
  /** How many members there are; of a MaxMind database, how many nodes its tree has. */
  readonly memberCount: number;
  /** The row nearest to a value among those not hidden: the equal one, the longest block, the longest domain. -1: none. */
  nearest(value: unknown, isHidden: HiddenTest | undefined): number;
  /** Rows there are: of a MaxMind database none, for its networks are not counted off. */
  readonly rowCount: number;
  /** The member of a row; undefined where a later row has an equal one. */
  memberAt(row: number): Member | undefined;
  /** How near a row that was found is: of a block or domain its length. The longer one wins over a shorter one. */
  rankAt(row: number): number;
  fieldsAt(row: number): MemberFields;
  /** The row of the very member, or -1. */
  rowOf(member: Member): number;
  /** The key of the very member, what `remove` hides it by; undefined where the documents don't have it. */
  keyOf(member: Member): string | undefined;
}

/** Members out of events. */
export interface FeedProgram {
  /** Type filters as written. */
  readonly types: readonly string[];
  readonly fitsType: (type: string) => boolean;
  readonly where: CompiledCondition | undefined;
  readonly member: CompiledExpression;
  readonly fields: readonly MemberField[];
}

/** A field of a member that a feed or a rule adds. */
export interface MemberField {
  readonly name: string;
  readonly value: CompiledExpression;
}

/** A list or a table, compiled. */
export interface ListProgram {
  readonly id: string;
  readonly kind: ListKind;
  /** What its added and removed members are kept under: equal for lists of one id and kind. Holds no line break. */
  readonly identity: string;
  /** How long an added member stays, in log time; undefined: for ever. */
  readonly ttlMs: DurationMs | undefined;
  /** Most added members; past it the one added longest ago is shed. */
  readonly memberCountMax: number;
  /** The only fields that its members may have; undefined: any. */
  readonly fields: readonly string[] | undefined;
  readonly base: ListBase;
  readonly feed: FeedProgram | undefined;
}
