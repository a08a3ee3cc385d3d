import type { Clock } from "../ports/clock.ts";
import { CepError } from "../ports/error.ts";
import type { SourceRecord } from "../ports/shard-store.ts";
import type { Source, SourceBatch, SourceIdentity } from "../ports/source.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { checkSource } from "./check-source.ts";

/** Messages of one pull. */
const messageCountMax = 1_000;
const retryMsDefault = 1_000;

const nothingYet: SourceBatch = { messages: [], isAtEnd: false, isFinished: false };

interface PatientSourceOptions {
  readonly source: Source;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Aborted when nobody waits for the source any longer. */
  readonly stopping: AbortSignal;
}

/** A source that is waited for: while it is away calls are tried again, with one line in the log, until the engine is to stop. */
export class PatientSource {
  readonly source: Source;
  readonly options: PatientSourceOptions;
  /** Failed calls in a row. */
  failureCount = 0;

  constructor(options: PatientSourceOptions) {
    this.options = options;
    this.source = options.source;
  }

  /**
   * Opens the log, makes sure that it is the one which `records` tell of, and goes behind what they say was read. Yields
   * the position that reading goes on from; undefined where the engine is to stop before that.
   *
   * @throws {CepError} what waiting does not mend.
   */
  async openBehind(records: readonly SourceRecord[]): Promise<SourceRecord | undefined> {
    const { source } = this;
    const identity = await this.untilDone(() => source.open());
    if (identity === undefined) return undefined;
    const record = await this.untilDone(() => checkSource(source, identity, records));
    if (record === undefined) return undefined;
    const position = record === "unread" ? beginningOf(identity, source.name) : record;
    const isThere = await this.untilDone(async () => {
      await source.seek(position.sequence + 1);
      return true;
    });
    return isThere === undefined ? undefined : position;
  }

  /** The next batch; an empty one that is not at its end where the source is away, after a pause. */
  async pull(waitMs: number): Promise<SourceBatch> {
    try {
      const batch = await this.source.pull({ messageCountMax, waitMs });
      this.succeeded();
      return batch;
    } catch (error) {
      await this.pauseAfter(error);
      return nothingYet;
    }
  }

  /** Says what is no longer needed. A log that can't take it now hears it again after the next commit. */
  async release(sequence: number): Promise<void> {
    try {
      await this.source.release(sequence);
    } catch (error) {
      if (!(error instanceof CepError) || !error.retryable) throw error;
      this.options.telemetry.warn("the log can't let go of what was read", { code: error.code, reason: error.message });
    }
  }

  /** Closes it. What closing fails with concerns nothing that was read. */
  async close(): Promise<void> {
    try {
      await this.source.close();
    } catch (error) {
      this.options.telemetry.warn("the source did not close in order", { err: error });
    }
  }

  private async untilDone<T>(call: () => Promise<T>): Promise<T | undefined> {
    while (!this.options.stopping.aborted) {
      try {
        const result = await call();
        this.succeeded();
        return result;
      } catch (error) {
        await this.pauseAfter(error);
      }
    }
    return undefined;
  }

  private succeeded(): void {
    if (this.failureCount > 0)
      this.options.telemetry.info("the source is back", { source: this.source.name, failures: this.failureCount });
    this.failureCount = 0;
  }

  private async pauseAfter(error: unknown): Promise<void> {
    if (!(error instanceof CepError) || !error.retryable) throw error;
    const { telemetry, clock, stopping } = this.options;
    if (this.failureCount === 0)
      telemetry.error("the source is away; trying again until it is back", {
        source: this.source.name,
        code: error.code,
        reason: error.message,
      });
    this.failureCount += 1;
    await clock.sleep(error.retryAfterMs ?? retryMsDefault, stopping);
  }
}

/** A log that is read for the first time is read from its beginning. */
function beginningOf({ created, firstSequence }: SourceIdentity, name: string): SourceRecord {
  return { name, created, sequence: firstSequence - 1, stampMs: undefined };
}
