import type { JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";

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
}

/** How one name is found at run time; decided once, when the document is compiled. */
export type NameRef =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "input" }
  | { readonly kind: "meta" }
  | { readonly kind: "key" }
  | { readonly kind: "now" }
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
