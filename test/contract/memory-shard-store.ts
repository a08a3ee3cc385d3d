import type { Effect } from "../../src/core/alert/effect.ts";
import { assert } from "../../src/core/base/assert.ts";
import { CepError } from "../../src/ports/error.ts";
import type {
  Advance,
  Checkpoint,
  Fence,
  ShardStore,
  StoredJournalEntry,
  Through,
} from "../../src/ports/shard-store.ts";

/** What outlives every store opened on it, as a disk outlives its process. Plain data, to be compared and copied. */
export interface MemoryShard {
  owner: string;
  lsn: number;
  checkpoint: Checkpoint | undefined;
  through: Through | undefined;
  journal: StoredJournalEntry[];
  archive: StoredJournalEntry[];
  /** Effect id → ordinal. */
  ledger: Map<string, number>;
  outbox: { readonly entryId: string; readonly effect: Effect }[];
  outboxNext: number;
  segments: Map<string, Uint8Array>;
  documents: Map<string, string>;
  /** Hash of documents → names of their contents. */
  documentContents: Map<string, readonly string[]>;
  contents: Map<string, Uint8Array>;
}

export function memoryShard(): MemoryShard {
  return {
    owner: "",
    lsn: 0,
    checkpoint: undefined,
    through: undefined,
    journal: [],
    archive: [],
    ledger: new Map(),
    outbox: [],
    outboxNext: 1,
    segments: new Map(),
    documents: new Map(),
    documentContents: new Map(),
    contents: new Map(),
  };
}

export interface MemoryShardStoreOptions {
  /** Gives a new owner at each `acquire`; a simulation draws it from its seed. */
  readonly newOwner: () => string;
  /** How `waitForOutbox` waits: real time, or a simulation's. */
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * The shard store's model: the port's words as plainly as they can be put into code, and the simulated port. Everything
 * that a method does to `shard` it does at once, before its promise is returned.
 */
export function memoryShardStore(shard: MemoryShard, { newOwner, sleep }: MemoryShardStoreOptions): ShardStore {
  let lastRead = 0;
  return {
    async acquire() {
      shard.owner = newOwner();
      shard.lsn += 1;
      keepSegments(shard, shard.checkpoint?.segments ?? []);
      const { owner, lsn, checkpoint, through, journal } = shard;
      return structuredClone({ fence: { owner, lsn }, checkpoint, through, journal });
    },
    readFence: async () => ({ owner: shard.owner, lsn: shard.lsn }),
    async loadSegment(name) {
      const bytes = shard.segments.get(name);
      if (bytes === undefined) throw new CepError("STORE_DAMAGED", `no segment ${name}`);
      return bytes.slice();
    },
    async stageSegment(name, bytes) {
      const present = shard.segments.get(name);
      assert(bytes.length <= 1024 * 1024, "a segment holds at most 1 MiB");
      assert(present === undefined || Buffer.compare(present, bytes) === 0, "a segment's name is used once");
      shard.segments.set(name, bytes.slice());
    },
    async advance(fence, advance) {
      checkFence(shard, fence);
      return append(shard, advance);
    },
    async commit(fence, commit) {
      const { checkpoint, ledgerOrdinalMin } = commit;
      assert(ledgerOrdinalMin <= checkpoint.ordinal, "the ledger is kept behind the checkpoint");
      checkFence(shard, fence);
      if (
        !checkpoint.segments.every((name) => shard.segments.has(name)) ||
        !shard.documents.has(checkpoint.documents) ||
        !contentsOf(shard, checkpoint.documents).every((name) => shard.contents.has(name))
      ) {
        throw new CepError("STORE_FENCED", "the store has lost what was staged");
      }
      const replaced = shard.checkpoint?.documents;
      const after = append(shard, commit);
      shard.checkpoint = structuredClone(checkpoint);
      keepSegments(shard, checkpoint.segments);
      shard.archive.push(...shard.journal.filter(({ ordinal }) => ordinal <= checkpoint.ordinal));
      shard.journal = shard.journal.filter(({ ordinal }) => ordinal > checkpoint.ordinal);
      for (const [id, ordinal] of shard.ledger) if (ordinal < ledgerOrdinalMin) shard.ledger.delete(id);
      if (
        replaced !== undefined &&
        replaced !== checkpoint.documents &&
        !documentsInJournal(shard).includes(replaced)
      ) {
        shard.documents.delete(replaced);
        shard.documentContents.delete(replaced);
        const needed = new Set([...shard.documentContents.values()].flat());
        for (const name of shard.contents.keys()) if (!needed.has(name)) shard.contents.delete(name);
      }
      return after;
    },
    async putDocuments(hash, text, contents = []) {
      shard.documents.set(hash, text);
      shard.documentContents.set(hash, [...new Set([...contentsOf(shard, hash), ...contents])]);
    },
    getDocuments: async (hash) => shard.documents.get(hash),
    absentContents: async (names) => names.filter((name) => !shard.contents.has(name)),
    async putContent(name, bytes) {
      assert(bytes.length <= 1024 * 1024, "a part of a content holds at most 1 MiB");
      shard.contents.set(name, bytes.slice());
    },
    getContent: async (name) => shard.contents.get(name)?.slice(),
    async readOutbox(countMax) {
      const entries = structuredClone(shard.outbox.slice(0, countMax));
      lastRead = Math.max(lastRead, Number(entries.at(-1)?.entryId ?? 0));
      return entries;
    },
    async removeFromOutbox(entryIds) {
      shard.outbox = shard.outbox.filter(({ entryId }) => !entryIds.includes(entryId));
    },
    async waitForOutbox(waitMs) {
      if (Number(shard.outbox.at(-1)?.entryId ?? 0) <= lastRead) await sleep(waitMs);
    },
    close: async () => {},
  };
}

function checkFence(shard: MemoryShard, fence: Fence): void {
  if (shard.owner !== fence.owner || shard.lsn !== fence.lsn)
    throw new CepError("STORE_FENCED", "another owner or lsn");
}

function append(shard: MemoryShard, { journal, effects, through }: Advance): Fence {
  shard.journal.push(...structuredClone(journal));
  for (const { effect, ordinal } of effects) {
    if (shard.ledger.has(effect.id)) continue;
    shard.ledger.set(effect.id, ordinal);
    shard.outbox.push({ entryId: String(shard.outboxNext), effect: structuredClone(effect) });
    shard.outboxNext += 1;
  }
  shard.through = structuredClone(through);
  shard.lsn += 1;
  return { owner: shard.owner, lsn: shard.lsn };
}

function keepSegments(shard: MemoryShard, names: readonly string[]): void {
  for (const name of shard.segments.keys()) if (!names.includes(name)) shard.segments.delete(name);
}

function contentsOf(shard: MemoryShard, documents: string): readonly string[] {
  return shard.documentContents.get(documents) ?? [];
}

function documentsInJournal(shard: MemoryShard): readonly string[] {
  return shard.journal.flatMap(({ entry }) => (entry.kind === "activation" ? [entry.documents] : []));
}
