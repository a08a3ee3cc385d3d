import type { Clock } from "../../src/ports/clock.ts";

interface Sleeper {
  readonly at: number;
  readonly ordinal: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to move, and stops at every deadline on the way, in (time, order of asking) order. */
export interface ManualClock extends Clock {
  /** Lets all that can go on do so, then moves by `ms` with a stop at each deadline. */
  advance(ms: number): Promise<void>;
  /** Advances from deadline to deadline until `isDone`. @throws after `stepCountMax` deadlines. */
  advanceUntil(isDone: () => boolean, stepCountMax?: number): Promise<void>;
}

export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  let nowMs = startMs;
  let ordinal = 0;
  const sleepers = new Set<Sleeper>();

  function next(): Sleeper | undefined {
    return [...sleepers].sort((a, b) => a.at - b.at || a.ordinal - b.ordinal)[0];
  }

  const clock: ManualClock = {
    now: () => nowMs,
    async sleep(ms, signal) {
      if (signal?.aborted === true) return;
      await new Promise<void>((resolve) => {
        const sleeper = { at: nowMs + ms, ordinal, wake };
        ordinal += 1;
        sleepers.add(sleeper);
        signal?.addEventListener("abort", wake, { once: true });
        function wake(): void {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        }
      });
    },
    async advance(ms) {
      const endMs = nowMs + ms;
      await settle();
      for (let sleeper = next(); sleeper !== undefined && sleeper.at <= endMs; sleeper = next()) {
        nowMs = Math.max(nowMs, sleeper.at);
        sleeper.wake();
        await settle();
      }
      nowMs = endMs;
    },
    async advanceUntil(isDone, stepCountMax = 10_000) {
      await settle();
      for (let step = 0; !isDone(); step += 1) {
        const sleeper = next();
        if (step >= stepCountMax || sleeper === undefined) throw new Error(`not done after ${step} deadlines`);
        nowMs = Math.max(nowMs, sleeper.at);
        sleeper.wake();
        await settle();
      }
    },
  };
  return clock;
}

/** Lets every promise that can settle do so, those behind file and lmdb callbacks included. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
