import { DelayedError, Queue as BullQueue, Worker, type Job } from "bullmq";
import type { Redis, RedisOptions } from "ioredis";
import { assert } from "../../core/base/assert.ts";
import { CepError } from "../../ports/error.ts";
import type { Queue, QueueWorker, WorkResult } from "../../ports/queue.ts";
import type { Telemetry } from "../../ports/telemetry.ts";

export interface BullmqQueueOptions {
  readonly namespace: string;
  /** Makes a connection to the Redis of the namespace, with settings of ours over its own. */
  readonly connect: (overrides: RedisOptions) => Redis;
  readonly telemetry: Telemetry;
  /** The queue's own backoff; default 5 s. */
  readonly backoffMs?: number;
}

type Handle = (deliveryId: string, attempt: number) => Promise<WorkResult>;

/** A job knows of its delivery by its id alone; the rest, and anything secret, is not for whoever looks at queues. */
type DeliveryJob = Job<Record<string, never>, void, string>;

/** BullMQ's own commands over one connection of a producer that fails at once, and one of workers that waits. */
interface Connections {
  readonly producer: Redis;
  /** Settles when the producer is connected for the first time, or can't be. */
  readonly begun: Promise<void>;
  worker(): Redis;
  close(): void;
}

/**
 * The queue in BullMQ: one of its queues for each channel, under the tag `{<namespace>}`; a job's id is the delivery's.
 *
 * Delivery guarantees: a job is removed at once when it is done. BullMQ takes an id for known as long as the job is kept, in
 * whatever state, and drops what is added again without a word: kept, a failed one would swallow its alert. A worker that
 * dies loses its lock within 30 s, and the job is handed out again, any number of times.
 * At the limit: it holds what the incident store's limit lets through. Redis must not evict (`maxmemory-policy noeviction`).
 */
export function bullmqQueue(options: BullmqQueueOptions): Queue {
  const { namespace, telemetry, backoffMs = 5_000 } = options;
  assert(/^[\w.-]+$/.test(namespace), "a namespace has letters, digits and _.- alone");
  const connections = openConnections(options);
  const prefix = `{${namespace}}:queue`;
  const producers = new Map<string, BullQueue>();
  const workers = new Set<QueueWorker>();

  function producerFor(channel: string): BullQueue {
    let producer = producers.get(channel);
    if (producer === undefined) {
      const { producer: connection } = connections;
      producer = new BullQueue(queueNameOf(channel), {
        connection,
        prefix,
        skipVersionCheck: true,
        skipWaitingForReady: true,
      });
      // Each call that fails says so itself
      producer.on("error", () => {});
      producers.set(channel, producer);
    }
    return producer;
  }

  return {
    async enqueue(channel, deliveryIds) {
      // Attempts without end: when to give up is not the queue's to decide
      const opts = {
        removeOnComplete: true,
        removeOnFail: true,
        attempts: 1e9,
        backoff: { type: "fixed", delay: backoffMs },
        stackTraceLimit: 1,
      };
      await connections.begun;
      try {
        await producerFor(channel).addBulk(
          deliveryIds.map((jobId) => ({ name: "delivery", data: {}, opts: { ...opts, jobId } })),
        );
      } catch (cause) {
        throw new CepError("QUEUE_UNAVAILABLE", `the queue in Redis can't be reached (${String(cause)})`, {
          retryable: true,
          cause,
        });
      }
    },
    work(channel, concurrency, handle) {
      const worker = startWorker({ connection: connections.worker(), prefix, telemetry, channel, concurrency, handle });
      workers.add(worker);
      return worker;
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await Promise.all([...producers.values()].map((producer) => producer.close()));
      connections.close();
    },
  };
}

function openConnections({ connect }: BullmqQueueOptions): Connections {
  const producer = connect({ enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  producer.on("error", () => {});
  const begun = new Promise<void>((resolve) => {
    for (const event of ["ready", "close"]) producer.once(event, () => resolve());
  });
  let worker: Redis | undefined;
  return {
    producer,
    begun,
    worker() {
      // BullMQ asks for null: a worker waits for a lost server rather than fail
      worker ??= connect({ enableOfflineQueue: true, maxRetriesPerRequest: null, autoResendUnfulfilledCommands: true });
      return worker;
    },
    close() {
      producer.disconnect();
      worker?.disconnect();
    },
  };
}

interface WorkerOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly telemetry: Telemetry;
  readonly channel: string;
  readonly concurrency: number;
  readonly handle: Handle;
}

function startWorker({ connection, prefix, telemetry, channel, concurrency, handle }: WorkerOptions): QueueWorker {
  let isDown = false;
  const worker = new Worker<Record<string, never>, void, string>(
    queueNameOf(channel),
    (job, token) => process(job, token, handle),
    {
      connection,
      prefix,
      concurrency,
      // A delivery that brings its worker down is given up by its count of tries, which the incident store keeps
      maxStalledCount: 1e9,
      skipVersionCheck: true,
    },
  );
  worker.on("error", (error) => {
    if (!isDown)
      telemetry.error("the queue in Redis can't be reached; trying again until it works", {
        channel,
        error: error.message,
      });
    isDown = true;
  });
  worker.on("active", () => {
    isDown = false;
  });
  let stopped: Promise<void> | undefined;
  return {
    stop() {
      stopped ??= worker.close();
      return stopped;
    },
  };
}

/** BullMQ's backoff follows any throw but `DelayedError`, which says that the job is already put back. */
async function process(job: DeliveryJob, token: string | undefined, handle: Handle): Promise<void> {
  assert(job.id !== undefined, "a job that is handed out has an id");
  const result = await handle(job.id, job.attemptsStarted);
  if (result.kind === "done") return;
  if (result.afterMs === undefined) throw new Error(result.reason);
  await job.moveToDelayed(Date.now() + result.afterMs, token);
  throw new DelayedError();
}

/** BullMQ refuses ":" in the name of a queue, and a brace would be another hash tag. */
function queueNameOf(channel: string): string {
  return encodeURIComponent(channel);
}
