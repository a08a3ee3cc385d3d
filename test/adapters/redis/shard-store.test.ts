import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { connectRedis, type RedisConnection } from "../../../src/adapters/redis/connection.ts";
import { shardKeys } from "../../../src/adapters/redis/shard-keys.ts";
import { redisShardStore } from "../../../src/adapters/redis/shard-store.ts";
import { advanceOf, checkpointOf, commitOf, effectOf, tickAt } from "../../contract/shard-store-fixture.ts";
import { shardStoreContract } from "../../contract/shard-store.ts";
import type { ShardStoreHarness } from "../../contract/shard-store-harness.ts";
import { startProxy } from "../../servers/proxy.ts";
import { startRedis } from "../../servers/redis.ts";

const namespace = `test-${randomUUID()}`;
let connection: RedisConnection;
let shardCount = 0;
beforeAll(async () => {
  connection = await connectRedis({ url: inject("redisUrl") });
});
afterAll(async () => {
  const keys = await connection.run((redis) => redis.keys(`{${namespace}:*`));
  if (keys.length > 0) await connection.run((redis) => redis.unlink(...keys));
  await connection.close();
});

async function makeHarness(): Promise<ShardStoreHarness> {
  const shard = shardCount;
  shardCount += 1;
  const keys = shardKeys(namespace, shard);
  const others: RedisConnection[] = [];
  return {
    // Each on a connection of its own, as another process would have.
    async open() {
      const own = await connectRedis({ url: inject("redisUrl") });
      others.push(own);
      return redisShardStore(own, { namespace, shard });
    },
    loseSegment: async (name) => {
      await connection.run((redis) => redis.hdel(keys.segments, name));
    },
    readArchive: async () => {
      const entries = await connection.run((redis) => redis.xrange(keys.archive, "-", "+"));
      return entries.map(([, fields]): unknown => JSON.parse(fields[1] ?? ""));
    },
    readLedger: () => connection.run((redis) => redis.zrange(keys.ledger, "0", "-1")),
    readSegmentNames: () => connection.run((redis) => redis.hkeys(keys.segments)),
    async close() {
      for (const other of others) await other.close();
    },
  };
}

shardStoreContract("redis", makeHarness);

test("all keys carry the shard's hash tag, and neither ledger nor journal ever expires", async () => {
  const store = await (await makeHarness()).open();
  const shard = shardCount - 1;
  const { fence } = await store.acquire();
  await store.putDocuments("d1", "text", ["c1"]);
  await store.putContent("c1", Uint8Array.of(1));
  await store.stageSegment("s1", Uint8Array.of(1));
  const parts = { ordinal: 2, journal: [1, 3], effects: [1], segments: ["s1"] };
  await store.commit(fence, commitOf(parts));
  const names = await connection.run((redis) => redis.keys(`*${namespace}:${shard}}*`));
  expect(new Set(names)).toEqual(new Set(Object.values(shardKeys(namespace, shard))));
  expect(names.every((name) => name.startsWith(`{${namespace}:${shard}}:`))).toBe(true);
  const lives = await Promise.all(names.map((name) => connection.run((redis) => redis.ttl(name))));
  expect(new Set(lives)).toEqual(new Set([-1]));
});

test("the archive is trimmed, by whole blocks of its stream", async () => {
  const harness = await makeHarness();
  const store = redisShardStore(connection, { namespace, shard: shardCount - 1, archiveCountMax: 10 });
  const { fence } = await store.acquire();
  await store.putDocuments("d1", "text");
  const journal = Array.from({ length: 1_000 }, (_, index) => index);
  await store.commit(fence, commitOf({ ordinal: 1_000, journal }));
  const kept = await harness.readArchive();
  expect(kept.length).toBeGreaterThanOrEqual(10);
  expect(kept.length).toBeLessThan(250);
  expect(kept.at(-1)).toEqual({ ordinal: 999, entry: tickAt(9_990) });
  await store.close();
});

