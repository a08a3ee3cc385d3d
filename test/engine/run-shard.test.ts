import { expect, test } from "vitest";
import { segmentBytesMax } from "../../src/core/shard/segment.ts";
import { CepError } from "../../src/ports/error.ts";
import type { ShardStore } from "../../src/ports/shard-store.ts";
import { createShardRig } from "./shard-rig.ts";

const storeAway = () => new CepError("STORE_UNAVAILABLE", "planted", { retryable: true });
const sourceAway = () => new CepError("SOURCE_UNAVAILABLE", "planted", { retryable: true });
const never = (): Promise<never> => new Promise(() => undefined);

test("a store that is away at start is waited for, with one line in the log", async () => {
  const rig = createShardRig();
  rig.pay("ann");
  let failCount = 5;
  const acquire: ShardStore["acquire"] = async () => {
    if ((failCount -= 1) >= 0) throw storeAway();
    return rig.store.acquire();
  };
  const running = rig.run({ store: { ...rig.store, acquire } });
  await rig.clock.advanceUntil(() => rig.evidence().length === 1);
  expect(rig.telemetry.lines.filter(({ level }) => level === "error")).toHaveLength(1);
  const stopped = running.stop();
  await rig.clock.advance(1_000);
  await stopped;
});

const waits: readonly { why: string; options: Parameters<ReturnType<typeof createShardRig>["run"]>[0] }[] = [
  { why: "the source does not open", options: { source: { open: () => Promise.reject(sourceAway()) } } },
  { why: "the source gives nothing", options: { source: { pull: () => Promise.reject(sourceAway()) } } },
];

test.each(waits)("a stop ends the run while $why", async ({ options }) => {
  const rig = createShardRig();
  rig.pay("ann");
  const running = rig.run(options);
  await rig.clock.advance(2_500);
  const stopped = running.stop();
  await rig.clock.advance(1_000);
  await stopped;
  await running.finished;
});

test("a stop while the store is away gives up after its grace, and the next run goes on", async () => {
  const rig = createShardRig();
  rig.pay("ann");
  const running = rig.run({ store: { ...rig.store, advance: () => Promise.reject(storeAway()) } });
  await rig.clock.advance(1_000);
  const stopped = running.stop();
  await rig.clock.advance(3_000);
  await stopped;
  expect(rig.told).toEqual([]);
  rig.run();
  await rig.clock.advanceUntil(() => rig.evidence().length === 1);
  expect(rig.told).toHaveLength(1);
});

test("a shard that another process takes ends with a clear message, and tells nobody of what it could not write", async () => {
  const rig = createShardRig();
  const first = rig.run();
  await rig.clock.advance(300);
  await rig.store.acquire();
  rig.pay("ann");
  await rig.clock.advance(1_000);
  await expect(first.finished).rejects.toThrow("another process has taken the shard over");
  expect({ told: rig.told, outbox: rig.shard.outbox }).toEqual({ told: [], outbox: [] });
});

test("a store that lost writes is loaded again, with the documents that it lost", async () => {
  const rig = createShardRig();
  const before = structuredClone(rig.shard);
  const running = rig.run({ intervalMs: 500 });
  rig.pay("ann");
  await rig.clock.advanceUntil(() => rig.shard.checkpoint !== undefined);
  Object.assign(rig.shard, before, { documents: new Map() });
  rig.pay("bob");
  await rig.clock.advanceUntil(() => rig.shard.checkpoint?.sources[0]?.sequence === 2);
  expect(rig.evidence()).toEqual(["e1", "e2"]);
  const stopped = running.stop();
  await rig.clock.advance(1_000);
  await stopped;
});

test("a stop in the middle of recovery commits, and what is visible stays what has to be recovered", async () => {
  const rig = createShardRig();
  rig.pay("a", "b", "c", "d", "e", "f", "g", "h", "i");
  rig.run({ store: { ...rig.store, commit: never } });
  await rig.clock.advanceUntil(() => rig.evidence().length === 9);
  const through = structuredClone(rig.shard.through);
  let pullCount = 0;
  const second = rig.run({
    source: {
      pull: async () => {
        pullCount += 1;
        if (pullCount > 1) throw sourceAway();
        return { messages: rig.messages.slice(0, 4), isAtEnd: false, isFinished: false };
      },
    },
  });
  await rig.clock.advance(500);
  const stopped = second.stop();
  await rig.clock.advance(1_000);
  await stopped;
  expect(rig.shard.checkpoint?.sources[0]?.sequence).toBe(4);
  expect(rig.shard.through).toEqual(through);
});

