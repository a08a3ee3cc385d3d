import type { Effect } from "../../src/core/alert/effect.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { OutboxEntry, ShardStore } from "../../src/ports/shard-store.ts";

export interface MemoryOutbox extends Pick<ShardStore, "readOutbox" | "removeFromOutbox" | "waitForOutbox"> {
  put(...effects: readonly Effect[]): void;
  readonly entries: readonly OutboxEntry[];
}

/** The outbox of a shard store as a simulated port. */
export function createMemoryOutbox(clock: Clock): MemoryOutbox {
  const entries: OutboxEntry[] = [];
  let ordinal = 0;
  return {
    entries,
    put(...effects) {
      for (const effect of effects) {
        entries.push({ entryId: String(ordinal), effect });
        ordinal += 1;
      }
    },
    async readOutbox(countMax) {
      return entries.slice(0, countMax);
    },
    async removeFromOutbox(entryIds) {
      for (const entryId of entryIds) {
        const index = entries.findIndex((entry) => entry.entryId === entryId);
        if (index >= 0) entries.splice(index, 1);
      }
    },
    waitForOutbox: (waitMs) => clock.sleep(waitMs),
  };
}