test("what is damaged is STORE_DAMAGED, and a script that can't read it writes nothing", async () => {
  await makeHarness();
  const keys = shardKeys(namespace, shardCount - 1);
  const store = redisShardStore(connection, { namespace, shard: shardCount - 1 });
  let { fence } = await store.acquire();
  fence = await store.advance(fence, advanceOf({ ordinal: 1, journal: [1], effects: [1] }));
  await connection.run((redis) => redis.xadd(keys.outbox, "*", "e", "{}"));
  await expect(store.readOutbox(10)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  await connection.run((redis) => redis.hset(keys.meta, "through", "[]"));
  await expect(store.acquire()).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  await connection.run((redis) => redis.rpush(keys.journal, "no JSON"));
  const before = await store.readFence();
  await expect(store.acquire()).rejects.toMatchObject({ code: "STORE_DAMAGED", retryable: false });
  expect(await store.readFence()).toEqual(before);
  await connection.run((redis) => redis.set(keys.meta, "a text"));
  await expect(store.advance(fence, advanceOf({ ordinal: 2 }))).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  await store.close();
});

test("a server killed in the middle of writes has each of them whole or not at all, and the fence tells which", async () => {
  const server = await startRedis();
  const own = await connectRedis({ url: server.url });
  const store = redisShardStore(own, { namespace: "killed", shard: 0 });
  await store.acquire();
  await store.putDocuments("d1", "text");
  const outcomes = new Set<string>();
  let ordinal = 0;
  for (const killAfter of [0, 1, 7, 40, 41]) {
    const acquiredBefore = await store.acquire();
    let { fence } = acquiredBefore;
    expect(acquiredBefore.through?.ordinal ?? 0).toBe(ordinal);
    let killing: Promise<void> | undefined;
    for (let written = 0; ; written += 1) {
      // The kill meets the write that is on its way.
      const write = store.advance(
        fence,
        advanceOf({ ordinal: ordinal + 1, journal: [ordinal + 1], effects: [ordinal + 1] }),
      );
      if (written === killAfter) killing = server.kill();
      const lost = await write.then(
        (after) => {
          fence = after;
          ordinal += 1;
          return undefined;
        },
        (error: unknown) => error,
      );
      if (lost === undefined) continue;
      expect(lost).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
      await killing;
      await server.restart();
      const now = await store.readFence();
      expect(now.owner).toBe(fence.owner);
      expect([fence.lsn, fence.lsn + 1]).toContain(now.lsn);
      if (now.lsn === fence.lsn + 1) ordinal += 1;
      outcomes.add(now.lsn === fence.lsn ? "absent" : "applied");
      break;
    }
    const numbers = Array.from({ length: ordinal }, (_, index) => index + 1);
    expect((await store.readOutbox(1_000)).map(({ effect }) => effect.id)).toEqual(
      numbers.map((number) => `a${number}`),
    );
    const acquired = await store.acquire();
    expect(acquired.journal.map((entry) => entry.ordinal)).toEqual(numbers);
    expect(acquired.through?.ordinal ?? 0).toBe(ordinal);
  }
  expect(outcomes.size).toBeGreaterThan(0);
  await store.close();
  await own.close();
  await server.stop();
});

test("a reply that is lost leaves the write applied once: the fence says so, and sending it again is refused", async () => {
  await makeHarness();
  const proxy = await startProxy(Number(new URL(inject("redisUrl")).port));
  const own = await connectRedis({ url: `redis://127.0.0.1:${proxy.port}` });
  const store = redisShardStore(own, { namespace, shard: shardCount - 1 });
  const { fence } = await store.acquire();
  await store.advance(fence, advanceOf({ ordinal: 1 }));
  const known = { owner: fence.owner, lsn: fence.lsn + 1 };
  const write = advanceOf({ ordinal: 2, journal: [2], effects: [2] });
  proxy.mode = "lose-reply";
  await expect(store.advance(known, write)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  proxy.mode = "pass";
  expect(await store.readFence()).toEqual({ owner: fence.owner, lsn: known.lsn + 1 });
  await expect(store.advance(known, write)).rejects.toMatchObject({ code: "STORE_FENCED" });
  expect((await store.readOutbox(10)).map(({ effect }) => effect)).toEqual([effectOf(2)]);
  await store.close();
  await own.close();
  await proxy.stop();
});

test("a write that never reached the server has changed nothing: the fence says so, and sending it again is right", async () => {
  await makeHarness();
  const proxy = await startProxy(Number(new URL(inject("redisUrl")).port));
  const own = await connectRedis({ url: `redis://127.0.0.1:${proxy.port}`, replyMsMax: 100 });
  const store = redisShardStore(own, { namespace, shard: shardCount - 1, reconnectMsMax: 20_000 });
  const { fence } = await store.acquire();
  const write = advanceOf({ ordinal: 1, journal: [1], effects: [1] });
  proxy.mode = "swallow";
  await expect(store.advance(fence, write)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  proxy.mode = "pass";
  expect(await store.readFence()).toEqual(fence);
  expect(await store.advance(fence, write)).toEqual({ owner: fence.owner, lsn: fence.lsn + 1 });
  expect((await store.readOutbox(10)).map(({ effect }) => effect)).toEqual([effectOf(1)]);
  await store.close();
  await own.close();
  await proxy.stop();
});

test("a store that can't be reached fails readFence after its time", async () => {
  await makeHarness();
  const proxy = await startProxy(Number(new URL(inject("redisUrl")).port));
  const own = await connectRedis({ url: `redis://127.0.0.1:${proxy.port}` });
  const store = redisShardStore(own, { namespace, shard: shardCount - 1, reconnectMsMax: 100 });
  await store.acquire();
  await proxy.stop();
  await expect(store.readFence()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  await store.close();
  await own.close();
});

test("a server out of memory refuses a write whole, and takes it once it has more", async () => {
  const server = await startRedis();
  const own = await connectRedis({ url: server.url });
  const store = redisShardStore(own, { namespace: "full", shard: 0 });
  const acquired = await store.acquire();
  await store.putDocuments("d1", "text");
  await store.stageSegment("s1", Uint8Array.of(1));
  const fence = await store.advance(acquired.fence, advanceOf({ ordinal: 1, journal: [1], effects: [1] }));
  await own.run((redis) => redis.config("SET", "maxmemory", "1"));
  const parts = { ordinal: 2, journal: [2], effects: [2], segments: ["s1"] };
  const full = { code: "STORE_FULL", retryable: true };
  await expect(store.advance(fence, advanceOf(parts))).rejects.toMatchObject(full);
  await expect(store.commit(fence, commitOf(parts))).rejects.toMatchObject(full);
  await expect(store.stageSegment("s2", Uint8Array.of(1))).rejects.toMatchObject(full);
  expect(await store.readFence()).toEqual(fence);
  expect((await store.readOutbox(10)).length).toBe(1);
  await own.run((redis) => redis.config("SET", "maxmemory", "0"));
  expect(await store.commit(fence, commitOf(parts))).toEqual({ owner: fence.owner, lsn: fence.lsn + 1 });
  const { checkpoint, journal } = await store.acquire();
  expect([checkpoint, journal]).toEqual([checkpointOf(2, ["s1"]), []]);
  await store.close();
  await own.close();
  await server.stop();
});

test("waiting for the outbox fails where the server goes away, works again once it is back, and ends by close", async () => {
  const server = await startRedis();
  const own = await connectRedis({ url: server.url });
  const store = redisShardStore(own, { namespace: "wait", shard: 0 });
  const { fence } = await store.acquire();
  await store.waitForOutbox(1);
  const waiting = store.waitForOutbox(60_000);
  const [refused] = await Promise.allSettled([waiting, server.kill()]);
  expect(refused).toMatchObject({ status: "rejected", reason: { code: "STORE_UNAVAILABLE", retryable: true } });
  await server.restart();
  await store.readFence();
  await store.advance(fence, advanceOf({ ordinal: 1, effects: [1] }));
  await store.waitForOutbox(60_000);
  expect(await store.readOutbox(1)).toHaveLength(1);
  const ended = store.waitForOutbox(60_000);
  await store.close();
  await ended;
  await own.close();
  await server.stop();
});
