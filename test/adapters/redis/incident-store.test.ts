import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { connectRedis, type RedisConnection } from "../../../src/adapters/redis/connection.ts";
import { incidentKeys } from "../../../src/adapters/redis/incident-keys.ts";
import { redisIncidentStore } from "../../../src/adapters/redis/incident-store.ts";
import { notificationOf } from "../../../src/core/notify/notification.ts";
import { incidentStoreContract } from "../../contract/incident-store.ts";
import { alertEffect } from "../../contract/sample-effects.ts";
import { startRedis } from "../../servers/redis.ts";

let redis: Redis;
let connection: RedisConnection;
let namespaceCount = 0;
const run = process.pid;

beforeAll(async () => {
  redis = new Redis(inject("redisUrl"));
  connection = await connectRedis({ url: inject("redisUrl") });
});
afterAll(async () => {
  await connection.close();
  redis.disconnect();
});

function newNamespace(): string {
  namespaceCount += 1;
  return `incidents-test-${run}-${namespaceCount}`;
}

/** The server's clock can't be moved: everything that is written down in its time is moved back instead. */
async function moveBack(namespace: string, ms: number): Promise<void> {
  const { queued, finished, leases, seen } = incidentKeys(namespace);
  for (const key of [queued, finished, leases, seen]) {
    const members = await redis.zrange(key, "0", "-1", "WITHSCORES");
    for (let at = 0; at < members.length; at += 2) {
      const [member = "", score = ""] = members.slice(at, at + 2);
      if (Number(score) > 0) await redis.zadd(key, Math.max(1, Number(score) - ms), member);
    }
  }
}

incidentStoreContract("Redis", async (limits) => {
  const namespace = newNamespace();
  const second = await connectRedis({ url: inject("redisUrl") });
  return {
    store: redisIncidentStore(connection, { namespace, ...limits }),
    other: redisIncidentStore(second, { namespace, ...limits }),
    advance: (ms) => moveBack(namespace, ms),
    async close() {
      await redis.del(...incidentKeys(namespace).all);
      await second.close();
    },
  };
});

test("all keys lie in one slot and none has a time to live of its own", async () => {
  const namespace = newNamespace();
  const store = redisIncidentStore(connection, { namespace });
  const [delivery] = notificationOf(alertEffect(1), { defaultChannels: ["c"], deadLetterChannel: "c" }).deliveries;
  const id = delivery?.id ?? "";
  await store.apply([notificationOf(alertEffect(1), { defaultChannels: ["c", "e", "f"], deadLetterChannel: "c" })]);
  await store.claim(id, 1_000);
  await store.markFailed(id, "no");
  const found = await redis.keys(`*${namespace}*`);
  expect(found.length).toBeGreaterThan(7);
  for (const key of found) {
    expect(key.startsWith(`{${namespace}:incidents}:`), key).toBe(true);
    expect(await redis.ttl(key), key).toBe(-1);
  }
  await redis.del(...found);
});

test("nothing is left when everything is over", async () => {
  const namespace = newNamespace();
  const store = redisIncidentStore(connection, { namespace });
  const notification = notificationOf(alertEffect(1), { defaultChannels: ["c", "e"], deadLetterChannel: "c" });
  await store.apply([notification]);
  for (const { id } of notification.deliveries) {
    await store.markQueued([id]);
    await store.claim(id, 1_000);
    await store.markSent(id);
  }
  for (let round = 0; round < 2; round += 1) {
    await moveBack(namespace, 30 * 86_400_000);
    await store.pendingDeliveries(1);
  }
  const { incidents, recent, ordinal } = incidentKeys(namespace);
  expect((await redis.keys(`*${namespace}*`)).sort()).toEqual([incidents, ordinal, recent].sort());
  await redis.del(incidents, recent, ordinal);
});

test("a server out of memory refuses effects and claims whole, and still takes marks", async () => {
  const server = await startRedis();
  const own = await connectRedis({ url: server.url });
  const store = redisIncidentStore(own, { namespace: "full" });
  const routing = { defaultChannels: ["c"], deadLetterChannel: "c" };
  const [first] = notificationOf(alertEffect(1), routing).deliveries;
  await store.apply([notificationOf(alertEffect(1), routing)]);
  await store.claim(first?.id ?? "", 60_000);
  await own.run((client) => client.config("SET", "maxmemory", "1"));
  await expect(store.apply([notificationOf(alertEffect(2), routing)])).rejects.toMatchObject({
    code: "STORE_FULL",
    retryable: true,
  });
  await store.markSent(first?.id ?? "");
  expect(await store.countDeliveries()).toEqual({ pending: 0, queued: 0, sent: 1, failed: 0 });
  await own.run((client) => client.config("SET", "maxmemory", "0"));
  await store.apply([notificationOf(alertEffect(2), routing)]);
  expect(await store.countDeliveries()).toEqual({ pending: 1, queued: 0, sent: 1, failed: 0 });
  await own.close();
  await server.stop();
});
