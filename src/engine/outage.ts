import { CepError } from "../ports/error.ts";
import type { Telemetry } from "../ports/telemetry.ts";

const delayMsMin = 100;
const delayMsMax = 10_000;

/** Turns a row of failures into one line in the log, a count of tries, and a wait that grows. */
export interface Outage {
  /** Milliseconds to wait before the next try: doubling from 100 ms to 10 s. */
  failed(error: unknown): number;
  /** What was down answers again. */
  ended(): void;
}

/** @param what completes "cannot …", for the log and the metric's label. */
export function createOutage(what: string, telemetry: Telemetry): Outage {
  let failureCount = 0;
  return {
    failed(error) {
      if (failureCount === 0)
        telemetry.error(`cannot ${what}; trying again until it works`, {
          error: errorText(error),
          code: codeOf(error),
        });
      telemetry.count("tocsin_store_retries_total", 1, { what });
      failureCount += 1;
      const delayMs = Math.min(delayMsMin * 2 ** Math.min(failureCount - 1, 20), delayMsMax);
      const wishedMs = error instanceof CepError ? (error.retryAfterMs ?? 0) : 0;
      return Math.max(delayMs, Math.min(wishedMs, delayMsMax));
    },
    ended() {
      if (failureCount > 0) telemetry.info(`can ${what} again`, { failureCount });
      failureCount = 0;
    },
  };
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof CepError ? error.code : undefined;
}
