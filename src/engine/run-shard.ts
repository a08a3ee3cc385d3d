import type { ListChange } from "../core/table/list-change.ts";
import type { ListState } from "../core/table/list-state.ts";
import { CepError } from "../ports/error.ts";
import { putDocumentSet } from "./document-store.ts";
import type { Patiently } from "./document-store.ts";
import { Incarnation } from "./incarnation.ts";
import { later, ListCommands } from "./list-commands.ts";
import type { ListCommandResult } from "./list-commands.ts";
import { loadShard } from "./load-shard.ts";
import type { LoadedShard } from "./load-shard.ts";
import { createOutage } from "./outage.ts";
import type { RunShardOptions, ShardStatus } from "./shard-run.ts";
import { ShardLostError, StoppedWhileAwayError } from "./store-writer.ts";

export interface RunningShard {
  /** Ends after the slice in hand and a last commit; rejects with what made the run fail. */
  stop(): Promise<void>;
  /** Rejects when the shard fails for good; resolves after `stop`. */
  readonly finished: Promise<void>;
  status(): ShardStatus;
  /**
   * Changes members of a list from outside. Resolves once the change is durable: every later message meets it, whatever
   * is killed when. Refused, or failed before, nothing is done; where it fails with the store, it may have been.
   *
   * @throws {CepError} STORE_UNAVAILABLE (retryable): doing it again is harmless.
   */
  changeList(list: string, changes: readonly ListChange[]): Promise<ListCommandResult>;
  /** The lists by id, as they stand, to be read at once; undefined until what was read before is read again. */
  readLists(): ReadonlyMap<string, ListState> | undefined;
}

/** How long a stop waits for a store that is away: short enough for the whole process to end within 5 seconds. */
const stopGraceMs = 2_500;

/**
 * Runs one shard: pull, step, advance, commit, as docs/protocol.md says. Everything outside comes through the ports.
 *
 * Delivery guarantees: every effect of the log comes into the outbox once, whatever is killed when.
 * At the limit: while the store is away nothing is pulled; what is uncommitted is one slice and one checkpoint interval.
 */
export function runShard(options: RunShardOptions): RunningShard {
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const commands = new ListCommands();
  let current: Incarnation | undefined;
  const signals = { stopping: stopping.signal, givingUp: givingUp.signal };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await live();
      } catch (error) {
        if (!(error instanceof ShardLostError) || error.isTaken) throw error;
        options.telemetry.warn("memory does not match the store any more: the shard is loaded again", {
          reason: error.message,
        });
      }
    }
  }

  /** Loads the shard and runs it until a stop, or until what is in memory is found to be wrong. */
  async function live(): Promise<void> {
    const loaded = await loadPatiently(options, stopping.signal);
    if (loaded === undefined) return;
    const incarnation = new Incarnation(options, options.openSource(), loaded, { signals, commands });
    current = incarnation;
    try {
      await incarnation.run();
    } catch (error) {
      if (!(error instanceof StoppedWhileAwayError)) throw error;
      options.telemetry.warn("stopped without a last commit: what came since the one before will be read again", {
        reason: error.message,
      });
    } finally {
      await incarnation.source.close();
    }
  }

  const finished = run().finally(() => commands.close("the shard has stopped: nothing was changed"));
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
    changeList: (list, changes) =>
      stopping.signal.aborted || current?.isReady !== true
        ? Promise.reject(later("the shard is not recovered yet: nothing was changed"))
        : commands.add(list, changes),
    readLists: () => (current?.isReady === true ? current.shard.lists.byId : undefined),
  };
}

/**
 * Takes the shard over, however long it takes until the store is there; undefined where the run is to stop. The documents
 * are put each time: a store that lost writes may have lost them too.
 */
async function loadPatiently(options: RunShardOptions, stopping: AbortSignal): Promise<LoadedShard | undefined> {
  const { store, documents, settings, readDocuments, extensionsFor, clock, telemetry } = options;
  const outage = createOutage("read the shard from its store", telemetry);
  const patiently: Patiently = async (call) => {
    for (;;) {
      if (stopping.aborted) throw new StoppedWhileAwayError("stopped while the shard was loaded");
      try {
        const result = await call();
        outage.ended();
        return result;
      } catch (error) {
        if (!(error instanceof CepError) || !error.retryable) throw error;
        await clock.sleep(outage.failed(error), stopping);
      }
    }
  };
  try {
    const { set, plan } = documents;
    await putDocumentSet(store, { hash: plan.documents, set, patiently });
    return await loadShard({ store, settings, readDocuments, known: plan, patiently, extensionsFor });
  } catch (error) {
    if (error instanceof StoppedWhileAwayError) return undefined;
    throw error;
  }
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
  lists: [],
  isIdle: false,
  isAtEnd: false,
  inputCount: 0,
  idleInputCount: 0,
  watermarkHeldBy: undefined,
};
