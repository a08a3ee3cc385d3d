import { documentSetText } from "../core/plan/document-set.ts";
import { Incarnation } from "./incarnation.ts";
import { loadShard } from "./load-shard.ts";
import type { RunShardOptions, ShardStatus } from "./shard-run.ts";
import { ShardLostError, StoppedWhileAwayError } from "./store-writer.ts";

export interface RunningShard {
  /** Ends after the slice in hand and a last commit; rejects with what made the run fail. */
  stop(): Promise<void>;
  /** Rejects when the shard fails for good; resolves after `stop`. */
  readonly finished: Promise<void>;
  status(): ShardStatus;
}

/** How long a stop waits for a store that is away. */
const stopGraceMs = 5_000;

/**
 * Runs one shard: pull, step, advance, commit, as docs/protocol.md says. Everything outside comes through the ports.
 *
 * Delivery guarantees: every effect of the log comes into the outbox once, whatever is killed when.
 * At the limit: while the store is away nothing is pulled; what is uncommitted is one slice and one checkpoint interval.
 */
export function runShard(options: RunShardOptions): RunningShard {
  const stopping = new AbortController();
  const givingUp = new AbortController();
  let current: Incarnation | undefined;
  const signals = { stopping: stopping.signal, givingUp: givingUp.signal };

  async function run(): Promise<void> {
    const { store, telemetry, documents } = options;
    await store.putDocuments(documents.plan.documents, documentSetText(documents.set));
    while (!stopping.signal.aborted) {
      const loaded = await loadShard(store, options.settings, options.readDocuments);
      const source = options.openSource();
      current = new Incarnation(options, source, loaded, signals);
      try {
        await current.run();
      } catch (error) {
        if (error instanceof StoppedWhileAwayError) break;
        if (!(error instanceof ShardLostError) || error.isTaken) throw error;
        telemetry.warn("memory does not match the store any more: the shard is loaded again", {
          reason: error.message,
        });
      } finally {
        await source.close();
      }
    }
  }

  const finished = run();
  // The failure is the caller's to see through `finished` or `stop`.
  finished.catch(() => undefined);
  return {
    finished,
    async stop() {
      stopping.abort();
      const grace = options.clock.sleep(stopGraceMs, givingUp.signal).then(() => givingUp.abort());
      try {
        await finished;
      } finally {
        givingUp.abort();
        await grace;
      }
    },
    status: () => current?.status() ?? nothingYet,
  };
}

const nothingYet: ShardStatus = {
  isReady: false,
  eventCount: 0,
  alertCount: 0,
  keyCount: 0,
  waitingEventCount: 0,
  watermarkMs: undefined,
  eventTimeMaxMs: undefined,
  logTimeMs: undefined,
  sequence: -1,
  isIdle: false,
  isAtEnd: false,
};
