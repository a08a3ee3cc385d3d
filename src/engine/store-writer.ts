import type { Clock } from "../ports/clock.ts";
import { CepError } from "../ports/error.ts";
import type { Fence, ShardStore } from "../ports/shard-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** The shard in memory is not what the store has any more: throw it away, acquire, load, read again. Never patch. */
export class ShardLostError extends Error {
  override readonly name = "ShardLostError";
  /** True where another process took the shard; false where the store lost writes, as after a failover. */
  readonly isTaken: boolean;

  constructor(isTaken: boolean, message: string) {
    super(message);
    this.isTaken = isTaken;
  }
}

/** The engine was told to stop while the store was away. Nothing is lost: the log is read again from the last commit. */
export class StoppedWhileAwayError extends Error {
  override readonly name = "StoppedWhileAwayError";
}

const backoffMsMin = 50;
const backoffMsMax = 2_000;

export interface StoreWriterOptions {
  readonly store: ShardStore;
  readonly fence: Fence;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Aborted once a stop must not wait for the store any longer. */
  readonly signal: AbortSignal;
}

/**
 * Writes to the shard's store, one at a time, and decides by docs/protocol.md, rule 3, what a write without a reply has
 * come to: nothing (it is sent again), applied, or the shard is lost.
 */
export class StoreWriter {
  readonly options: StoreWriterOptions;
  fence: Fence;

  constructor(options: StoreWriterOptions) {
    this.options = options;
    this.fence = options.fence;
  }

  /**
   * @throws {ShardLostError} where the write was fenced, or the store has lost earlier writes.
   * @throws {StoppedWhileAwayError} where the store is away and the engine is to stop.
   * @throws {CepError} what can't be mended by trying again.
   */
  async write(send: (fence: Fence) => Promise<Fence>): Promise<void> {
    const expected = this.fence;
    for (let attempt = 0; ; attempt += 1) {
      try {
        this.fence = await send(expected);
        if (attempt > 0) this.options.telemetry.info("the store is back", { attempts: attempt });
        return;
      } catch (error) {
        if (error instanceof CepError && error.code === "STORE_FENCED") throw await this.fencedBy(expected);
        await this.pauseAfter(error, attempt);
      }
      if (await this.wasApplied(expected)) {
        this.fence = { owner: expected.owner, lsn: expected.lsn + 1 };
        return;
      }
    }
  }

  /** Repeats a call that is harmless when repeated until there is a reply. Throws as `write` does. */
  async retry<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        await this.pauseAfter(error, attempt);
      }
    }
  }

  /** Who fenced a write: another owner, or a store that no longer has what this one wrote before. */
  private async fencedBy(expected: Fence): Promise<ShardLostError> {
    const found = await this.retry(() => this.options.store.readFence());
    return lossOf(found, expected);
  }

  /** Reads the fence until there is an answer, and judges a write that had none. */
  private async wasApplied(expected: Fence): Promise<boolean> {
    const found = await this.retry(() => this.options.store.readFence());
    if (found.owner === expected.owner && found.lsn === expected.lsn) return false;
    if (found.owner === expected.owner && found.lsn === expected.lsn + 1) return true;
    throw lossOf(found, expected);
  }

  private async pauseAfter(error: unknown, attempt: number): Promise<void> {
    const { clock, telemetry, signal } = this.options;
    if (!(error instanceof CepError)) throw error;
    if (!error.retryable) throw error;
    if (attempt === 0)
      telemetry.error("the store does not take what is to be written; input waits", {
        code: error.code,
        reason: error.message,
      });
    telemetry.count("tocsin_store_retries_total");
    if (signal.aborted) throw new StoppedWhileAwayError(error.message);
    await clock.sleep(error.retryAfterMs ?? Math.min(backoffMsMax, backoffMsMin * 2 ** attempt), signal);
  }
}

/**
 * What a fence that is not as expected tells. Another process that took the shard went on from what was written here, so
 * that its lsn is higher; an earlier owner at a lower one comes out of a store that went back to before this one acquired it.
 */
export function lossOf(found: Fence, expected: Fence): ShardLostError {
  const isTaken = found.owner !== expected.owner && found.lsn > expected.lsn;
  return new ShardLostError(
    isTaken,
    isTaken
      ? "another process has taken the shard over: this one stops, so that only one decides"
      : "the store has lost writes that it had acknowledged",
  );
}
