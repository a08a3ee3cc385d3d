import { assert } from "../../core/base/assert.ts";

/**
 * The keys of one shard. All carry the hash tag `{<namespace>:<shard>}`, so that in a cluster they lie in one slot and one
 * script may touch them all.
 */
export interface ShardKeys {
  /** Hash: owner, lsn, checkpoint (JSON), through (JSON). */
  readonly meta: string;
  /** List of `StoredJournalEntry` in JSON, in order; behind the checkpoint. No TTL. */
  readonly journal: string;
  /** Stream, field `e`: the journal before the checkpoint, the newest million or so. */
  readonly archive: string;
  /** Sorted set of effect ids, scored by ordinal. No TTL. */
  readonly ledger: string;
  /** Stream, field `e`: `Effect` in JSON. */
  readonly outbox: string;
  /** Hash of name → bytes: those of the checkpoint, and those staged for the next. */
  readonly segments: string;
  /** Hash of hash → text. */
  readonly documents: string;
  /** Hash of hash of documents → names of the contents that belong to them, as a JSON list. */
  readonly documentContents: string;
  /** Hash of name → bytes. */
  readonly contents: string;
}

/** @throws {AssertionError} for a namespace that would spoil the hash tag; configuration allows letters, digits and `_.-`. */
export function shardKeys(namespace: string, shard: number): ShardKeys {
  assert(/^[\w.-]+$/.test(namespace), "a namespace has letters, digits and _.- alone");
  const prefix = `{${namespace}:${shard}}`;
  return {
    meta: `${prefix}:meta`,
    journal: `${prefix}:journal`,
    archive: `${prefix}:archive`,
    ledger: `${prefix}:ledger`,
    outbox: `${prefix}:outbox`,
    segments: `${prefix}:segments`,
    documents: `${prefix}:documents`,
    documentContents: `${prefix}:document-contents`,
    contents: `${prefix}:contents`,
  };
}
