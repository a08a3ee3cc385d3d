import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LmdbEnvironment, type LmdbKey, openEnvironment } from "../../../src/adapters/lmdb/environment.ts";
import { lmdbShardStore } from "../../../src/adapters/lmdb/shard-store.ts";
import { advanceOf, commitOf, effectOf, tickAt } from "../../contract/shard-store-fixture.ts";
import { shardStoreContract } from "../../contract/shard-store.ts";
import type { ShardStoreHarness } from "../../contract/shard-store-harness.ts";

const dir = mkdtempSync(join(tmpdir(), "tocsin.shard-store-"));
let environment: LmdbEnvironment;
let shard = 1_000;
beforeAll(async () => {
  environment = await openEnvironment(dir);
  const neighbour = lmdbShardStore(environment, { shard: 0 });
  const { fence } = await neighbour.acquire();
  await neighbour.stageSegment("s1", Uint8Array.of(9));
  await neighbour.advance(fence, advanceOf({ ordinal: 1, journal: [1], effects: [1] }));
});
afterAll(async () => {
  await environment.close();
  rmSync(dir, { recursive: true });
});

/** All shards lie in one folder, each just before the last and behind shard 0: a neighbour that showed would be noticed. */
async function makeHarness(): Promise<ShardStoreHarness> {
  shard -= 1;
  return harnessOf(shard);
}

function harnessOf(shard: number): ShardStoreHarness {
  const part = { start: [shard], end: [shard + 1] };
  const segments = environment.bytes("shard-segments");
  const ledger = environment.json("shard-ledger");
  const nameIn = (key: LmdbKey): string => String(Array.isArray(key) ? key[1] : "");
  return {
    open: async () => lmdbShardStore(environment, { shard }),
    loseSegment: (name) => environment.transaction(() => segments.remove([shard, name])),
    readArchive: async () =>
      environment
        .json("shard-archive")
        .range(part)
        .map(({ value }) => value),
    readLedger: async () => ledger.keys(part).map(nameIn),
    readSegmentNames: async () => segments.keys(part).map(nameIn),
    close: async () => {},
  };
}

shardStoreContract("lmdb", makeHarness);

test("the archive keeps the newest entries, up to its limit", async () => {
  const harness = await makeHarness();
  const store = lmdbShardStore(environment, { shard, archiveCountMax: 3 });
  let { fence } = await store.acquire();
  await store.putDocuments("d1", "text");
  fence = await store.commit(fence, commitOf({ ordinal: 4, journal: [1, 2] }));
  expect(await harness.readArchive()).toHaveLength(2);
  fence = await store.commit(fence, commitOf({ ordinal: 9, journal: [5, 6] }));
  expect(await harness.readArchive()).toEqual([2, 5, 6].map((at) => ({ ordinal: at, entry: tickAt(at * 10) })));
  await store.commit(fence, commitOf({ ordinal: 19, journal: [11, 12, 13, 14, 15] }));
  expect(await harness.readArchive()).toEqual([13, 14, 15].map((at) => ({ ordinal: at, entry: tickAt(at * 10) })));
});

test("a record that is damaged is STORE_DAMAGED, wherever it is read", async () => {
  await makeHarness();
  const store = lmdbShardStore(environment, { shard });
  const { fence } = await store.acquire();
  await store.advance(fence, advanceOf({ ordinal: 1, journal: [1], effects: [1] }));
  const [metas, journal, outbox] = ["shard-meta", "shard-journal", "shard-outbox"].map((name) =>
    environment.json(name),
  );
  await environment.transaction(() => outbox?.put([shard, 1], { kind: "alarm" }));
  await expect(store.readOutbox(1)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  await environment.transaction(() => journal?.put([shard, 1], { ordinal: 1 }));
  await expect(store.acquire()).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  await environment.transaction(() => metas?.put([shard], { owner: 1 }));
  await expect(store.readFence()).rejects.toMatchObject({ code: "STORE_DAMAGED" });
});

/** Runs the writer in another process until it has told of `lineCount` acknowledged writes, then kills it. */
async function killWriter(
  folder: string,
  lineCount: number,
): Promise<{ readonly acknowledged: number; readonly owner: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "write-shard.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
      if (output.split("\n").length > lineCount + 1) child.kill("SIGKILL");
    });
    child.once("close", () => resolve());
  });
  const [owner = "", ...numbers] = output.split("\n").slice(0, -1);
  return { acknowledged: Number(numbers.at(-1)), owner };
}

test("a writer killed at any point leaves its last write whole, and none that it was told of is missing", async () => {
  const folder = join(dir, "killed");
  for (const lineCount of [1, 20, 75]) {
    const { acknowledged, owner } = await killWriter(folder, lineCount);
    const own = await openEnvironment(folder);
    const store = lmdbShardStore(own, { shard: 0 });
    const before = await store.readFence();
    expect(before.owner).toBe(owner);
    const { checkpoint, through, journal } = await store.acquire();
    const last = through?.ordinal ?? -1;
    expect([acknowledged, acknowledged + 1]).toContain(last);
    // The writer commits at each tenth write, and gives each write its journal entry, its effect and its number.
    expect(checkpoint?.ordinal ?? -1).toBe(last - (last % 10));
    expect(journal.map(({ ordinal }) => ordinal)).toEqual(
      Array.from({ length: last % 10 }, (_, index) => last - (last % 10) + index + 1),
    );
    expect((await store.readOutbox(10_000)).at(-1)?.effect).toEqual(effectOf(last));
    for (const name of checkpoint?.segments ?? []) expect((await store.loadSegment(name)).length).toBe(50_000);
    await own.close();
  }
});
