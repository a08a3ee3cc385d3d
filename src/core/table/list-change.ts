import type { JsonValue } from "../base/json.ts";

/** What members are: JSON's strings and numbers. `1` is not `"1"`. */
export type Member = string | number;

/** The bytes of a list's file, as they were when the documents were loaded: part of the documents, not of the state. */
export interface ListContent {
  readonly format: "txt" | "csv" | "mmdb";
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * A change of one member, beside what the file has. Those from outside are journalled, those of rules and feeds are state.
 * `remove` hides a member of the file too; `add` brings it back.
 */
export type ListChange =
  | {
      readonly kind: "add";
      readonly member: Member;
      readonly fields: Readonly<Record<string, JsonValue>>;
      /** Undefined: the list's own. */
      readonly ttlMs: number | undefined;
    }
  | { readonly kind: "remove"; readonly member: Member };
