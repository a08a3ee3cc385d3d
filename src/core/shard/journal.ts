import type { ListChange } from "../table/list-change.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";
import type { LogTimeMs } from "../time/instant.ts";

/** What json-rules-engine and the asynchronous facts say of an evaluation that waited. */
export interface Answer {
  readonly question: string;
  readonly holds: boolean;
  /** Values of the asynchronous facts that were asked for, by name and parameters; without `value`: it gave `undefined`. */
  readonly values: readonly { readonly fact: string; readonly params: JsonObject; readonly value?: JsonValue }[];
  /** Why it does not hold, where it is an error. */
  readonly error?: string;
}

/**
 * What `step` can't derive from the log and must find again when it is read again: docs/protocol.md, rule 5. Each stands
 * between two messages, at the ordinal it was given.
 */
export type JournalEntry =
  /**
   * Every source is at its end and has been quiet for `idle`: from here the watermark follows log time. With `source` it
   * is that one alone, which the others no longer wait for.
   */
  | { readonly kind: "idle"; readonly at: LogTimeMs; readonly source?: string }
  /** Log time moved on though no event came. */
  | { readonly kind: "tick"; readonly at: LogTimeMs }
  /** Members of a list were added or removed from outside; what they last is counted from `at`. */
  | { readonly kind: "list"; readonly at: LogTimeMs; readonly list: string; readonly changes: readonly ListChange[] }
  /** An evaluation that waited has what it waited for. Log time does not move by it. */
  | ({ readonly kind: "answer"; readonly at: LogTimeMs } & Answer)
  /** Another version of the documents is in force from here. */
  | { readonly kind: "activation"; readonly documents: string };
