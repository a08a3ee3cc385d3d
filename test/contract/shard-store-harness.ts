import type { ShardStore } from "../../src/ports/shard-store.ts";
import { effectOf } from "./shard-store-fixture.ts";

/** One shard's place in a family's store. */
export interface ShardStoreHarness {
  /** A new store on the same shard, as another process would open it: with no memory of the last. Earlier ones may be open still. */
  open(): Promise<ShardStore>;
  /** Damages the shard: takes a segment away. */
  loseSegment(name: string): Promise<void>;
  /** The archived journal, oldest first. */
  readArchive(): Promise<readonly unknown[]>;
  /** Ids in the ledger, in no order. */
  readLedger(): Promise<readonly string[]>;
  /** Names of the segments that take up room. */
  readSegmentNames(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What each test of the contract is given: an empty shard, and a store on it. */
export type Given = () => { readonly harness: ShardStoreHarness; readonly store: ShardStore };

/** Everything of a shard that the port shows, and what it hides. Reading it changes nothing. */
export async function look({ harness, store }: ReturnType<Given>): Promise<unknown> {
  return {
    fence: await store.readFence(),
    outbox: await store.readOutbox(1_000),
    archive: await harness.readArchive(),
    ledger: [...(await harness.readLedger())].sort(),
    segments: [...(await harness.readSegmentNames())].sort(),
  };
}

export function effectsOf(numbers: readonly number[]): unknown {
  return numbers.map(effectOf);
}

export async function outboxEffects(store: ShardStore): Promise<unknown> {
  return (await store.readOutbox(1_000)).map(({ effect }) => effect);
}
