import { expect, test } from "vitest";
import { ShardLostError, StoppedWhileAwayError, StoreWriter } from "../../src/engine/store-writer.ts";
import { CepError } from "../../src/ports/error.ts";
import { createManualClock } from "../contract/manual-clock.ts";
import { memoryShard, memoryShardStore } from "../contract/memory-shard-store.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";
import { advanceOf } from "../contract/shard-store-fixture.ts";

const away = () => new CepError("STORE_UNAVAILABLE", "planted", { retryable: true });

async function setUp() {
  const shard = memoryShard();
  let owners = 0;
  const store = memoryShardStore(shard, { newOwner: () => `owner ${(owners += 1)}`, sleep: async () => {} });
  const { fence } = await store.acquire();
  const clock = createManualClock();
  const stopping = new AbortController();
  const writer = new StoreWriter({ store, fence, clock, telemetry: recordTelemetry(), signal: stopping.signal });
  return { shard, store, clock, stopping, writer };
}

test("a write whose reply is lost counts as applied, and is not sent again", async () => {
  const { shard, store, clock, writer } = await setUp();
  let sendCount = 0;
  const writing = writer.write(async (fence) => {
    sendCount += 1;
    await store.advance(fence, advanceOf({ effects: [1], ordinal: 1 }));
    throw away();
  });
  await clock.advance(1_000);
  await writing;
  expect({ sendCount, lsn: shard.lsn, fence: writer.fence.lsn }).toEqual({ sendCount: 1, lsn: 2, fence: 2 });
});

test("a write that did not come to the store is sent again", async () => {
  const { shard, store, clock, writer } = await setUp();
  let sendCount = 0;
  const writing = writer.write(async (fence) => {
    sendCount += 1;
    if (sendCount === 1) throw away();
    return store.advance(fence, advanceOf({ effects: [1], ordinal: 1 }));
  });
  await clock.advance(1_000);
  await writing;
  expect({ sendCount, outbox: shard.outbox.length, fence: writer.fence.lsn }).toEqual({
    sendCount: 2,
    outbox: 1,
    fence: 2,
  });
});

const losses: readonly { why: string; owner: string; lsn: number; isTaken: boolean }[] = [
  { why: "another owner who went on from here took the shard", owner: "other", lsn: 2, isTaken: true },
  { why: "this owner, with fewer writes: the store lost some", owner: "owner 1", lsn: 0, isTaken: false },
  { why: "this owner, with more writes than were made", owner: "owner 1", lsn: 4, isTaken: false },
  { why: "an earlier owner: the store went back to before the acquire", owner: "earlier", lsn: 0, isTaken: false },
];

test.each(losses)("fenced: $why", async ({ owner, lsn, isTaken }) => {
  const { shard, store, writer } = await setUp();
  Object.assign(shard, { owner, lsn });
  const error: unknown = await writer
    .write((fence) => store.advance(fence, advanceOf({ ordinal: 1 })))
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ShardLostError);
  expect(error).toMatchObject({ isTaken });
});

test("a stop ends the wait for a store that is away", async () => {
  const { clock, stopping, writer } = await setUp();
  const writing = writer.write(() => Promise.reject(away()));
  await clock.advance(100);
  stopping.abort();
  await expect(writing).rejects.toBeInstanceOf(StoppedWhileAwayError);
});

test("what waiting does not mend is thrown at once", async () => {
  const { writer } = await setUp();
  const damaged = new CepError("STORE_DAMAGED", "planted");
  await expect(writer.write(() => Promise.reject(damaged))).rejects.toBe(damaged);
});
