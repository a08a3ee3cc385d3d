import { expect, test } from "vitest";
import { AssertionError } from "../../src/core/base/assert.ts";
import type { ShardStore } from "../../src/ports/shard-store.ts";
import { advanceOf, commitOf } from "./shard-store-fixture.ts";
import { type Given, look } from "./shard-store-harness.ts";

export function segmentTests(given: Given): void {
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

export function documentTests(given: Given): void {
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

  test("an acquire takes none away: they may have been put for what comes after it", async () => {
    const { store } = given();
    await store.putDocuments("d1", "d1");
    const { fence } = await store.acquire();
    await store.commit(fence, commitOf({ ordinal: 1, documents: "d1" }));
    await store.putDocuments("d2", "d2");
    await store.acquire();
    expect(await Promise.all(["d1", "d2"].map((hash) => store.getDocuments(hash)))).toEqual(["d1", "d2"]);
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

export function contentTests(given: Given): void {
  const bytes = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => (index * 37) % 251);
  const namesIn = async (store: ShardStore, ...names: readonly string[]) => {
    const absent = new Set(await store.absentContents(names));
    return names.filter((name) => !absent.has(name));
  };

  test("come back byte for byte, the empty one and one of 1 MiB too, to a store opened later", async () => {
    const { harness, store } = given();
    await store.putDocuments("d1", "text", ["empty", "large"]);
    expect(await store.absentContents(["large", "other", "empty"])).toEqual(["large", "other", "empty"]);
    await store.putContent("empty", new Uint8Array(0));
    await store.putContent("large", bytes);
    await store.putContent("large", bytes);
    const later = await harness.open();
    expect(await later.absentContents(["large", "other", "empty"])).toEqual(["other"]);
    expect(await later.absentContents([])).toEqual([]);
    expect(Buffer.compare((await later.getContent("large")) ?? new Uint8Array(1), bytes)).toBe(0);
    expect(await later.getContent("empty")).toHaveLength(0);
    expect(await later.getContent("other")).toBeUndefined();
    await later.close();
  });

  test("more than 1 MiB is a bug", async () => {
    const { store } = given();
    await expect(store.putContent("c", new Uint8Array(1024 * 1024 + 1))).rejects.toThrow(AssertionError);
  });

  test("a commit under documents that lack one is refused: the store has lost it", async () => {
    const { harness, store } = given();
    const { fence } = await store.acquire();
    await store.putDocuments("d1", "d1", ["c1", "c2"]);
    await store.putContent("c1", Uint8Array.of(1));
    const before = await look({ harness, store });
    const commit = commitOf({ ordinal: 3, journal: [1], effects: [1] });
    await expect(store.commit(fence, commit)).rejects.toMatchObject({ code: "STORE_FENCED", retryable: false });
    expect(await look({ harness, store })).toEqual(before);
    await store.putContent("c2", Uint8Array.of(2));
    expect(await store.commit(fence, commit)).toEqual({ owner: fence.owner, lsn: fence.lsn + 1 });
  });

  test("go with the last documents that they belong to", async () => {
    const { store } = given();
    let { fence } = await store.acquire();
    await store.putDocuments("d1", "d1", ["c1", "both", "later"]);
    await store.putDocuments("d2", "d2", ["c2", "both"]);
    await store.putDocuments("d3", "d3", ["later", "absent"]);
    const names = ["c1", "c2", "both", "later"];
    for (const name of names) await store.putContent(name, Uint8Array.of(1));
    fence = await store.commit(fence, commitOf({ ordinal: 1, documents: "d1" }));
    fence = await store.commit(fence, commitOf({ ordinal: 2, documents: "d1" }));
    expect(await namesIn(store, ...names)).toEqual(names);
    await store.commit(fence, commitOf({ ordinal: 3, documents: "d2" }));
    expect(await namesIn(store, ...names)).toEqual(["c2", "both", "later"]);
    expect(await store.getContent("c1")).toBeUndefined();
  });

  test("stay while the journal goes back to their documents", async () => {
    const { store } = given();
    let { fence } = await store.acquire();
    for (const number of [1, 2]) {
      await store.putDocuments(`d${number}`, "text", [`c${number}`]);
      await store.putContent(`c${number}`, Uint8Array.of(number));
    }
    fence = await store.commit(fence, commitOf({ ordinal: 1, documents: "d1" }));
    const journal = [
      { ordinal: 2, entry: { kind: "activation", documents: "d2" } as const },
      { ordinal: 4, entry: { kind: "activation", documents: "d1" } as const },
    ];
    fence = await store.advance(fence, { ...advanceOf({ ordinal: 4 }), journal });
    fence = await store.commit(fence, commitOf({ ordinal: 4, checkpointOrdinal: 3, documents: "d2" }));
    expect(await namesIn(store, "c1", "c2")).toEqual(["c1", "c2"]);
    await store.commit(fence, commitOf({ ordinal: 5, documents: "d1" }));
    expect(await namesIn(store, "c1", "c2")).toEqual(["c1"]);
  });

  test("an acquire takes none away", async () => {
    const { store } = given();
    await store.putDocuments("d1", "d1", ["c1"]);
    await store.putContent("c1", Uint8Array.of(1));
    await store.acquire();
    expect(await namesIn(store, "c1")).toEqual(["c1"]);
  });
}
