import { expect, test } from "vitest";
import { AssertionError } from "../../src/core/base/assert.ts";
import { logTimeMs } from "../../src/core/time/instant.ts";
import type { StoredJournalEntry } from "../../src/ports/shard-store.ts";
import { advanceOf, checkpointOf, commitOf, tickAt } from "./shard-store-fixture.ts";
import { effectsOf, type Given, outboxEffects } from "./shard-store-harness.ts";

export function advanceTests(given: Given): void {
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
      {
        ordinal: 2,
        entry: {
          kind: "list",
          at: logTimeMs(7),
          list: "blocked",
          changes: [
            { kind: "add", member: "ann \u2028 😀", fields: { risk: [1, { deep: null }] }, ttlMs: 5 },
            { kind: "add", member: -0.5, fields: {}, ttlMs: undefined },
            { kind: "remove", member: "" },
          ],
        },
      },
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

export function commitTests(given: Given): void {
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
