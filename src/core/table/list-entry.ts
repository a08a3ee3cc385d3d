import type { LogTimeMs } from "../time/instant.ts";
import type { Member } from "./list-change.ts";
import type { MemberFields } from "./list-program.ts";

/** A member that was added while the shard ran. */
export interface AddedMember {
  readonly kind: "added";
  readonly key: string;
  readonly member: Member;
  readonly fields: MemberFields;
  /** Log time since which it has been a member without a break. */
  readonly sinceMs: LogTimeMs;
  /** Log time from which it is none any more; undefined: never. */
  readonly expiresAt: LogTimeMs | undefined;
  /** Order in which members were added; the greatest is the latest. */
  readonly sequence: number;
}

/** A member of the documents that was removed. */
export interface HiddenMember {
  readonly kind: "hidden";
  readonly key: string;
}

/** What one change of a list is kept as. */
export type ListEntry = AddedMember | HiddenMember;

/** Where an entry is kept among those of its list. */
export function entryAddress({ kind, key }: ListEntry): string {
  return `${kind === "added" ? "+" : "-"}${key}`;
}
