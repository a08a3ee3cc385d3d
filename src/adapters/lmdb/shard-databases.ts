import { assert } from "../../core/base/assert.ts";
import { isJsonObject } from "../../core/base/json.ts";
import { CepError } from "../../ports/error.ts";
import { isCheckpoint, isStoredJournalEntry, isThrough } from "../../ports/shard-record.ts";
import type { Checkpoint, StoredJournalEntry, Through } from "../../ports/shard-store.ts";
import type { LmdbDatabase, LmdbEnvironment, LmdbKey, LmdbRange } from "./environment.ts";

/**
 * Where one shard's part lies in an environment. Every key begins with the shard's number, so that the shards of one folder
 * lie apart in the same databases.
 */
export interface ShardDatabases {
  readonly environment: LmdbEnvironment;
  readonly shard: number;
  /** All keys of the shard in a database. */
  readonly whole: LmdbRange;
  /** [shard] → `ShardMeta`. */
  readonly metas: LmdbDatabase<unknown>;
  /** [shard, ordinal] → `StoredJournalEntry`. */
  readonly journal: LmdbDatabase<unknown>;
  /** As the journal. */
  readonly archive: LmdbDatabase<unknown>;
  /** [shard, effect id] → ordinal. */
  readonly ledger: LmdbDatabase<unknown>;
  /** [shard, ordinal, effect id] → true: the ledger by its score. */
  readonly ledgerOrder: LmdbDatabase<unknown>;
  /** [shard, number] → `Effect`. */
  readonly outbox: LmdbDatabase<unknown>;
  /** [shard, name] → bytes. */
  readonly segments: LmdbDatabase<Uint8Array>;
  /** [shard, hash] → text. */
  readonly documents: LmdbDatabase<unknown>;
  /** [shard, hash of documents, name of a content that belongs to them] → true. */
  readonly documentContents: LmdbDatabase<unknown>;
  /** [shard, name] → bytes. */
  readonly contents: LmdbDatabase<Uint8Array>;
}

/** The shard's record; one that was never acquired has owner "" and lsn 0. */
export interface ShardMeta {
  readonly owner: string;
  readonly lsn: number;
  readonly checkpoint?: Checkpoint;
  readonly through?: Through;
  /** Number of the next effect in the outbox. Never goes back, so that an entry id is never used twice. */
  readonly outboxNext: number;
  readonly archiveCount: number;
}

export function openShardDatabases(environment: LmdbEnvironment, shard: number): ShardDatabases {
  return {
    environment,
    shard,
    whole: { start: [shard], end: [shard + 1] },
    metas: environment.json("shard-meta"),
    journal: environment.json("shard-journal"),
    archive: environment.json("shard-archive"),
    ledger: environment.json("shard-ledger"),
    ledgerOrder: environment.json("shard-ledger-order"),
    outbox: environment.json("shard-outbox"),
    segments: environment.bytes("shard-segments"),
    documents: environment.json("shard-documents"),
    documentContents: environment.json("shard-document-contents"),
    contents: environment.bytes("shard-contents"),
  };
}

export function damaged({ shard, environment }: ShardDatabases, what: string): CepError {
  return new CepError(
    "STORE_DAMAGED",
    `${what} of shard ${shard} in ${environment.dir}: restore the folder from a backup`,
  );
}

export function readMeta(databases: ShardDatabases): ShardMeta {
  const value = databases.metas.get([databases.shard]);
  if (value === undefined) return { owner: "", lsn: 0, outboxNext: 1, archiveCount: 0 };
  if (!isShardMeta(value)) throw damaged(databases, "damaged record");
  return value;
}

export function readJournal(databases: ShardDatabases): readonly StoredJournalEntry[] {
  return databases.journal.range(databases.whole).map(({ value }) => {
    if (!isStoredJournalEntry(value)) throw damaged(databases, "damaged journal entry");
    return value;
  });
}

/** Hashes that the journal needs when it is read again. */
export function documentsInJournal(journal: readonly StoredJournalEntry[]): ReadonlySet<string> {
  return new Set(journal.flatMap(({ entry }) => (entry.kind === "activation" ? [entry.documents] : [])));
}

export function textAt(key: LmdbKey, index: number): string {
  const part = Array.isArray(key) ? key[index] : undefined;
  assert(typeof part === "string", "a key of a shard names what lies under it");
  return part;
}

export function numberAt(key: LmdbKey, index: number): number {
  const part = Array.isArray(key) ? key[index] : undefined;
  assert(typeof part === "number", "a key of a shard numbers what lies under it");
  return part;
}

function isShardMeta(value: unknown): value is ShardMeta {
  if (!isJsonObject(value)) return false;
  const { owner, lsn, checkpoint, through, outboxNext, archiveCount } = value;
  return (
    typeof owner === "string" &&
    typeof lsn === "number" &&
    typeof outboxNext === "number" &&
    typeof archiveCount === "number" &&
    (checkpoint === undefined || isCheckpoint(checkpoint)) &&
    (through === undefined || isThrough(through))
  );
}
