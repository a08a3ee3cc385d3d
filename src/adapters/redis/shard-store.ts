import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { assert } from "../../core/base/assert.ts";
import { CepError } from "../../ports/error.ts";
import { isCheckpoint, isEffect, isStoredJournalEntry, isThrough } from "../../ports/shard-record.ts";
import type { Acquired, Advance, Commit, Fence, OutboxEntry, ShardStore } from "../../ports/shard-store.ts";
import type { RedisConnection } from "./connection.ts";
import { acquireScript } from "./scripts/acquire.ts";
import { advanceScript } from "./scripts/advance.ts";
import { commitScript } from "./scripts/commit.ts";
import { type ShardKeys, shardKeys } from "./shard-keys.ts";

export interface RedisShardStoreOptions {
  readonly namespace: string;
  /** Number of the shard, from 0. */
  readonly shard: number;
  /** Archived journal entries kept, or somewhat more: the newest. An entry takes some 100 bytes. */
  readonly archiveCountMax?: number;
  /** How long `readFence` waits for a lost connection to come back. */
  readonly reconnectMsMax?: number;
}

const segmentBytesMax = 1024 * 1024;
/** Ids a command, so that removing a large backlog holds the server up for no more than a moment at a time. */
const removedCountMax = 1_000;

/**
 * The shard store in Redis: docs/protocol.md, a script a write. Keys: see `ShardKeys`.
 *
 * Delivery guarantees: those of the port, as far as the server keeps what it acknowledged: an append-only file with
 * `appendfsync always` keeps all. No command is sent twice.
 *
 * At the limit: a server out of memory refuses a write whole (STORE_FULL). The archive keeps about a million entries and sheds
 * the oldest. An `advance` or a `commit` is one script whatever it holds and stops the server for some 2 µs an effect; the
 * engine cuts its input into slices of 20 ms.
 */
export function redisShardStore(connection: RedisConnection, options: RedisShardStoreOptions): ShardStore {
  const { namespace, shard, archiveCountMax = 1_000_000, reconnectMsMax = 10_000 } = options;
  const keys = shardKeys(namespace, shard);
  const place = `shard ${shard} of ${namespace} in Redis at ${connection.address}`;
  const outbox = new OutboxReader(connection, keys, place);
  return {
    acquire: () => acquire(connection, keys, place),
    async readFence() {
      await connection.whenReady(reconnectMsMax);
      const [owner, lsn] = await connection.run((redis) => redis.hmget(keys.meta, "owner", "lsn"));
      return { owner: owner ?? "", lsn: Number(lsn ?? 0) };
    },
    async loadSegment(name) {
      const bytes = await connection.run((redis) => redis.hgetBuffer(keys.segments, name));
      if (bytes === null) throw damaged(`no segment ${name}`, place);
      return bytes;
    },
    async stageSegment(name, bytes) {
      assert(bytes.length <= segmentBytesMax, "a segment holds at most 1 MiB");
      const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if ((await connection.run((redis) => redis.hsetnx(keys.segments, name, value))) === 1) return;
      const present = await connection.run((redis) => redis.hgetBuffer(keys.segments, name));
      assert(present?.equals(value) === true, "a segment's name is used once");
    },
    async advance(fence, advance) {
      const args = [fence.owner, fence.lsn, JSON.stringify(advance.through), ...appendArgs(advance)];
      const reply = await connection.runScript(
        advanceScript,
        [keys.meta, keys.journal, keys.ledger, keys.outbox],
        args,
      );
      return fenceAfter(reply, fence, place);
    },
    async commit(fence, commit) {
      const { meta, journal, ledger, outbox: out, archive, segments, documents, documentContents, contents } = keys;
      const args = commitArgs(fence, commit, archiveCountMax);
      const reply = await connection.runScript(
        commitScript,
        [meta, journal, ledger, out, archive, segments, documents, documentContents, contents],
        args,
      );
      return fenceAfter(reply, fence, place);
    },
    async putDocuments(hash, text, contents = []) {
      // First what they need: a commit in between must not take it for needless.
      if (contents.length > 0)
        await connection.run((redis) => redis.hset(keys.documentContents, hash, JSON.stringify(contents)));
      await connection.run((redis) => redis.hset(keys.documents, hash, text));
    },
    getDocuments: async (hash) => (await connection.run((redis) => redis.hget(keys.documents, hash))) ?? undefined,
    async absentContents(names) {
      if (names.length === 0) return [];
      const present = new Set(await connection.run((redis) => redis.hkeys(keys.contents)));
      return names.filter((name) => !present.has(name));
    },
    async putContent(name, bytes) {
      assert(bytes.length <= segmentBytesMax, "a part of a content holds at most 1 MiB");
      const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      await connection.run((redis) => redis.hset(keys.contents, name, value));
    },
    getContent: async (name) => (await connection.run((redis) => redis.hgetBuffer(keys.contents, name))) ?? undefined,
    readOutbox: (countMax) => outbox.read(countMax),
    async removeFromOutbox(entryIds) {
      for (let first = 0; first < entryIds.length; first += removedCountMax) {
        const ids = entryIds.slice(first, first + removedCountMax);
        await connection.run((redis) => redis.xdel(keys.outbox, ...ids));
      }
    },
    waitForOutbox: (waitMs) => outbox.wait(waitMs),
    close: async () => outbox.close(),
  };
}

