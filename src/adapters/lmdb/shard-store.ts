import { randomBytes } from "node:crypto";
import { assert } from "../../core/base/assert.ts";
import { isEffect } from "../../ports/shard-record.ts";
import type { OutboxEntry, ShardStore } from "../../ports/shard-store.ts";
import type { LmdbEnvironment } from "./environment.ts";
import { damaged, numberAt, openShardDatabases, readMeta, type ShardDatabases } from "./shard-databases.ts";
import { acquireShard, advanceShard, commitShard, presentContents, putDocuments } from "./shard-write.ts";

export interface LmdbShardStoreOptions {
  /** Number of the shard, from 0. */
  readonly shard: number;
  /** Archived journal entries kept, the newest. An entry takes some 100 bytes. */
  readonly archiveCountMax?: number;
}

const segmentBytesMax = 1024 * 1024;

/**
 * The shard store in lmdb: docs/protocol.md, with each of its scripts as one synced transaction.
 *
 * Delivery guarantees: those of the port. A reply is never lost, for store and caller end together.
 *
 * At the limit: a full disk is STORE_FULL and changes nothing. The archive keeps a million entries and sheds the oldest.
 * An `advance` or a `commit` is one transaction whatever it holds; the engine cuts its input into slices of 20 ms.
 */
export function lmdbShardStore(environment: LmdbEnvironment, options: LmdbShardStoreOptions): ShardStore {
  const databases = openShardDatabases(environment, options.shard);
  const { shard, segments, documents, contents, outbox } = databases;
  const waits = new OutboxWaits(databases);
  return {
    acquire: () => environment.transaction(() => acquireShard(databases, randomBytes(16).toString("hex"))),
    async readFence() {
      const { owner, lsn } = await environment.transaction(() => readMeta(databases));
      return { owner, lsn };
    },
    async loadSegment(name) {
      const bytes = segments.get([shard, name]);
      if (bytes === undefined) throw damaged(databases, `no segment ${name}`);
      return bytes;
    },
    async stageSegment(name, bytes) {
      assert(bytes.length <= segmentBytesMax, "a segment holds at most 1 MiB");
      await environment.transaction(() => {
        const present = segments.get([shard, name]);
        assert(present === undefined || Buffer.compare(present, bytes) === 0, "a segment's name is used once");
        segments.put([shard, name], bytes);
      });
    },
    advance: (fence, advance) => environment.transaction(() => advanceShard(databases, fence, advance)),
    commit: (fence, commit) =>
      environment.transaction(() => commitShard(databases, fence, commit, options.archiveCountMax ?? 1_000_000)),
    putDocuments: (hash, text, names = []) =>
      environment.transaction(() => putDocuments(databases, hash, { text, contents: names })),
    async getDocuments(hash) {
      const text = documents.get([shard, hash]);
      if (text !== undefined && typeof text !== "string") throw damaged(databases, `damaged documents ${hash}`);
      return text;
    },
    async absentContents(names) {
      const present = presentContents(databases);
      return names.filter((name) => !present.has(name));
    },
    async putContent(name, bytes) {
      assert(bytes.length <= segmentBytesMax, "a part of a content holds at most 1 MiB");
      await environment.transaction(() => contents.put([shard, name], bytes));
    },
    getContent: async (name) => contents.get([shard, name]),
    async readOutbox(countMax) {
      const entries = readOutbox(databases, countMax);
      waits.noteRead(entries);
      return entries;
    },
    removeFromOutbox: (entryIds) =>
      environment.transaction(() => {
        for (const entryId of entryIds) outbox.remove([shard, Number(entryId)]);
      }),
    waitForOutbox: (waitMs) => waits.wait(waitMs),
    close: async () => waits.endAll(),
  };
}

function readOutbox(databases: ShardDatabases, countMax: number): readonly OutboxEntry[] {
  return databases.outbox.range({ ...databases.whole, countMax }).map(({ key, value }) => {
    const number = numberAt(key, 1);
    if (!isEffect(value)) throw damaged(databases, `damaged effect ${number} in the outbox`);
    return { entryId: String(number), effect: value };
  });
}

/** Wakes a reader when the outbox holds something behind what it has read; writers of this environment tell at once. */
class OutboxWaits {
  readonly databases: ShardDatabases;
  readonly waiting = new Set<() => void>();
  lastRead = -1;

  constructor(databases: ShardDatabases) {
    this.databases = databases;
  }

  noteRead(entries: readonly OutboxEntry[]): void {
    const last = entries.at(-1);
    if (last !== undefined) this.lastRead = Math.max(this.lastRead, Number(last.entryId));
  }

  wait(waitMs: number): Promise<void> {
    if (this.#hasUnread()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(deadline);
        stopListening();
        this.waiting.delete(end);
        resolve();
      };
      const deadline = setTimeout(end, waitMs);
      const stopListening = this.databases.environment.onWrite(() => {
        if (this.#hasUnread()) end();
      });
      this.waiting.add(end);
    });
  }

  endAll(): void {
    for (const end of [...this.waiting]) end();
  }

  #hasUnread(): boolean {
    const { outbox, shard } = this.databases;
    return outbox.keys({ start: [shard, this.lastRead + 1], end: [shard + 1], countMax: 1 }).length > 0;
  }
}
