import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AssertionError } from "../../src/core/base/assert.ts";
import { logTimeMs } from "../../src/core/time/instant.ts";
import type { Fence, ShardStore, StoredJournalEntry } from "../../src/ports/shard-store.ts";
import { advanceOf, checkpointOf, commitOf, effectOf, tickAt } from "./shard-store-fixture.ts";
import { shardStoreModelTest } from "./shard-store-model.ts";

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

/** What every shard store must do. `make` gives an empty shard of its own at each call. */
export function shardStoreContract(name: string, make: () => Promise<ShardStoreHarness>): void {
  describe(`shard store contract: ${name}`, () => {
    let harness: ShardStoreHarness;
    let store: ShardStore;
    beforeEach(async () => {
      harness = await make();
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness.close();
    });
    const given = (): { harness: ShardStoreHarness; store: ShardStore } => ({ harness, store });

    describe("acquire and the fence", () => fenceTests(given));
    describe("advance", () => advanceTests(given));
    describe("commit", () => commitTests(given));
    describe("segments", () => segmentTests(given));
    describe("documents", () => documentTests(given));
    describe("outbox", () => outboxTests(given));
    test("random operations give what the model gives", () => shardStoreModelTest(make));
  });
}

type Given = () => { harness: ShardStoreHarness; store: ShardStore };

/** Everything of a shard that the port shows, and what it hides. Reading it changes nothing. */
async function look({ harness, store }: ReturnType<Given>): Promise<unknown> {
  return {
    fence: await store.readFence(),
    outbox: await store.readOutbox(1_000),
    archive: await harness.readArchive(),
    ledger: [...(await harness.readLedger())].sort(),
    segments: [...(await harness.readSegmentNames())].sort(),
  };
}

function effectsOf(numbers: readonly number[]): unknown {
  return numbers.map(effectOf);
}

async function outboxEffects(store: ShardStore): Promise<unknown> {
  return (await store.readOutbox(1_000)).map(({ effect }) => effect);
}

