import type { Effect } from "../core/alert/effect.ts";
import type { EnvelopeSettings } from "../core/event/envelope.ts";
import type { Plan } from "../core/plan/plan.ts";
import { documentSetText } from "../core/plan/document-set.ts";
import type { DocumentSet } from "../core/plan/document-set.ts";
import type { ShardSettings } from "../core/shard/shard.ts";
import type { Clock } from "../ports/clock.ts";
import type { ShardStore } from "../ports/shard-store.ts";
import type { Source } from "../ports/source.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { Incarnation } from "./incarnation.ts";
import { loadShard } from "./load-shard.ts";
import type { ReadDocuments } from "./load-shard.ts";
import { ShardLostError, StoppedWhileAwayError } from "./store-writer.ts";

/** The documents to be in force, compiled, and how they are kept. */
export interface ActiveDocuments {
  readonly set: DocumentSet;
  readonly plan: Plan;
}

export interface RunShardOptions {
  /** A new reader of the log, each time the shard is loaded. */
  readonly openSource: () => Source;
  readonly store: ShardStore;
  readonly documents: ActiveDocuments;
  readonly readDocuments: ReadDocuments;
  readonly envelope: EnvelopeSettings;
  readonly settings: ShardSettings;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Which subjects are read; a message of another one is passed over, and its position taken. Default all. */
  readonly fitsSubject?: (subject: string) => boolean;
  readonly checkpointIntervalMs: number;
  /** Input is stepped for this long at most before its effects become visible: docs/protocol.md, rule 8. */
  readonly sliceMs: number;
  /** A commit is due after so many entries, whatever the interval. */
  readonly uncommittedEntryCountMax: number;
  /** How long the source must have been at its end before the watermark follows log time. */
  readonly idleMs: number;
  /** Effects this much older than log time leave the ledger. */
  readonly ledgerHorizonMs: number;
  /** Told of effects once they are visible: in the outbox, durably. During recovery also of those that were visible before. */
  readonly onEffects?: (effects: readonly Effect[]) => void;
  /** Told when the shard has caught up with what was visible before it started. */
  readonly onReady?: () => void;
}

/** How a running shard stands. */
export interface ShardStatus {
  readonly isReady: boolean;
  readonly eventCount: number;
  readonly alertCount: number;
  readonly keyCount: number;
  readonly waitingEventCount: number;
  readonly watermarkMs: number | undefined;
  readonly eventTimeMaxMs: number | undefined;
  readonly logTimeMs: number | undefined;
  /** Sequence of the last message taken; -1 for none. */
  readonly sequence: number;
  readonly isIdle: boolean;
  readonly isAtEnd: boolean;
}

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
        telemetry.warn("memory does not match the store any more: the shard is loaded again", { reason: error.message });
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
