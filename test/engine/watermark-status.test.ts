import { expect, test } from "vitest";
import { durationMs } from "../../src/core/time/instant.ts";
import type { SourceTime } from "../../src/core/time/source-time.ts";
import { createShardRig } from "./shard-rig.ts";

const byUser: SourceTime = {
  source: "events",
  outOfOrdernessMs: durationMs(0),
  idleMs: durationMs(500),
  maxFutureMs: durationMs(Infinity),
  partitions: { by: "user", expect: ["ann", "bob"] },
};

test("the status names who holds the watermark, until it is idle; what is read again says the same", async () => {
  const rig = createShardRig();
  rig.pay("ann", "cid");
  const options = { sources: [byUser], idleMs: 1_000 };
  const first = rig.run({ ...options, store: { ...rig.store, commit: () => new Promise(() => undefined) } });
  await rig.clock.advanceUntil(() => first.status().sequence === 2);
  expect(first.status()).toMatchObject({
    watermarkMs: undefined,
    inputCount: 3,
    idleInputCount: 0,
    watermarkHeldBy: { source: "events", partition: "bob", watermarkMs: undefined },
  });
  await rig.clock.advanceUntil(() => first.status().isIdle);
  // Who was expected and never came holds nothing for ever: cid was the last to become idle.
  const idle = { watermarkMs: 1_001, inputCount: 3, idleInputCount: 3, watermarkHeldBy: undefined };
  expect(first.status()).toMatchObject(idle);
  expect(rig.shard.journal.map(({ entry }) => entry.kind)).toContain("idle");
  const second = rig.run(options);
  await rig.clock.advanceUntil(() => second.status().isReady);
  expect(second.status()).toMatchObject(idle);
  rig.pay("ann");
  await rig.clock.advanceUntil(() => second.status().sequence === 3);
  expect(second.status()).toMatchObject({
    watermarkMs: 1_002,
    idleInputCount: 2,
    watermarkHeldBy: { source: "events", partition: "ann", watermarkMs: 1_002, lagMs: expect.any(Number) },
  });
});

test("a source without partitions holds its watermark itself", async () => {
  const rig = createShardRig();
  rig.pay("ann");
  const shard = rig.run();
  await rig.clock.advanceUntil(() => shard.status().sequence === 1);
  expect(shard.status().watermarkHeldBy).toEqual({ source: "events", watermarkMs: 1_000, lagMs: 1 });
  expect([shard.status().inputCount, shard.status().idleInputCount]).toEqual([1, 0]);
});
