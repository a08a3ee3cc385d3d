import { bullmqQueue } from "../adapters/bullmq/queue.ts";
import { endClaimsLeft } from "../adapters/lmdb/delivery-rows.ts";
import { openEnvironment } from "../adapters/lmdb/environment.ts";
import { lmdbIncidentStore } from "../adapters/lmdb/incident-store.ts";
import { openLocalLog } from "../adapters/lmdb/local-log.ts";
import type { LocalLog } from "../adapters/lmdb/local-log.ts";
import { lmdbQueue } from "../adapters/lmdb/queue.ts";
import { lmdbShardStore } from "../adapters/lmdb/shard-store.ts";
import { connectRedis } from "../adapters/redis/connection.ts";
import { redisIncidentStore } from "../adapters/redis/incident-store.ts";
import { redisShardStore } from "../adapters/redis/shard-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { IncidentStore } from "../ports/incident-store.ts";
import type { Queue } from "../ports/queue.ts";
import type { ShardStore } from "../ports/shard-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** Where state, incidents and deliveries live: the ports that the two families fill differently. */
export interface Family {
  readonly store: ShardStore;
  readonly incidents: IncidentStore;
  readonly queue: Queue;
  /** The log behind POST /events, of the embedded family alone. */
  readonly localLog: LocalLog | undefined;
  close(): Promise<void>;
}

export interface FamilyPorts {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** One process, no server: everything in one lmdb folder. */
export async function openEmbeddedFamily(dataDir: string, { clock, telemetry }: FamilyPorts): Promise<Family> {
  const environment = await openEnvironment(dataDir);
  await endClaimsLeft(environment);
  const store = lmdbShardStore(environment, { shard: 0 });
  const incidents = lmdbIncidentStore(environment, { clock });
  const queue = lmdbQueue(environment, { clock, telemetry });
  const localLog = await openLocalLog({ name: "events", environment, clock });
  return {
    store,
    incidents,
    queue,
    localLog,
    async close() {
      await queue.close();
      await incidents.close();
      await store.close();
      await environment.close();
    },
  };
}

/** One try to connect: short enough for a stop meanwhile to be heeded soon. */
const connectMsMax = 3_000;

/** Redis for state and incidents, BullMQ for deliveries. */
export async function openServerFamily(
  options: { readonly namespace: string; readonly redisUrl: string },
  { telemetry }: FamilyPorts,
): Promise<Family> {
  const { namespace, redisUrl } = options;
  const connection = await connectRedis({ url: redisUrl, connectMsMax });
  for (const warning of connection.warnings) telemetry.warn(warning, { redis: connection.address });
  const store = redisShardStore(connection, { namespace, shard: 0 });
  const incidents = redisIncidentStore(connection, { namespace });
  const queue = bullmqQueue({ namespace, telemetry, connect: (overrides) => connection.duplicate(overrides) });
  return {
    store,
    incidents,
    queue,
    localLog: undefined,
    async close() {
      await queue.close();
      await incidents.close();
      await store.close();
      await connection.close();
    },
  };
}
