import { setTimeout as sleepFor } from "node:timers/promises";
import type { Clock } from "../../ports/clock.ts";

/** Longest delay of a Node timer; a longer one would fire at once. */
const timerMsMax = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await sleepFor(Math.min(Math.max(0, ms), timerMsMax), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};