test("messages that are gone when they are to be read again count as entries, and leave an alarm", async () => {
  const rig = createShardRig();
  rig.pay("a", "b", "c");
  rig.run({ store: { ...rig.store, commit: never } });
  await rig.clock.advanceUntil(() => rig.evidence().length === 3);
  rig.pay("d");
  let isFirst = true;
  const second = rig.run({
    source: {
      async pull({ waitMs }) {
        if (!isFirst) await rig.clock.sleep(waitMs);
        const given = isFirst ? { messages: rig.messages.slice(2), gap: { from: 1, to: 2 } } : { messages: [] };
        isFirst = false;
        return { ...given, isAtEnd: true, isFinished: false };
      },
    },
  });
  await rig.clock.advanceUntil(() => rig.evidence().length === 4);
  expect(second.status()).toMatchObject({ isReady: true, sequence: 4 });
  expect(rig.shard.outbox.filter(({ effect }) => effect.kind === "alarm")).toHaveLength(1);
  expect(rig.telemetry.counts.get("tocsin_log_gaps_total")).toBe(1);
});

test("a log that ends before what is visible was rolled back: nothing is guessed", async () => {
  const rig = createShardRig();
  rig.pay("a", "b", "c");
  rig.run({ store: { ...rig.store, commit: never } });
  await rig.clock.advanceUntil(() => rig.evidence().length === 3);
  rig.messages.length = 1;
  const second = rig.run();
  await rig.clock.advance(2_000);
  await expect(second.finished).rejects.toMatchObject({ code: "SOURCE_ROLLED_BACK" });
});

test("state larger than a segment may be is cut, and comes back whole", async () => {
  const rig = createShardRig();
  rig.pay(...Array.from({ length: 8_000 }, (_, index) => `user ${index} ${"x".repeat(100)}`));
  const first = rig.run({ outOfOrdernessMs: 1_000_000 });
  await rig.clock.advanceUntil(() => first.status().sequence === 8_000);
  const stopped = first.stop();
  await rig.clock.advance(1_000);
  await stopped;
  const sizes = [...rig.shard.segments.values()].map(({ length }) => length);
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBe(segmentBytesMax);
  const second = rig.run({ outOfOrdernessMs: 1_000_000 });
  await rig.clock.advanceUntil(() => second.status().isReady);
  expect(second.status().waitingEventCount).toBe(8_000);
});

test("every segment ends after as many commits as there are key groups, and takes no record with it", async () => {
  const rig = createShardRig();
  // So many that every key group has some
  const users = Array.from({ length: 900 }, (_, index) => `user ${index}`);
  rig.pay("ann", ...users);
  const first = rig.run({ intervalMs: 1 });
  const names = new Set<string>();
  for (let n = 0; n < 300; n += 1) {
    rig.pay("bob");
    await rig.clock.advanceUntil(() => rig.shard.checkpoint?.sources[0]?.sequence === rig.messages.length);
    expect(rig.shard.checkpoint?.segments.length).toBeLessThanOrEqual(129);
    for (const name of rig.shard.segments.keys()) names.add(name);
  }
  expect(names.size).toBeGreaterThan(280);
  const stopped = first.stop();
  await rig.clock.advance(1_000);
  await stopped;
  // Ann's one payment was written into a segment that ended long ago: with 999 more she has her thousand
  rig.pay(...Array.from({ length: 999 }, () => "ann"));
  const second = rig.run();
  const isSum = () => rig.shard.outbox.some(({ effect }) => effect.kind === "alert" && effect.alert.rule === "sum");
  await rig.clock.advanceUntil(isSum);
  expect(second.status().keyCount).toBe(users.length + 2);
});
