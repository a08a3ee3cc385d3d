import { assert } from "../../core/base/assert.ts";
import { CepError } from "../../ports/error.ts";
import type { Acquired, Advance, Checkpoint, Commit, Fence } from "../../ports/shard-store.ts";
import {
  documentsInJournal,
  readJournal,
  readMeta,
  type ShardDatabases,
  type ShardMeta,
  textAt,
} from "./shard-databases.ts";

// The writes of the protocol. Each runs within a transaction, whole; what it throws undoes it.

/** Documents, and what belongs to them. */
export function putDocuments(
  { shard, documents, documentContents }: ShardDatabases,
  hash: string,
  { text, contents }: { readonly text: string; readonly contents: readonly string[] },
): void {
  documents.put([shard, hash], text);
  for (const name of contents) documentContents.put([shard, hash, name], true);
}

/** Names of the contents that are there, whatever they belong to. */
export function presentContents({ contents, whole }: ShardDatabases): ReadonlySet<string> {
  return new Set(contents.keys(whole).map((key) => textAt(key, 1)));
}

export function acquireShard(databases: ShardDatabases, owner: string): Acquired {
  const { shard, metas } = databases;
  const meta = readMeta(databases);
  const journal = readJournal(databases);
  removeSegmentsBut(databases, meta.checkpoint?.segments ?? []);
  const fence = { owner, lsn: meta.lsn + 1 };
  metas.put([shard], { ...meta, ...fence });
  return { fence, checkpoint: meta.checkpoint, through: meta.through, journal };
}

/** Rule 8. */
export function advanceShard(databases: ShardDatabases, fence: Fence, advance: Advance): Fence {
  const meta = fencedMeta(databases, fence);
  const outboxNext = append(databases, meta.outboxNext, advance);
  const next = { ...meta, lsn: meta.lsn + 1, through: advance.through, outboxNext };
  databases.metas.put([databases.shard], next);
  return { owner: next.owner, lsn: next.lsn };
}

/** Rule 9. `archiveCountMax` bounds the archive; its oldest entries go first. */
export function commitShard(databases: ShardDatabases, fence: Fence, commit: Commit, archiveCountMax: number): Fence {
  const { checkpoint, ledgerOrdinalMin, through } = commit;
  assert(ledgerOrdinalMin <= checkpoint.ordinal, "the ledger is kept behind the checkpoint");
  const meta = fencedMeta(databases, fence);
  checkPresent(databases, checkpoint);
  const outboxNext = append(databases, meta.outboxNext, commit);
  removeSegmentsBut(databases, checkpoint.segments);
  const archiveCount = archiveJournal(databases, {
    ordinal: checkpoint.ordinal,
    count: meta.archiveCount,
    countMax: archiveCountMax,
  });
  pruneLedger(databases, ledgerOrdinalMin);
  removeReplacedDocuments(databases, meta.checkpoint, checkpoint);
  const next = { owner: meta.owner, lsn: meta.lsn + 1, checkpoint, through, outboxNext, archiveCount };
  databases.metas.put([databases.shard], next);
  return { owner: next.owner, lsn: next.lsn };
}

/** @throws {CepError} STORE_FENCED. */
function fencedMeta(databases: ShardDatabases, fence: Fence): ShardMeta {
  const meta = readMeta(databases);
  if (meta.owner === fence.owner && meta.lsn === fence.lsn) return meta;
  const why = meta.owner === fence.owner ? `its lsn is ${meta.lsn}, not ${fence.lsn}` : "it has another owner";
  throw new CepError("STORE_FENCED", `shard ${databases.shard} was written to by somebody else: ${why}`);
}

/** @throws {CepError} STORE_FENCED where something that the checkpoint names is not there: the store has lost a write. */
function checkPresent(databases: ShardDatabases, checkpoint: Checkpoint): void {
  const { shard, segments, whole } = databases;
  const present = new Set(segments.keys(whole).map((key) => textAt(key, 1)));
  const absent = checkpoint.segments.find((name) => !present.has(name));
  const what = absent === undefined ? absentOfDocuments(databases, checkpoint.documents) : `segment ${absent}`;
  if (what === undefined) return;
  throw new CepError("STORE_FENCED", `shard ${shard} lacks the ${what} that a commit names: acquire and load it again`);
}

