import type { Effect } from "../core/alert/effect.ts";
import type { EnvelopeSettings } from "../core/event/envelope.ts";
import type { DocumentSet } from "../core/plan/document-set.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { ShardSettings } from "../core/shard/shard.ts";
import type { ListSummary } from "../core/table/list-view.ts";
import type { Clock } from "../ports/clock.ts";
import type { ShardStore } from "../ports/shard-store.ts";
import type { Source } from "../ports/source.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { ReadDocuments } from "./document-store.ts";
import type { ExtensionsFor } from "./load-shard.ts";
import type { AskingLimits } from "./question-asker.ts";

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
  /** What documents are compiled with that are kept with these plug-ins; undefined: there are no plug-ins. */
  readonly extensionsFor?: ExtensionsFor;
  /** How asynchronous facts are asked; undefined: as `defaultAsking` says. */
  readonly asking?: AskingLimits;
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
  readonly lists: readonly ListSummary[];
  readonly isIdle: boolean;
  readonly isAtEnd: boolean;
  /** How many sources and partitions have a watermark of their own, and how many of these are idle. */
  readonly inputCount: number;
  readonly idleInputCount: number;
  /** The one that the watermark waits for; undefined while all are idle. */
  readonly watermarkHeldBy: HeldBy | undefined;
}

/** A source, or a partition of one, and how far it has come. */
export interface HeldBy {
  readonly source: string;
  /** Absent: the source as a whole, or partitions of it of which none is known yet. */
  readonly partition?: string;
  /** Undefined before its first event. */
  readonly watermarkMs: number | undefined;
  /** Log time less its watermark. */
  readonly lagMs: number | undefined;
}
