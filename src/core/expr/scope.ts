import type { JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { FactMemo } from "./fact-memo.ts";

/** What conditions ask of lists and tables, by their ids. The shard gives it; what it answers is part of the shard's state. */
export interface ListReader {
  /** False for a member that no list can hold, and where there is no such list. */
  contains(list: string, member: unknown): boolean;
  /** The member's fields with `since` and `expires` (epoch milliseconds of log time), or null where it is not in the table. */
  find(table: string, member: unknown): Readonly<Record<string, JsonValue>> | null;
}

/** Where there are no lists. */
const noLists: ListReader = { contains: () => false, find: () => null };

/**
 * What a compiled condition or expression reads. One object a shard, refilled before each evaluation; compiled code
 * keeps nothing of it.
 */
export interface Scope {
  /** Absent where a window fired by time or a tick or deadline evaluates. */
  event: TocsinEvent | undefined;
  /** Parts of the key by their names; empty for the global key. */
  key: Readonly<Record<string, JsonValue>>;
  /** Epoch milliseconds of the evaluation. */
  now: number;
  /** Values of the declared names, each at the index that its `NameRef` gives. `undefined` reads as null. */
  slots: unknown[];
  /** The event that the rule took before under the same key; absent for the first, and where no rule is evaluated. */
  prev: TocsinEvent | undefined;
  /** Time of the key's first event, epoch milliseconds. */
  keySince: number | undefined;
  lists: ListReader;
  /** Values of plug-ins' facts; made where the first is asked for. */
  facts?: FactMemo | undefined;
}

/** A scope with nothing in it. */
export function emptyScope(): Scope {
  return { event: undefined, key: {}, now: 0, slots: [], prev: undefined, keySince: undefined, lists: noLists };
}

/** How one name is found at run time; decided once, when the document is compiled. */
export type NameRef =
  /** `part`: the part of the key that stands in for the field where no event is at hand; null: none, undefined: that of its name. */
  | { readonly kind: "field"; readonly name: string; readonly part?: string | null }
  | { readonly kind: "input" }
  | { readonly kind: "meta" }
  | { readonly kind: "key" }
  | { readonly kind: "now" }
  /** The event before: null where there is none. */
  | { readonly kind: "prev" }
  | { readonly kind: "key-since" }
  | { readonly kind: "slot"; readonly index: number };

/** The names that one place of a document may use. */
export interface Names {
  /** Undefined: nothing declares it here and event fields are not readable here either. */
  resolve(name: string): NameRef | undefined;
  /** Every declared name, for the nearest valid one in a fault. */
  readonly declared: readonly string[];
  /** The shape of a declared name, where it is known: a reader of `burst.totl` is told at `check`. */
  membersOf?(name: string): readonly string[] | undefined;
  /** Why a name that does not resolve is refused, where it is more than unknown: the message of an `unsupported` fault. */
  refusalOf?(name: string): string | undefined;
}