function absentOfDocuments(databases: ShardDatabases, hash: string): string | undefined {
  if (databases.documents.get([databases.shard, hash]) === undefined) return `documents ${hash}`;
  const needed = contentsOf(databases, hash);
  if (needed.length === 0) return undefined;
  const present = presentContents(databases);
  const absent = needed.find((name) => !present.has(name));
  return absent === undefined ? undefined : `content ${absent}`;
}

function contentsOf({ shard, documentContents }: ShardDatabases, hash: string): readonly string[] {
  // A name is text, and so sorts between numbers and lists.
  return documentContents.keys({ start: [shard, hash], end: [shard, `${hash}\u0000`] }).map((key) => textAt(key, 2));
}

/** Returns the number of the next effect in the outbox. */
function append(databases: ShardDatabases, outboxNextBefore: number, { journal, effects }: Advance): number {
  const { shard, ledger, ledgerOrder, outbox } = databases;
  for (const entry of journal) {
    assert(databases.journal.get([shard, entry.ordinal]) === undefined, "an ordinal is taken by one journal entry");
    databases.journal.put([shard, entry.ordinal], entry);
  }
  let outboxNext = outboxNextBefore;
  for (const { effect, ordinal } of effects) {
    if (ledger.get([shard, effect.id]) !== undefined) continue;
    ledger.put([shard, effect.id], ordinal);
    ledgerOrder.put([shard, ordinal, effect.id], true);
    outbox.put([shard, outboxNext], effect);
    outboxNext += 1;
  }
  return outboxNext;
}

/** Moves the journal up to `ordinal`, inclusive, to the archive. Returns how many entries that holds then. */
function archiveJournal(
  { shard, journal, archive, whole }: ShardDatabases,
  { ordinal, count, countMax }: { readonly ordinal: number; readonly count: number; readonly countMax: number },
): number {
  const moved = journal.range({ start: [shard], end: [shard, ordinal + 1] });
  for (const { key, value } of moved) {
    archive.put(key, value);
    journal.remove(key);
  }
  const excess = Math.max(0, count + moved.length - countMax);
  if (excess > 0) for (const key of archive.keys({ ...whole, countMax: excess })) archive.remove(key);
  return count + moved.length - excess;
}

function pruneLedger({ shard, ledger, ledgerOrder }: ShardDatabases, ordinalMin: number): void {
  for (const key of ledgerOrder.keys({ start: [shard], end: [shard, ordinalMin] })) {
    ledgerOrder.remove(key);
    ledger.remove([shard, textAt(key, 2)]);
  }
}

function removeSegmentsBut({ segments, whole }: ShardDatabases, kept: readonly string[]): void {
  const names = new Set(kept);
  for (const key of segments.keys(whole)) if (!names.has(textAt(key, 1))) segments.remove(key);
}

/** Documents that were put and never came into force stay: an activation may still name them. People make them, and few. */
function removeReplacedDocuments(databases: ShardDatabases, before: Checkpoint | undefined, after: Checkpoint): void {
  if (before === undefined || before.documents === after.documents) return;
  if (documentsInJournal(readJournal(databases)).has(before.documents)) return;
  removeDocuments(databases, before.documents);
}

/** With all contents that belong to no others. */
function removeDocuments(databases: ShardDatabases, hash: string): void {
  const { shard, documents, documentContents, contents, whole } = databases;
  for (const name of contentsOf(databases, hash)) documentContents.remove([shard, hash, name]);
  documents.remove([shard, hash]);
  const needed = new Set(documentContents.keys(whole).map((key) => textAt(key, 2)));
  for (const name of presentContents(databases)) if (!needed.has(name)) contents.remove([shard, name]);
}
