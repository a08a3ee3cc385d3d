import { isJsonObject } from "../../core/base/json.ts";
import type { Clock } from "../../ports/clock.ts";
import { CepError } from "../../ports/error.ts";
import type { Queue, QueueWorker, WorkResult } from "../../ports/queue.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { LmdbDatabase, LmdbEnvironment } from "./environment.ts";

export interface LmdbQueueOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

type Handle = (deliveryId: string, attempt: number) => Promise<WorkResult>;

interface Jobs {
  readonly environment: LmdbEnvironment;
  /** Job by delivery id. */
  readonly byId: LmdbDatabase<unknown>;
  /** Delivery id by [channel, epoch ms when it is due, delivery id]. */
  readonly due: LmdbDatabase<unknown>;
}

interface Job {
  readonly channel: string;
  readonly dueAt: number;
  readonly attempt: number;
}

/** How long a worker rests where it knows of nothing: the wall clock may have been set, and another process may have added. */
const restMsMax = 1_000;
/** The queue's own backoff, where `handle` names none or rejects. */
const backoffMs = 5_000;

/**
 * The queue in an lmdb folder. A job stays in it until it is done, so after a crash what was in hand comes again.
 *
 * At the limit: it holds what the incident store's limit lets through; a full disk is STORE_FULL (retryable).
 */
export function lmdbQueue(environment: LmdbEnvironment, { clock, telemetry }: LmdbQueueOptions): Queue {
  const jobs: Jobs = { environment, byId: environment.json("queue-jobs"), due: environment.json("queue-due") };
  const workers = new Set<QueueWorker>();
  return {
    async enqueue(channel, deliveryIds) {
      await environment.transaction(() => {
        for (const id of deliveryIds) {
          if (jobs.byId.get(id) === undefined) putJob(jobs, id, { channel, dueAt: clock.now(), attempt: 1 });
        }
      });
    },
    work(channel, concurrency, handle) {
      const worker = startWorker({ jobs, clock, telemetry, channel, concurrency, handle });
      workers.add(worker);
      return worker;
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.stop()));
    },
  };
}

interface WorkerOptions {
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly channel: string;
  readonly concurrency: number;
  readonly handle: Handle;
}

function startWorker({ jobs, clock, telemetry, channel, concurrency, handle }: WorkerOptions): QueueWorker {
  const stopping = new AbortController();
  const inHand = new Map<string, Promise<void>>();
  let wake = new AbortController();
  const unlisten = jobs.environment.onWrite(() => wake.abort());

  function take(): void {
    const now = clock.now();
    // Those in hand are still in the index, so the first free ones are among so many
    const due = jobs.due.range({ start: [channel], end: [channel, now + 1], countMax: concurrency + inHand.size });
    for (const { value: id } of due) {
      if (inHand.size >= concurrency) return;
      if (typeof id !== "string" || inHand.has(id)) continue;
      inHand.set(
        id,
        work(id).finally(() => {
          inHand.delete(id);
          wake.abort();
        }),
      );
    }
  }

  /** Never rejects. */
  async function work(id: string): Promise<void> {
    try {
      const job = readJob(jobs, id);
      if (job === undefined) return;
      const result = await resultOf(() => handle(id, job.attempt));
      await jobs.environment.transaction(() => {
        removeJob(jobs, id, job);
        if (result.kind === "done") return;
        putJob(jobs, id, { channel, dueAt: clock.now() + (result.afterMs ?? backoffMs), attempt: job.attempt + 1 });
      });
    } catch (error) {
      // It comes again, as after a crash, and handling it again is harmless. Not at once: the disk may be full
      telemetry.error("cannot read or write the queue", { channel, error: String(error) });
      await clock.sleep(backoffMs, stopping.signal);
    }
  }

  async function resultOf(call: () => Promise<WorkResult>): Promise<WorkResult> {
    try {
      return await call();
    } catch (error) {
      telemetry.error("a delivery's handler threw, which it never should", { channel, error: String(error) });
      return { kind: "retry", afterMs: undefined, reason: String(error) };
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      await clock.sleep(takeAndLook(), wake.signal);
    }
    await Promise.all(inHand.values());
  }

  /** Takes what is due, and says how long nothing more can be. */
  function takeAndLook(): number {
    try {
      take();
      return inHand.size < concurrency ? Math.min(nextDueMs(), restMsMax) : restMsMax;
    } catch (error) {
      telemetry.error("cannot read the queue", { channel, error: String(error) });
      return restMsMax;
    }
  }

  function nextDueMs(): number {
    const [next] = jobs.due
      .range({ start: [channel], end: [channel, Number.MAX_SAFE_INTEGER], countMax: inHand.size + 1 })
      .filter(({ value }) => typeof value === "string" && !inHand.has(value));
    const dueAt = Array.isArray(next?.key) ? next.key[1] : undefined;
    return typeof dueAt === "number" ? Math.max(dueAt - clock.now(), 1) : restMsMax;
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      wake.abort();
      unlisten();
      await running;
    },
  };
}

function putJob({ byId, due }: Jobs, id: string, job: Job): void {
  byId.put(id, job);
  due.put([job.channel, job.dueAt, id], id);
}

function removeJob({ byId, due }: Jobs, id: string, { channel, dueAt }: Job): void {
  byId.remove(id);
  due.remove([channel, dueAt, id]);
}

function readJob({ byId }: Jobs, id: string): Job | undefined {
  const value = byId.get(id);
  if (value === undefined) return undefined;
  if (isJob(value)) return value;
  throw new CepError("STORE_DAMAGED", `job ${id} of the queue can't be read: restore the folder from a backup`);
}

function isJob(value: unknown): value is Job {
  return (
    isJsonObject(value) &&
    typeof value["channel"] === "string" &&
    typeof value["dueAt"] === "number" &&
    typeof value["attempt"] === "number"
  );
}
