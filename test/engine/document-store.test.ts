import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { documentSetHash, noDocuments } from "../../src/core/plan/document-set.ts";
import type { DocumentSet } from "../../src/core/plan/document-set.ts";
import { sha256OfBytes } from "./sha256-of-bytes.ts";
import { getDocumentSet, putDocumentSet } from "../../src/engine/document-store.ts";
import type { Patiently } from "../../src/engine/document-store.ts";
import type { ShardStore } from "../../src/ports/shard-store.ts";
import { readDocumentSet } from "../../src/spec/document-set-text.ts";
import { memoryShard, memoryShardStore } from "../contract/memory-shard-store.ts";

const partSize = 1024 * 1024;
const patiently: Patiently = (call) => call();

function setOf(...files: readonly Uint8Array[]): DocumentSet {
  const lists = files.map((bytes, index) => ({
    id: `l${index}`,
    document: { file: `l${index}.txt` },
    content: { format: "txt" as const, sha256: sha256OfBytes(bytes), bytes },
  }));
  return { ...noDocuments, lists };
}

const bytesOf = (length: number, seed: number) => Uint8Array.from({ length }, (_, at) => (at * 31 + seed) % 251);

/** Bytes by their hash: element by element a comparison of megabytes takes minutes. */
function expectSame(found: DocumentSet, wanted: DocumentSet): void {
  const plain = ({ lists, ...rest }: DocumentSet) => ({
    ...rest,
    lists: lists.map(({ content, ...entry }) => ({
      ...entry,
      content: content && { ...content, bytes: [content.bytes.length, sha256OfBytes(content.bytes)] },
    })),
  });
  expect(plain(found)).toEqual(plain(wanted));
}

function createRig() {
  const shard = memoryShard();
  const written: string[] = [];
  const plain = memoryShardStore(shard, { newOwner: () => "owner", sleep: async () => {} });
  const store: ShardStore = {
    ...plain,
    async putContent(name, bytes) {
      written.push(name);
      return plain.putContent(name, bytes);
    },
  };
  return {
    shard,
    store,
    written,
    put: (set: DocumentSet) => putDocumentSet(store, { hash: documentSetHash(set), set, patiently }),
    get: (set: DocumentSet) => getDocumentSet(store, { hash: documentSetHash(set), read: readDocumentSet, patiently }),
  };
}

describe("documents with files", () => {
  test.each([
    { why: "none", files: [] },
    { why: "an empty one", files: [0] },
    { why: "a small one", files: [10] },
    { why: "one of a part", files: [partSize] },
    { why: "a byte more than a part", files: [partSize + 1] },
    { why: "several parts, and another file", files: [3 * partSize - 1, 5] },
  ])("come back as they were: $why", async ({ files }) => {
    const { put, get } = createRig();
    const set = setOf(...files.map((length, index) => bytesOf(length, index)));
    await put(set);
    expectSame(await get(set), set);
  });

  test("an unchanged file is not written again, nor are two equal ones twice", async () => {
    const { put, get, written } = createRig();
    const file = bytesOf(2 * partSize, 1);
    await put(setOf(file));
    expect(written).toHaveLength(2);
    await put(setOf(file));
    const both = setOf(file, file, bytesOf(3, 2));
    await put(both);
    expect(written).toHaveLength(3);
    expectSame(await get(both), both);
  });

  test("what a killed process left out is written by the next", async () => {
    const { put, get, shard, written } = createRig();
    const set = setOf(bytesOf(3 * partSize, 1));
    await put(set);
    const [, second = ""] = written;
    shard.contents.delete(second);
    await put(set);
    expect(written.slice(3)).toEqual([second]);
    expectSame(await get(set), set);
  });

  test("a file that is damaged or gone is STORE_DAMAGED", async () => {
    const { put, get, shard, written } = createRig();
    const set = setOf(bytesOf(partSize + 9, 1));
    await put(set);
    const [first = "", second = ""] = written;
    const whole = shard.contents.get(second) ?? new Uint8Array();
    for (const bytes of [whole.slice(1), Uint8Array.of(...whole, 1), whole.map((byte) => byte ^ 1)]) {
      shard.contents.set(second, bytes);
      await expect(get(set)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
    }
    shard.contents.set(second, whole);
    expectSame(await get(set), set);
    shard.contents.delete(first);
    await expect(get(set)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  });
});

test("the hash of documents is of their files too", () => {
  const bytes = fc.uint8Array({ maxLength: 20 });
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const isEqual = Buffer.compare(a, b) === 0;
      expect(documentSetHash(setOf(a)) === documentSetHash(setOf(b))).toBe(isEqual);
    }),
  );
});
