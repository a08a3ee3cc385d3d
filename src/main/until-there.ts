import type { Clock } from "../ports/clock.ts";
import { CepError } from "../ports/error.ts";
import type { Telemetry } from "../ports/telemetry.ts";

const retryMs = 1_000;
/** Failures between two lines in the log. */
const logEvery = 10;

interface WaitingPorts {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Aborted where nobody waits any longer. */
  readonly stopping: AbortSignal;
}

/**
 * Opens something outside, however long it takes until it is there; undefined where the process is to stop first.
 *
 * @param what completes "cannot …" in the log.
 * @throws {CepError} what waiting does not mend.
 */
export async function untilThere<T>(
  what: string,
  open: () => Promise<T>,
  { clock, telemetry, stopping }: WaitingPorts,
): Promise<T | undefined> {
  for (let attempt = 0; !stopping.aborted; attempt += 1) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof CepError) || !error.retryable) throw error;
      if (attempt % logEvery === 0)
        telemetry.error(`cannot ${what}; trying again every second`, { code: error.code, reason: error.message });
      await clock.sleep(error.retryAfterMs ?? retryMs, stopping);
    }
  }
  return undefined;
}
