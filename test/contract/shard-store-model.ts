import fc from "fast-check";
import { expect } from "vitest";
import { CepError } from "../../src/ports/error.ts";
import type { Fence, ShardStore } from "../../src/ports/shard-store.ts";
import { memoryShard, memoryShardStore } from "./memory-shard-store.ts";
import type { ShardStoreHarness } from "./shard-store-harness.ts";
import { advanceOf, commitOf } from "./shard-store-fixture.ts";

/** What the test does to both stores. Numbers are drawn small, so that they meet. */
type Operation =
  | { readonly kind: "acquire" }
  | { readonly kind: "reopen" }
  | { readonly kind: "stage"; readonly name: number }
  | { readonly kind: "put"; readonly documents: number }
  | { readonly kind: "content"; readonly name: number }
  | {
      readonly kind: "advance";
      readonly isStale: boolean;
      readonly journalCount: number;
      readonly effects: readonly number[];
    }
  | {
      readonly kind: "commit";
      readonly isStale: boolean;
      readonly journalCount: number;
      readonly effects: readonly number[];
      readonly behind: number;
      readonly horizon: number;
      readonly segments: readonly number[];
      readonly documents: number;
    }
  | { readonly kind: "remove"; readonly count: number };

const small = fc.nat(3);
const effects = fc.array(fc.nat(15), { maxLength: 4 });
const isStale = fc.integer({ min: 0, max: 7 }).map((draw) => draw === 0);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant("acquire" as const) }),
  fc.record({ kind: fc.constant("reopen" as const) }),
  fc.record({ kind: fc.constant("stage" as const), name: fc.nat(5) }),
  fc.record({ kind: fc.constant("put" as const), documents: small }),
  fc.record({ kind: fc.constant("content" as const), name: small }),
  fc.record({ kind: fc.constant("advance" as const), isStale, journalCount: small, effects }),
  fc.record({
    kind: fc.constant("commit" as const),
    isStale,
    journalCount: small,
    effects,
    behind: small,
    horizon: fc.nat(10),
    segments: fc.uniqueArray(fc.nat(5), { maxLength: 3 }),
    documents: small,
  }),
  fc.record({ kind: fc.constant("remove" as const), count: small }),
);

/** What belongs to documents: nothing to the first. */
const contentsOf = (documents: number): readonly string[] => [[], ["c0"], ["c0", "c1"], ["c2"]][documents] ?? [];

/** Runs the same operations on the store and on the model and compares all that can be seen after each. */
export async function shardStoreModelTest(make: () => Promise<ShardStoreHarness>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
      const harness = await make();
      const shard = memoryShard();
      const model = memoryShardStore(shard, { newOwner: () => `model ${shard.lsn}`, sleep: async () => {} });
      const real = new Driver(await harness.open());
      const simulated = new Driver(model);
      try {
        for (const step of operations) {
          if (step.kind === "reopen") {
            await real.store.close();
            real.store = await harness.open();
            continue;
          }
          expect(await real.run(step)).toEqual(await simulated.run(step));
          expect(await real.see()).toEqual(await simulated.see());
          expect([...(await harness.readLedger())].sort()).toEqual([...shard.ledger.keys()].sort());
          expect([...(await harness.readSegmentNames())].sort()).toEqual([...shard.segments.keys()].sort());
          expect(await harness.readArchive()).toEqual(shard.archive);
        }
      } finally {
        await real.store.close();
        await harness.close();
      }
    }),
    { numRuns: 60 },
  );
}

/** A caller of one store. Its ordinals go up with what it does, so two that do the same have the same. */
class Driver {
  store: ShardStore;
  fence: Fence = { owner: "none", lsn: 0 };
  ordinal = 0;

  constructor(store: ShardStore) {
    this.store = store;
  }

  /** What the operation gave, without what differs between stores: owners and entry ids. */
  async run(step: Exclude<Operation, { kind: "reopen" }>): Promise<unknown> {
    try {
      return await this.#apply(step);
    } catch (error) {
      if (error instanceof CepError) return error.code;
      throw error;
    }
  }

  async #apply(step: Exclude<Operation, { kind: "reopen" }>): Promise<unknown> {
    switch (step.kind) {
      case "acquire": {
        const { fence, ...state } = await this.store.acquire();
        this.fence = fence;
        return { ...state, lsn: fence.lsn };
      }
      case "stage":
        return this.store.stageSegment(`s${step.name}`, Uint8Array.of(step.name));
      case "put":
        // Equal documents have equal contents.
        return this.store.putDocuments(`d${step.documents}`, `text ${step.documents}`, contentsOf(step.documents));
      case "content":
        return this.store.putContent(`c${step.name}`, Uint8Array.of(step.name));
      case "remove": {
        const entries = await this.store.readOutbox(step.count);
        return this.store.removeFromOutbox(entries.map(({ entryId }) => entryId));
      }
      case "advance": {
        this.fence = await this.store.advance(this.#fenceFor(step.isStale), advanceOf(this.#parts(step)));
        return this.fence.lsn;
      }
      case "commit": {
        const parts = this.#parts(step);
        const checkpointOrdinal = Math.max(0, parts.ordinal - step.behind);
        const ledgerOrdinalMin = Math.min(step.horizon, checkpointOrdinal);
        const names = { segments: step.segments.map((name) => `s${name}`), documents: `d${step.documents}` };
        const commit = commitOf({ ...parts, ...names, checkpointOrdinal, ledgerOrdinalMin });
        this.fence = await this.store.commit(this.#fenceFor(step.isStale), commit);
        return this.fence.lsn;
      }
    }
  }

  async see(): Promise<unknown> {
    const documents = [0, 1, 2, 3].map((number) => this.store.getDocuments(`d${number}`));
    const outbox = await this.store.readOutbox(100);
    return {
      lsn: (await this.store.readFence()).lsn,
      outbox: outbox.map(({ effect }) => effect),
      documents: await Promise.all(documents),
      contents: await this.store.absentContents(["c0", "c1", "c2", "c3"]),
    };
  }

  #fenceFor(isFenceStale: boolean): Fence {
    return isFenceStale ? { ...this.fence, lsn: this.fence.lsn - 1 } : this.fence;
  }

  #parts({ journalCount, effects: numbers }: { journalCount: number; effects: readonly number[] }): {
    journal: readonly number[];
    effects: readonly number[];
    ordinal: number;
  } {
    const journal = Array.from({ length: journalCount }, (_, index) => this.ordinal + index + 1);
    this.ordinal += journalCount + 1;
    return { journal, effects: numbers, ordinal: this.ordinal };
  }
}
