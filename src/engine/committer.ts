import { keyGroupCount } from "../core/event/key.ts";
import { SegmentPacker } from "../core/shard/segment.ts";
import { commitOf, segmentName, segmentParts } from "./segment-part.ts";
import { snapshotChanges, snapshotWhole } from "../core/shard/snapshot.ts";
import type { Shard } from "../core/shard/shard.ts";
import type { SourceRecord, Through } from "../ports/shard-store.ts";
import { ledgerMarksAddress } from "./ledger-marks.ts";
import type { LedgerMarks } from "./ledger-marks.ts";
import type { LoadedShard } from "./load-shard.ts";
import type { RunShardOptions } from "./shard-run.ts";
import type { StoreWriter } from "./store-writer.ts";

/** A segment of the state, and the number of the commit that wrote it. */
interface Segment {
  readonly name: string;
  readonly commit: number;
}

/**
 * Writes checkpoints: what changed since the last one, and one key group whole, in turn. After as many commits as there
 * are groups every record stands in a newer segment, and the old one ends.
 */
export class Committer {
  readonly options: RunShardOptions;
  readonly writer: StoreWriter;
  segments: readonly Segment[];
  commitNumber: number;
  committedOrdinal: number;
  lastCommitAt: number;
  isWholeDue = false;
  /** The furthest that effects are visible to: while it recovers the shard is behind it. */
  through: Through | undefined;
  /** Which ledger entries are older than the horizon; kept with the state, so that restarts do not put it off. */
  readonly ledger: LedgerMarks;

  constructor(options: RunShardOptions, writer: StoreWriter, { acquired, ledger }: LoadedShard) {
    const { checkpoint, through } = acquired;
    this.options = options;
    this.writer = writer;
    this.segments = (checkpoint?.segments ?? []).map((name) => ({ name, commit: commitOf(name) }));
    this.commitNumber = Math.max(0, ...this.segments.map(({ commit }) => commit));
    this.committedOrdinal = checkpoint?.ordinal ?? 0;
    this.lastCommitAt = options.clock.now();
    this.through = through;
    this.ledger = ledger;
  }

  /** The next commit writes all of the state: it is under another plan. */
  rewriteWhole(): void {
    this.isWholeDue = true;
  }

  /** Entries behind the last checkpoint. */
  uncommittedCount(shard: Shard): number {
    return shard.ordinal - this.committedOrdinal;
  }

  isDue(shard: Shard): boolean {
    const { clock, checkpointIntervalMs, uncommittedEntryCountMax } = this.options;
    const entryCount = this.uncommittedCount(shard);
    if (entryCount === 0) return false;
    return entryCount >= uncommittedEntryCountMax || clock.now() - this.lastCommitAt >= checkpointIntervalMs;
  }

  /** Makes the shard as it stands the one that a restart begins from. */
  async commit(shard: Shard, position: SourceRecord): Promise<void> {
    if (shard.ordinal === this.committedOrdinal) return;
    const { clock, store, telemetry } = this.options;
    const startedAt = clock.now();
    this.commitNumber += 1;
    this.ledger.advance(shard.ordinal, shard.logTime, this.options.ledgerHorizonMs);
    const added = await this.stage(shard);
    const isWhole = this.isWholeDue;
    const kept = isWhole ? [] : this.segments.filter(({ commit }) => commit > this.commitNumber - keyGroupCount);
    const segments = [...kept, ...added];
    const checkpoint = {
      sources: [position],
      ordinal: shard.ordinal,
      documents: shard.plan.documents,
      segments: segments.map(({ name }) => name),
    };
    const commit = {
      journal: [],
      effects: [],
      through: this.throughOf(shard, position),
      checkpoint,
      ledgerOrdinalMin: this.ledger.ordinalMin,
    };
    await this.writer.write((fence) => store.commit(fence, commit));
    this.segments = segments;
    this.committedOrdinal = shard.ordinal;
    this.isWholeDue = false;
    this.lastCommitAt = clock.now();
    telemetry.count("tocsin_commits_total");
    telemetry.observe("tocsin_commit_duration_seconds", (this.lastCommitAt - startedAt) / 1_000);
  }

  /** How far effects are visible once what the shard has decided is. It never goes back, also where recovery is cut short. */
  throughOf(shard: Shard, position: SourceRecord): Through {
    if (this.through === undefined || this.through.ordinal <= shard.ordinal)
      this.through = { ordinal: shard.ordinal, sequences: { [position.name]: position.sequence } };
    return this.through;
  }

  private async stage(shard: Shard): Promise<readonly Segment[]> {
    const packer = new SegmentPacker();
    if (this.isWholeDue) {
      snapshotWhole(shard, packer);
      shard.dirty.clear();
      shard.gone.clear();
    } else {
      snapshotChanges(shard, this.commitNumber % keyGroupCount, packer);
    }
    packer.put(ledgerMarksAddress, this.ledger.encode());
    const added: Segment[] = [];
    for (const [index, { bytes, isContinued }] of segmentParts(packer.finish()).entries()) {
      const name = segmentName(this.commitNumber, index, this.writer.fence.owner, isContinued);
      await this.writer.retry(() => this.options.store.stageSegment(name, bytes));
      added.push({ name, commit: this.commitNumber });
    }
    return added;
  }
}
