import type { TestProject } from "vitest/node";
import { startNats } from "./nats.ts";
import { startRedis } from "./redis.ts";
import type { TestServer } from "./test-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** JetStream is on. Shared by all tests: each uses streams and subjects of its own. */
    natsUrl: string;
    /** Shared by all tests: each uses a namespace of its own and flushes nothing. */
    redisUrl: string;
  }
}

let servers: readonly TestServer[] = [];

export async function setup(project: TestProject): Promise<void> {
  const [nats, redis] = await Promise.allSettled([startNats(), startRedis()]);
  servers = [nats, redis].flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  if (nats.status === "fulfilled" && redis.status === "fulfilled") {
    project.provide("natsUrl", nats.value.url);
    project.provide("redisUrl", redis.value.url);
    return;
  }
  await teardown();
  throw nats.status === "rejected"
    ? nats.reason
    : redis.status === "rejected"
      ? redis.reason
      : new Error("unreachable");
}

export async function teardown(): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
}
