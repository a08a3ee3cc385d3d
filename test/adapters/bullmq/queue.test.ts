import { Queue as BullQueue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { bullmqQueue } from "../../../src/adapters/bullmq/queue.ts";
import { connectRedis, type RedisConnection } from "../../../src/adapters/redis/connection.ts";
import { queueContract } from "../../contract/queue.ts";
import { recordTelemetry } from "../../contract/recorded-telemetry.ts";
import { startRedis } from "../../servers/redis.ts";

let connection: RedisConnection;
let redis: Redis;
let namespaceCount = 0;

beforeAll(async () => {
  connection = await connectRedis({ url: inject("redisUrl") });
  redis = new Redis(inject("redisUrl"), { maxRetriesPerRequest: null });
});
afterAll(async () => {
  await connection.close();
  redis.disconnect();
});

function newNamespace(): string {
  namespaceCount += 1;
  return `queue-test-${process.pid}-${namespaceCount}`;
}

async function removeAll(namespace: string): Promise<void> {
  const keys = await redis.keys(`{${namespace}}*`);
  if (keys.length > 0) await redis.del(...keys);
}

const until = (isDone: () => boolean | Promise<boolean>): Promise<void> =>
  vi.waitFor(async () => expect(await isDone()).toBe(true), { timeout: 20_000, interval: 5 });

queueContract("BullMQ", async () => {
  const namespace = newNamespace();
  const options = { namespace, connect: connection.duplicate, telemetry: recordTelemetry(), backoffMs: 50 };
  const queue = bullmqQueue(options);
  const other = bullmqQueue(options);
  return {
    queue,
    other,
    now: () => Date.now(),
    until,
    async idsLeft(channel) {
      const bull = new BullQueue(encodeURIComponent(channel), { connection: redis, prefix: `{${namespace}}:queue` });
      const jobs = await bull.getJobs();
      await bull.close();
      return jobs.map(({ id }) => String(id));
    },
    async close() {
      await Promise.all([queue.close(), other.close()]);
      await removeAll(namespace);
    },
  };
});

test("a job holds the delivery's id and nothing else, in the namespace's slot", async () => {
  const namespace = newNamespace();
  const queue = bullmqQueue({ namespace, connect: connection.duplicate, telemetry: recordTelemetry() });
  await queue.enqueue("ops", ["d1"]);
  const keys = await redis.keys(`*${namespace}*`);
  expect(keys).toContain(`{${namespace}}:queue:ops:d1`);
  expect(keys.filter((key) => !key.startsWith(`{${namespace}}:`))).toEqual([]);
  expect(await redis.hget(`{${namespace}}:queue:ops:d1`, "data")).toBe("{}");
  await queue.close();
  await removeAll(namespace);
});

test("a server that is away is QUEUE_UNAVAILABLE at once, and when it is back the work goes on", async () => {
  const server = await startRedis();
  const { port } = new URL(server.url);
  const telemetry = recordTelemetry();
  const own = await connectRedis({ url: server.url });
  const queue = bullmqQueue({ namespace: "away", connect: own.duplicate, telemetry });
  const handed: string[] = [];
  queue.work("ops", 1, async (id) => {
    handed.push(id);
    return { kind: "done" };
  });
  await until(() =>
    queue.enqueue("ops", ["d1"]).then(
      () => true,
      () => false,
    ),
  );
  await until(() => handed.length === 1);
  await server.stop();
  await expect(queue.enqueue("ops", ["d2"])).rejects.toMatchObject({ code: "QUEUE_UNAVAILABLE", retryable: true });
  const back = await startRedis({ args: ["--port", port] });
  await until(() =>
    queue.enqueue("ops", ["d2"]).then(
      () => true,
      () => false,
    ),
  );
  await until(() => handed.length === 2);
  expect(telemetry.lines.filter(({ level }) => level === "error").length).toBeLessThanOrEqual(2);
  await queue.close();
  await own.close();
  await back.stop();
});