function damaged(what: string, place: string): CepError {
  return new CepError("STORE_DAMAGED", `${what} of ${place}: restore the server's data from a backup`);
}

async function acquire(connection: RedisConnection, keys: ShardKeys, place: string): Promise<Acquired> {
  const owner = randomBytes(16).toString("hex");
  const used = [keys.meta, keys.journal, keys.segments];
  const reply = await connection.runScript(acquireScript, used, [owner]);
  assert(Array.isArray(reply), "the acquire script gives a list");
  const parts: readonly unknown[] = reply;
  const [lsn, checkpointText, throughText, journalTexts] = parts;
  assert(typeof lsn === "number" && Array.isArray(journalTexts), "the acquire script gives lsn and journal");
  const checkpoint = checkpointText === null ? undefined : parseJson(checkpointText, place);
  const through = throughText === null ? undefined : parseJson(throughText, place);
  if (checkpoint !== undefined && !isCheckpoint(checkpoint)) throw damaged("damaged checkpoint", place);
  if (through !== undefined && !isThrough(through)) throw damaged("damaged record of how far it was read", place);
  const journal = journalTexts.map((text: unknown) => {
    const entry = parseJson(text, place);
    if (!isStoredJournalEntry(entry)) throw damaged("damaged journal entry", place);
    return entry;
  });
  return { fence: { owner, lsn }, checkpoint, through, journal };
}

function parseJson(text: unknown, place: string): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    throw damaged("damaged JSON", place);
  }
}

type ScriptArg = string | number;

/** Number of journal entries, those entries, then three values an effect. */
function appendArgs({ journal, effects }: Advance): readonly ScriptArg[] {
  const args: ScriptArg[] = [journal.length];
  for (const entry of journal) args.push(JSON.stringify(entry));
  for (const { effect, ordinal } of effects) args.push(ordinal, effect.id, JSON.stringify(effect));
  return args;
}

function commitArgs(fence: Fence, commit: Commit, archiveCountMax: number): readonly ScriptArg[] {
  const { checkpoint, ledgerOrdinalMin, through } = commit;
  assert(ledgerOrdinalMin <= checkpoint.ordinal, "the ledger is kept behind the checkpoint");
  const { ordinal, documents, segments } = checkpoint;
  const state = [JSON.stringify(through), JSON.stringify(checkpoint), ordinal, documents, ledgerOrdinalMin];
  return [fence.owner, fence.lsn, ...state, archiveCountMax, segments.length, ...segments, ...appendArgs(commit)];
}

function fenceAfter(reply: unknown, before: Fence, place: string): Fence {
  if (reply === -1) throw new CepError("STORE_FENCED", `${place} was written to by somebody else`);
  if (typeof reply === "string") {
    throw new CepError("STORE_FENCED", `${place} lacks the ${reply} that a commit names: acquire and load it again`);
  }
  assert(reply === before.lsn + 1, "a write adds 1 to lsn");
  return { owner: before.owner, lsn: before.lsn + 1 };
}

/** Reads the outbox, and waits for what comes behind what it has read: by a blocking XREAD on a connection of its own. */
class OutboxReader {
  readonly connection: RedisConnection;
  readonly keys: ShardKeys;
  readonly place: string;
  #lastRead = "0-0";
  #blocking: Redis | undefined;
  #isClosed = false;

  constructor(connection: RedisConnection, keys: ShardKeys, place: string) {
    this.connection = connection;
    this.keys = keys;
    this.place = place;
  }

  async read(countMax: number): Promise<readonly OutboxEntry[]> {
    // To COUNT 0 Redis gives null.
    if (countMax <= 0) return [];
    const entries = await this.connection.run((redis) => redis.xrange(this.keys.outbox, "-", "+", "COUNT", countMax));
    return entries.map(([entryId, fields]) => {
      const effect = parseJson(fields[1], this.place);
      if (!isEffect(effect)) throw damaged(`damaged effect ${entryId} in the outbox`, this.place);
      if (isLater(entryId, this.#lastRead)) this.#lastRead = entryId;
      return { entryId, effect };
    });
  }

  /** @throws {CepError} STORE_UNAVAILABLE (retryable). */
  async wait(waitMs: number): Promise<void> {
    if (this.#isClosed) return;
    // Its own settings: replies are late on purpose here, so silence is bounded by each command's own BLOCK and a second.
    this.#blocking ??= this.connection.duplicate({
      enableOfflineQueue: true,
      socketTimeout: undefined,
      blockingTimeout: 60_000,
      blockingTimeoutGrace: 1_000,
    });
    const blocking = this.#blocking;
    try {
      await this.connection.run(() =>
        blocking.xread(
          "COUNT",
          1,
          "BLOCK",
          Math.max(1, Math.ceil(waitMs)),
          "STREAMS",
          this.keys.outbox,
          this.#lastRead,
        ),
      );
    } catch (error) {
      if (!this.#isClosed) throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#blocking?.disconnect();
  }
}

/** Compares stream ids, `<ms>-<number>`, by value. */
function isLater(a: string, b: string): boolean {
  const [aMs = 0, aNumber = 0] = a.split("-").map(Number);
  const [bMs = 0, bNumber = 0] = b.split("-").map(Number);
  return aMs === bMs ? aNumber > bNumber : aMs > bMs;
}
