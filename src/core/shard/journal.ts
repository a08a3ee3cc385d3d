import type { LogTimeMs } from "../time/instant.ts";

/**
 * What `step` can't derive from the log and must find again when it is read again: docs/protocol.md, rule 5. Each stands
 * between two messages, at the ordinal it was given.
 */
export type JournalEntry =
  /** Every source is at its end and has been quiet for `idle`: from here the watermark follows log time. */
  | { readonly kind: "idle"; readonly at: LogTimeMs }
  /** Log time moved on though no event came. */
  | { readonly kind: "tick"; readonly at: LogTimeMs }
  /** Another version of the documents is in force from here. */
  | { readonly kind: "activation"; readonly documents: string };
