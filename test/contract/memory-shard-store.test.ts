import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { memoryShard, memoryShardStore } from "./memory-shard-store.ts";
import { shardStoreContract } from "./shard-store.ts";

shardStoreContract("model", async () => {
  const shard = memoryShard();
  return {
    open: async () =>
      memoryShardStore(shard, {
        newOwner: () => randomBytes(16).toString("hex"),
        sleep: async (ms) => {
          // The model has nobody to wake it: it looks again after each turn of the event loop.
          const size = shard.outboxNext;
          for (let turn = 0; turn < ms && shard.outboxNext === size; turn += 1) await sleep(0);
        },
      }),
    loseSegment: async (name) => {
      shard.segments.delete(name);
    },
    readArchive: async () => shard.archive,
    readLedger: async () => [...shard.ledger.keys()],
    readSegmentNames: async () => [...shard.segments.keys()],
    close: async () => {},
  };
});
