import type { Clock } from "../../src/ports/clock.ts";
import type { Queue, QueueWorker, WorkResult } from "../../src/ports/queue.ts";

interface Job {
  readonly channel: string;
  readonly id: string;
  dueAt: number;
  attempt: number;
  isInHand: boolean;
}

export interface MemoryQueue extends Queue {
  /** What a crash of the workers' process does: they take nothing more, and what they held is free again. */
  crash(): void;
  /** Hands every job out again, also those in hand: what a queue does that takes a slow worker for dead. */
  repeatAll(): void;
  readonly jobs: ReadonlyMap<string, Job>;
}

/** The queue as a simulated port: survives its workers, repeats on demand. */
export function createMemoryQueue(clock: Clock): MemoryQueue {
  const jobs = new Map<string, Job>();
  const workers = new Set<{ take(): void; abandon(): void }>();

  function wakeAll(): void {
    for (const worker of workers) worker.take();
  }

  function startWorker(
    channel: string,
    concurrency: number,
    handle: (id: string, attempt: number) => Promise<WorkResult>,
  ): QueueWorker {
    let isTaking = true;
    let isAbandoned = false;
    const inHand = new Set<Promise<void>>();
    const worker = {
      take() {
        for (const job of jobs.values()) {
          if (!isTaking || inHand.size >= concurrency) return;
          if (job.channel !== channel || job.isInHand || job.dueAt > clock.now()) continue;
          job.isInHand = true;
          const promise: Promise<void> = work(job).finally(() => {
            inHand.delete(promise);
            worker.take();
          });
          inHand.add(promise);
        }
      },
      abandon() {
        isTaking = false;
        isAbandoned = true;
      },
    };
    async function work(job: Job): Promise<void> {
      const result: WorkResult = await handle(job.id, job.attempt).catch((error: unknown) => ({
        kind: "retry",
        afterMs: undefined,
        reason: String(error),
      }));
      if (isAbandoned || jobs.get(job.id) !== job) return;
      if (result.kind === "done") {
        jobs.delete(job.id);
        return;
      }
      job.attempt += 1;
      job.isInHand = false;
      job.dueAt = clock.now() + (result.afterMs ?? 5_000);
      void clock.sleep(result.afterMs ?? 5_000).then(wakeAll);
    }
    workers.add(worker);
    worker.take();
    return {
      async stop() {
        isTaking = false;
        await Promise.all(inHand);
        workers.delete(worker);
      },
    };
  }

  const stops: (() => Promise<void>)[] = [];
  return {
    jobs,
    async enqueue(channel, ids) {
      for (const id of ids) {
        if (!jobs.has(id)) jobs.set(id, { channel, id, dueAt: clock.now(), attempt: 1, isInHand: false });
      }
      wakeAll();
    },
    work(channel, concurrency, handle) {
      const worker = startWorker(channel, concurrency, handle);
      stops.push(worker.stop);
      return worker;
    },
    async close() {
      await Promise.all(stops.map((stop) => stop()));
    },
    crash() {
      for (const worker of workers) worker.abandon();
      workers.clear();
      for (const job of jobs.values()) job.isInHand = false;
    },
    repeatAll() {
      for (const job of [...jobs.values()])
        jobs.set(job.id, { ...job, dueAt: clock.now(), attempt: job.attempt + 1, isInHand: false });
      wakeAll();
    },
  };
}