function fenceTests(given: Given): void {
  test("a shard that nobody had begins empty", async () => {
    const { store } = given();
    const acquired = await store.acquire();
    expect(acquired).toMatchObject({ checkpoint: undefined, through: undefined, journal: [] });
    expect(acquired.fence.owner).toMatch(/^[0-9a-f]{32}$/);
    expect(await store.readFence()).toEqual(acquired.fence);
    expect(await store.readOutbox(10)).toEqual([]);
  });

  test("each acquire is a new owner and fences the last, in the same store and in another", async () => {
    const { harness, store } = given();
    const other = await harness.open();
    const fences: Fence[] = [];
    for (const taker of [store, store, other, store]) {
      const { fence } = await taker.acquire();
      for (const stale of fences) {
        await expect(taker.advance(stale, advanceOf({ ordinal: 1 }))).rejects.toMatchObject({
          code: "STORE_FENCED",
          retryable: false,
        });
      }
      fences.push(fence);
      expect(await store.readFence()).toEqual(fence);
    }
    expect(new Set(fences.map(({ owner }) => owner)).size).toBe(4);
    await other.close();
  });

  test("each write adds 1 to lsn and keeps the owner", async () => {
    const { store } = given();
    await store.putDocuments("d1", "text");
    const { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    const second = await store.advance(fence, advanceOf({ ordinal: 1 }));
    const third = await store.commit(second, commitOf({ ordinal: 2 }));
    expect([second, third]).toEqual([
      { owner: fence.owner, lsn: fence.lsn + 1 },
      { owner: fence.owner, lsn: fence.lsn + 2 },
    ]);
    expect(await store.readFence()).toEqual(third);
  });

  const stale: readonly { why: string; of(fence: Fence): Fence }[] = [
    { why: "another owner", of: ({ lsn }) => ({ owner: "0".repeat(32), lsn }) },
    { why: "an lsn behind: this write was sent before", of: ({ owner, lsn }) => ({ owner, lsn: lsn - 1 }) },
    { why: "an lsn ahead: the store has lost writes", of: ({ owner, lsn }) => ({ owner, lsn: lsn + 1 }) },
    { why: "an owner that is a part of the owner", of: ({ owner, lsn }) => ({ owner: owner.slice(1), lsn }) },
  ];
  test.each(stale)("a stale fence is refused and changes nothing: $why", async ({ of }) => {
    const { harness, store } = given();
    const { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    await store.stageSegment("s1", Uint8Array.of(1));
    const current = await store.commit(fence, commitOf({ ordinal: 2, journal: [1], effects: [1], segments: ["s1"] }));
    const before = await look({ harness, store });
    const parts = { ordinal: 9, journal: [8], effects: [7] };
    await expect(store.advance(of(current), advanceOf(parts))).rejects.toMatchObject({ code: "STORE_FENCED" });
    await expect(store.commit(of(current), commitOf({ ...parts, ledgerOrdinalMin: 5 }))).rejects.toMatchObject({
      code: "STORE_FENCED",
    });
    expect(await look({ harness, store })).toEqual(before);
    const { checkpoint, journal, through } = await store.acquire();
    expect({ checkpoint, journal, through }).toEqual({
      checkpoint: checkpointOf(2, ["s1"]),
      journal: [],
      through: advanceOf({ ordinal: 2 }).through,
    });
  });

  test("the same write sent twice applies once", async () => {
    const { store } = given();
    const { fence } = await store.acquire();
    const write = advanceOf({ ordinal: 2, journal: [1], effects: [2] });
    const after = await store.advance(fence, write);
    await expect(store.advance(fence, write)).rejects.toMatchObject({ code: "STORE_FENCED" });
    expect(await store.readFence()).toEqual(after);
    expect(await outboxEffects(store)).toEqual(effectsOf([2]));
  });
}

function advanceTests(given: Given): void {
  test("journal, effects and through show together, to a store opened later too", async () => {
    const { harness, store } = given();
    const first = await store.acquire();
    const second = await store.advance(first.fence, advanceOf({ ordinal: 3, journal: [1, 3], effects: [0, 1, 2] }));
    await store.advance(second, advanceOf({ ordinal: 12, journal: [10, 12], effects: [4] }));
    const later = await harness.open();
    expect(await outboxEffects(later)).toEqual(effectsOf([0, 1, 2, 4]));
    const acquired = await later.acquire();
    expect(acquired).toMatchObject({ checkpoint: undefined, through: advanceOf({ ordinal: 12 }).through });
    expect(acquired.journal).toEqual([1, 3, 10, 12].map((ordinal) => ({ ordinal, entry: tickAt(ordinal * 10) })));
    await later.close();
  });

  test("every kind of journal entry comes back as it was", async () => {
    const { store } = given();
    const { fence } = await store.acquire();
    const journal: readonly StoredJournalEntry[] = [
      { ordinal: 0, entry: { kind: "activation", documents: "d2" } },
      { ordinal: 1, entry: tickAt(-5) },
      { ordinal: Number.MAX_SAFE_INTEGER - 1, entry: { kind: "idle", at: logTimeMs(1_769_000_000_123) } },
    ];
    await store.advance(fence, { ...advanceOf({ ordinal: 3 }), journal });
    expect((await store.acquire()).journal).toEqual(journal);
  });

  test("an effect that is in the ledger is not put in the outbox again, whether or not it was taken out", async () => {
    const { harness, store } = given();
    let { fence } = await store.acquire();
    fence = await store.advance(fence, advanceOf({ ordinal: 2, effects: [1, 2, 1] }));
    const [first] = await store.readOutbox(1);
    await store.removeFromOutbox([first?.entryId ?? ""]);
    fence = await store.advance(fence, advanceOf({ ordinal: 3, effects: [1, 2, 3] }));
    expect(await outboxEffects(store)).toEqual(effectsOf([2, 3]));
    ({ fence } = await store.acquire());
    await store.advance(fence, advanceOf({ ordinal: 3, effects: [3, 1, 4] }));
    expect(await outboxEffects(store)).toEqual(effectsOf([2, 3, 4]));
    expect([...(await harness.readLedger())].sort()).toEqual(["a1", "a2", "a3", "a4"]);
  });

  test("a slice with thousands of effects goes whole, in order", async () => {
    const { store } = given();
    const { fence } = await store.acquire();
    const numbers = Array.from({ length: 5_000 }, (_, index) => index);
    await store.advance(fence, advanceOf({ ordinal: 5_000, effects: numbers, journal: numbers }));
    const entries = await store.readOutbox(10_000);
    expect(entries.map(({ effect }) => effect.id)).toEqual(numbers.map((number) => `a${number}`));
    expect((await store.acquire()).journal.length).toBe(5_000);
  });
}

function commitTests(given: Given): void {
  test("makes the checkpoint the state, and its journal and effects with it", async () => {
    const { harness, store } = given();
    const { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    await store.stageSegment("s1", Uint8Array.of(1));
    await store.stageSegment("s2", Uint8Array.of(2));
    await store.commit(
      fence,
      commitOf({ ordinal: 7, checkpointOrdinal: 5, journal: [4, 6], effects: [5, 6], segments: ["s2", "s1"] }),
    );
    const later = await harness.open();
    const acquired = await later.acquire();
    expect(acquired).toEqual({
      fence: await later.readFence(),
      checkpoint: checkpointOf(5, ["s2", "s1"]),
      through: advanceOf({ ordinal: 7 }).through,
      journal: [{ ordinal: 6, entry: tickAt(60) }],
    });
    expect(await harness.readArchive()).toEqual([{ ordinal: 4, entry: tickAt(40) }]);
    expect(await outboxEffects(later)).toEqual(effectsOf([5, 6]));
    await later.close();
  });

  test("the journal up to the checkpoint's ordinal, and that one too, goes to the archive in order", async () => {
    const { harness, store } = given();
    let { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    fence = await store.advance(fence, advanceOf({ ordinal: 9, journal: [1, 2, 5, 9] }));
    fence = await store.commit(fence, commitOf({ ordinal: 9, checkpointOrdinal: 5 }));
    expect(await harness.readArchive()).toEqual([1, 2, 5].map((ordinal) => ({ ordinal, entry: tickAt(ordinal * 10) })));
    fence = await store.commit(fence, commitOf({ ordinal: 20, journal: [11, 30], checkpointOrdinal: 20 }));
    expect((await store.acquire()).journal).toEqual([{ ordinal: 30, entry: tickAt(300) }]);
    expect(await harness.readArchive()).toEqual(
      [1, 2, 5, 9, 11].map((ordinal) => ({ ordinal, entry: tickAt(ordinal * 10) })),
    );
  });

  test("ledger entries below the least ordinal go, the one at it stays", async () => {
    const { harness, store } = given();
    let { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    fence = await store.advance(fence, advanceOf({ ordinal: 12, effects: [2, 9, 10, 11] }));
    fence = await store.commit(fence, commitOf({ ordinal: 12, ledgerOrdinalMin: 10, effects: [3] }));
    expect([...(await harness.readLedger())].sort()).toEqual(["a10", "a11"]);
    await store.advance(fence, advanceOf({ ordinal: 13, effects: [9, 10] }));
    expect(await outboxEffects(store)).toEqual(effectsOf([2, 9, 10, 11, 3, 9]));
  });

  test("a ledger pruned above the checkpoint is a bug", async () => {
    const { store } = given();
    const { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    await expect(store.commit(fence, commitOf({ ordinal: 5, ledgerOrdinalMin: 6 }))).rejects.toThrow(AssertionError);
    expect(await store.readFence()).toEqual(fence);
  });
}

function segmentTests(given: Given): void {
  const bytes = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => (index * 31) % 256);

  test("comes back byte for byte, the empty one and one of 1 MiB too, to a store opened later", async () => {
    const { harness, store } = given();
    const { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    await store.stageSegment("empty", new Uint8Array(0));
    await store.stageSegment("large", bytes);
    await store.commit(fence, commitOf({ ordinal: 1, segments: ["empty", "large"] }));
    const later = await harness.open();
    expect(Buffer.compare(await later.loadSegment("large"), bytes)).toBe(0);
    expect(await later.loadSegment("empty")).toHaveLength(0);
    await later.close();
  });

  test("more than 1 MiB is a bug", async () => {
    const { store } = given();
    await expect(store.stageSegment("s", new Uint8Array(1024 * 1024 + 1))).rejects.toThrow(AssertionError);
  });

  test("staging again with the same bytes is harmless; with others it is a bug", async () => {
    const { store } = given();
    const { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    await store.stageSegment("s1", Uint8Array.of(1, 2));
    await store.stageSegment("s1", Uint8Array.of(1, 2));
    await expect(store.stageSegment("s1", Uint8Array.of(1, 3))).rejects.toThrow(AssertionError);
    await store.commit(fence, commitOf({ ordinal: 1, segments: ["s1"] }));
    expect([...(await store.loadSegment("s1"))]).toEqual([1, 2]);
  });

  test("a commit removes those that its checkpoint does not name, and keeps the others", async () => {
    const { harness, store } = given();
    let { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    for (const name of ["s1", "s2", "stray"]) await store.stageSegment(name, Uint8Array.of(1));
    fence = await store.commit(fence, commitOf({ ordinal: 1, segments: ["s1", "s2"] }));
    expect([...(await harness.readSegmentNames())].sort()).toEqual(["s1", "s2"]);
    await store.stageSegment("s3", Uint8Array.of(3));
    await store.commit(fence, commitOf({ ordinal: 2, segments: ["s2", "s3"] }));
    expect([...(await harness.readSegmentNames())].sort()).toEqual(["s2", "s3"]);
    await expect(store.loadSegment("s1")).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  });

  test("an acquire removes those that were staged and not committed", async () => {
    const { harness, store } = given();
    const { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    await store.stageSegment("s1", Uint8Array.of(1));
    await store.commit(fence, commitOf({ ordinal: 1, segments: ["s1"] }));
    await store.stageSegment("s2", Uint8Array.of(2));
    const later = await harness.open();
    await later.acquire();
    expect(await harness.readSegmentNames()).toEqual(["s1"]);
    await later.close();
  });

  test("a commit that names one which is not there is refused whole: the store has lost it", async () => {
    const { harness, store } = given();
    const { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    await store.stageSegment("s1", Uint8Array.of(1));
    await store.stageSegment("s2", Uint8Array.of(2));
    await harness.loseSegment("s2");
    const before = await look({ harness, store });
    const commit = commitOf({ ordinal: 3, journal: [1], effects: [1], segments: ["s1", "s2"] });
    await expect(store.commit(fence, commit)).rejects.toMatchObject({ code: "STORE_FENCED", retryable: false });
    expect(await look({ harness, store })).toEqual(before);
  });

  test("one of the manifest that is gone is STORE_DAMAGED", async () => {
    const { harness, store } = given();
    const { fence } = await store.acquire();
    await store.putDocuments("d1", "text");
    await store.stageSegment("s1", Uint8Array.of(1));
    await store.commit(fence, commitOf({ ordinal: 1, segments: ["s1"] }));
    await harness.loseSegment("s1");
    await expect(store.loadSegment("s1")).rejects.toMatchObject({ code: "STORE_DAMAGED", retryable: false });
  });
}

function documentTests(given: Given): void {
  test("come back as they were; unknown ones are undefined", async () => {
    const { harness, store } = given();
    await store.putDocuments("d1", "{}\n\u0000 ü 😀");
    await store.putDocuments("d1", "{}\n\u0000 ü 😀");
    const later = await harness.open();
    expect([await later.getDocuments("d1"), await later.getDocuments("d2")]).toEqual(["{}\n\u0000 ü 😀", undefined]);
    await later.close();
  });

  test("a commit that names documents which are not there is refused", async () => {
    const { store } = given();
    const { fence } = await store.acquire();
    await expect(store.commit(fence, commitOf({ ordinal: 1 }))).rejects.toMatchObject({ code: "STORE_FENCED" });
    expect(await store.readFence()).toEqual(fence);
  });

  test("those replaced go with the commit that replaces them; those put for later stay", async () => {
    const { store } = given();
    let { fence } = await store.acquire();
    for (const hash of ["d1", "d2", "d3"]) await store.putDocuments(hash, hash);
    fence = await store.commit(fence, commitOf({ ordinal: 1, documents: "d1" }));
    fence = await store.commit(fence, commitOf({ ordinal: 2, documents: "d1" }));
    expect(await Promise.all(["d1", "d2", "d3"].map((hash) => store.getDocuments(hash)))).toEqual(["d1", "d2", "d3"]);
    await store.commit(fence, commitOf({ ordinal: 3, documents: "d2" }));
    expect(await Promise.all(["d1", "d2", "d3"].map((hash) => store.getDocuments(hash)))).toEqual([
      undefined,
      "d2",
      "d3",
    ]);
  });

  test("an acquire keeps those that the checkpoint or the journal names and removes the rest", async () => {
    const { store } = given();
    let { fence } = await store.acquire();
    for (const hash of ["d1", "d2", "d3"]) await store.putDocuments(hash, hash);
    fence = await store.commit(fence, commitOf({ ordinal: 1, documents: "d1" }));
    const journal = [{ ordinal: 2, entry: { kind: "activation", documents: "d2" } as const }];
    await store.advance(fence, { ...advanceOf({ ordinal: 2 }), journal });
    await store.acquire();
    expect(await Promise.all(["d1", "d2", "d3"].map((hash) => store.getDocuments(hash)))).toEqual([
      "d1",
      "d2",
      undefined,
    ]);
  });

  test("a commit keeps those replaced while the journal behind it goes back to them", async () => {
    const { store } = given();
    let { fence } = await store.acquire();
    for (const hash of ["d1", "d2"]) await store.putDocuments(hash, hash);
    fence = await store.commit(fence, commitOf({ ordinal: 1, documents: "d1" }));
    const journal = [
      { ordinal: 2, entry: { kind: "activation", documents: "d2" } as const },
      { ordinal: 4, entry: { kind: "activation", documents: "d1" } as const },
    ];
    fence = await store.advance(fence, { ...advanceOf({ ordinal: 4 }), journal });
    await store.commit(fence, commitOf({ ordinal: 4, checkpointOrdinal: 3, documents: "d2" }));
    expect(await store.getDocuments("d1")).toBe("d1");
  });
}

function outboxTests(given: Given): void {
  test("is read oldest first, again and again, until entries are removed; removing twice is harmless", async () => {
    const { store } = given();
    const { fence } = await store.acquire();
    const second = await store.advance(fence, advanceOf({ ordinal: 3, effects: [3, 1] }));
    const third = await store.advance(second, advanceOf({ ordinal: 4, effects: [2] }));
    const [first] = await store.readOutbox(1);
    expect(first?.effect).toEqual(effectOf(3));
    expect(await outboxEffects(store)).toEqual(effectsOf([3, 1, 2]));
    const ids = (await store.readOutbox(2)).map(({ entryId }) => entryId);
    await store.removeFromOutbox(ids);
    await store.removeFromOutbox(ids);
    await store.removeFromOutbox([]);
    expect(await outboxEffects(store)).toEqual(effectsOf([2]));
    expect(await store.readFence()).toEqual(third);
  });

  test("an entry id is never used again, also when the outbox was empty in between", async () => {
    const { harness, store } = given();
    const { fence } = await store.acquire();
    const second = await store.advance(fence, advanceOf({ ordinal: 1, effects: [1] }));
    const ids = (await store.readOutbox(1)).map(({ entryId }) => entryId);
    await store.removeFromOutbox(ids);
    const later = await harness.open();
    await later.advance(second, advanceOf({ ordinal: 2, effects: [2] }));
    await later.removeFromOutbox(ids);
    expect(await outboxEffects(later)).toEqual(effectsOf([2]));
    await later.close();
  });

  test("waiting ends at once where something was not read yet", async () => {
    const { store } = given();
    const { fence } = await store.acquire();
    const second = await store.advance(fence, advanceOf({ ordinal: 2, effects: [1, 2] }));
    await store.waitForOutbox(60_000);
    await store.readOutbox(1);
    await store.waitForOutbox(60_000);
    await store.readOutbox(2);
    await store.advance(second, advanceOf({ ordinal: 3, effects: [3] }));
    await store.waitForOutbox(60_000);
  });

  test("waiting ends when something comes in, and by itself where nothing does", async () => {
    const { store } = given();
    const { fence } = await store.acquire();
    await store.waitForOutbox(1);
    const ended: string[] = [];
    const waiting = store.waitForOutbox(60_000).then(() => ended.push("wait"));
    await store.advance(fence, advanceOf({ ordinal: 2, effects: [1] }));
    await waiting;
    expect(ended).toEqual(["wait"]);
  });
}
