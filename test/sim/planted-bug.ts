import type { Fence, ShardStore } from "../../src/ports/shard-store.ts";
import type { MemoryShard } from "../contract/memory-shard-store.ts";

/** Stores that break the protocol in one place each, to see that the simulation finds out. */
export type PlantedBug = "no-ledger" | "effects-late" | "no-fence" | "no-journal" | "no-through" | "no-positions";

export const plantedBugs: readonly PlantedBug[] = [
  "no-ledger",
  "effects-late",
  "no-fence",
  "no-journal",
  "no-through",
  "no-positions",
];

export function withBug(store: ShardStore, shard: MemoryShard, bug: PlantedBug | undefined): ShardStore {
  switch (bug) {
    case undefined:
      return store;
    case "no-ledger":
      return onWrites(store, () => shard.ledger.clear());
    case "effects-late":
      return withLateEffects(store);
    case "no-fence":
      return {
        ...store,
        advance: (_, advance) => store.advance(fenceOf(shard), advance),
        commit: (_, commit) => store.commit(fenceOf(shard), commit),
      };
    case "no-journal":
      return { ...store, advance: (fence, advance) => store.advance(fence, { ...advance, journal: [] }) };
    case "no-through":
      return {
        ...store,
        advance: (fence, advance) =>
          store.advance(fence, { ...advance, through: shard.through ?? { ordinal: 0, sequences: {} } }),
      };
    case "no-positions":
      return {
        ...store,
        commit: (fence, commit) =>
          store.commit(fence, {
            ...commit,
            checkpoint: {
              ...commit.checkpoint,
              sources: shard.checkpoint?.sources ?? commit.checkpoint.sources,
            },
          }),
      };
  }
}

function fenceOf({ owner, lsn }: MemoryShard): Fence {
  return { owner, lsn };
}

function onWrites(store: ShardStore, before: () => void): ShardStore {
  return {
    ...store,
    advance(fence, advance) {
      before();
      return store.advance(fence, advance);
    },
    commit(fence, commit) {
      before();
      return store.commit(fence, commit);
    },
  };
}

/** Commits without the effects that came before, which follow with the next advance: a process that dies between loses them. */
function withLateEffects(store: ShardStore): ShardStore {
  let waiting: Parameters<ShardStore["advance"]>[1]["effects"] = [];
  return {
    ...store,
    advance(fence, advance) {
      const effects = waiting;
      waiting = advance.effects;
      return store.advance(fence, { ...advance, effects });
    },
  };
}
