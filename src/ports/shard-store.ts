import type { Effect } from "../core/alert/effect.ts";
import type { JournalEntry } from "../core/shard/journal.ts";

/** The owner's word and the number of writes seen: each write carries both and is refused if either differs. */
export interface Fence {
  /** 128 random bits in hexadecimal, new at each `acquire`. */
  readonly owner: string;
  /** Log sequence number: how many writes the shard has had. */
  readonly lsn: number;
}

/** A source as it was at the checkpoint, so that another log under the same name is noticed. */
export interface SourceRecord {
  readonly name: string;
  readonly created: string;
  /** Last sequence whose effects are all in the checkpoint; -1 for none. */
  readonly sequence: number;
  /** The log's stamp of the message at `sequence`. */
  readonly stampMs: number | undefined;
}

/** What a commit says of the shard. The rest of its state is in segments. */
export interface Checkpoint {
  readonly sources: readonly SourceRecord[];
  /** Ordinal of the last entry in it. */
  readonly ordinal: number;
  /** SHA-256 in hexadecimal of the documents in force. */
  readonly documents: string;
  /** Names of the segments that make up the state, oldest first; a later record replaces an earlier one. */
  readonly segments: readonly string[];
}

export interface StoredEffect {
  readonly effect: Effect;
  /** Ordinal of the entry that caused it; the ledger's score. */
  readonly ordinal: number;
}

export interface StoredJournalEntry {
  /** Ordinal that the entry took. */
  readonly ordinal: number;
  readonly entry: JournalEntry;
}

/** Where reading had come to when effects last became visible; recovery runs at least to here before anything new. */
export interface Through {
  readonly ordinal: number;
  readonly sequences: Readonly<Record<string, number>>;
}

export interface Advance {
  readonly journal: readonly StoredJournalEntry[];
  readonly effects: readonly StoredEffect[];
  readonly through: Through;
}

export interface Commit extends Advance {
  readonly checkpoint: Checkpoint;
  /** Ledger entries with an ordinal below this go; it is never above the checkpoint's. */
  readonly ledgerOrdinalMin: number;
}

/** All that a shard starts from. */
export interface Acquired {
  readonly fence: Fence;
  /** Undefined before the first commit. */
  readonly checkpoint: Checkpoint | undefined;
  readonly through: Through | undefined;
  /** Journal entries behind the checkpoint, in order. */
  readonly journal: readonly StoredJournalEntry[];
}

/** An effect in the outbox; `entryId` ascends. */
export interface OutboxEntry {
  readonly entryId: string;
  readonly effect: Effect;
}

/**
 * Checkpoint, journal, ledger and outbox of one shard: one port, for they are one atomic unit. docs/protocol.md is its
 * contract. The interface intentionally shows no connection, transaction or script.
 *
 * Every write either applies whole or not at all, checks the fence, and adds 1 to lsn. One write in flight.
 * A write whose reply is lost fails with STORE_UNAVAILABLE (retryable); the caller then reads the fence with `readFence` and
 * decides by rule 3. A write under a stale fence fails with STORE_FENCED (not retryable) and changes nothing. STORE_FULL is retryable.
 *
 * Delivery guarantees: an effect whose id is in the ledger is not put in the outbox again.
 */
export interface ShardStore {
  /** Takes the shard over: a new owner; whoever had it is fenced from now on. Segments staged and not committed are removed. */
  acquire(): Promise<Acquired>;
  /** The fence as it stands in the store, under whichever owner. */
  readFence(): Promise<Fence>;
  /** @throws {CepError} STORE_DAMAGED where a segment of the manifest is absent. */
  loadSegment(name: string): Promise<Uint8Array>;
  /** Writes a segment that only a later `commit` makes part of the state. At most 1 MiB. Names are never used again. */
  stageSegment(name: string, bytes: Uint8Array): Promise<void>;
  advance(fence: Fence, advance: Advance): Promise<Fence>;
  /**
   * As `advance`, and makes `checkpoint` the state: segments it does not name are removed, journal entries up to its ordinal
   * go to the archive. Where a segment, the documents that it names or their contents are not in the store, the store has lost
   * a write: STORE_FENCED, nothing is changed, and the caller acquires and loads again.
   */
  commit(fence: Fence, commit: Commit): Promise<Fence>;
  /**
   * Documents by their hash, and the names of the contents that belong to them. Put them before the entry or the checkpoint
   * that names them. A commit removes those that its checkpoint replaces, unless the journal goes back to them; those that
   * never came into force stay. Contents go with the last documents that they belong to.
   */
  putDocuments(hash: string, text: string, contents?: readonly string[]): Promise<void>;
  getDocuments(hash: string): Promise<string | undefined>;
  /** Those of the names that the store does not have, in their order: of documents that are put, to know what is still to be put. */
  absentContents(names: readonly string[]): Promise<readonly string[]>;
  /**
   * Part of a file that belongs to documents, at most 1 MiB; put after them, or a commit may take it away. The name follows
   * from the bytes, so that what has it is never written over with others.
   */
  putContent(name: string, bytes: Uint8Array): Promise<void>;
  getContent(name: string): Promise<Uint8Array | undefined>;
  /** Oldest first. Reading takes nothing away. */
  readOutbox(countMax: number): Promise<readonly OutboxEntry[]>;
  /** Harmless when repeated. */
  removeFromOutbox(entryIds: readonly string[]): Promise<void>;
  /** Resolves when something may have come into the outbox, or after `waitMs`. */
  waitForOutbox(waitMs: number): Promise<void>;
  close(): Promise<void>;
}
