import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Fence, ShardStore } from "../../src/ports/shard-store.ts";
import { contentTests, documentTests, segmentTests } from "./shard-store-contents.ts";
import { advanceOf, checkpointOf, commitOf, effectOf } from "./shard-store-fixture.ts";
import { effectsOf, type Given, look, outboxEffects, type ShardStoreHarness } from "./shard-store-harness.ts";
import { shardStoreModelTest } from "./shard-store-model.ts";
import { advanceTests, commitTests } from "./shard-store-writes.ts";

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

    describe("acquire and the fence", () => {
      fenceTests(given);
    });
    describe("advance", () => {
      advanceTests(given);
    });
    describe("commit", () => {
      commitTests(given);
    });
    describe("segments", () => {
      segmentTests(given);
    });
    describe("documents", () => {
      documentTests(given);
    });
    describe("contents of documents", () => {
      contentTests(given);
    });
    describe("outbox", () => {
      outboxTests(given);
    });
    test("random operations give what the model gives", async () => {
      await expect(shardStoreModelTest(make)).resolves.toBeUndefined();
    });
  });
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

  const stale: readonly { why: string; of: (fence: Fence) => Fence }[] = [
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
    await expect(store.waitForOutbox(60_000)).resolves.toBeUndefined();
    await store.readOutbox(1);
    await expect(store.waitForOutbox(60_000)).resolves.toBeUndefined();
    await store.readOutbox(2);
    await store.advance(second, advanceOf({ ordinal: 3, effects: [3] }));
    await expect(store.waitForOutbox(60_000)).resolves.toBeUndefined();
  });

  test("waiting is not ended by what was read and not removed", async () => {
    const { store } = given();
    const { fence } = await store.acquire();
    const second = await store.advance(fence, advanceOf({ ordinal: 1, effects: [1] }));
    await store.readOutbox(10);
    await store.waitForOutbox(1);
    const ended: string[] = [];
    const waiting = store.waitForOutbox(60_000).then(() => ended.push("wait"));
    for (let turn = 0; turn < 20; turn += 1) await store.readFence();
    expect(ended).toEqual([]);
    await store.advance(second, advanceOf({ ordinal: 2, effects: [2] }));
    await waiting;
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
