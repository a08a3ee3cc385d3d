import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LmdbEnvironment, openEnvironment } from "../../../src/adapters/lmdb/environment.ts";
import { type LocalLog, openLocalLog } from "../../../src/adapters/lmdb/local-log.ts";
import { systemClock } from "../../../src/adapters/system/clock.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { Source } from "../../../src/ports/source.ts";
import { describeSource } from "../../contract/source.ts";

let dir: string;
let environment: LmdbEnvironment;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tocsin-log-"));
  environment = await openEnvironment(dir);
});
afterEach(async () => {
  await environment.close();
  await rm(dir, { recursive: true });
});

describeSource("local log", async () => {
  const own = await mkdtemp(join(tmpdir(), "tocsin-log-"));
  const store = await openEnvironment(own);
  const log = await openLocalLog({ name: "in", environment: store, clock: systemClock });
  return {
    reader: () => log.source("in"),
    append: async (bodies) => {
      await log.append(bodies.map((body) => ({ bytes: Buffer.from(body) })));
    },
    firstSequence: 0,
    hasStamps: true,
    close: async () => {
      await store.close();
      await rm(own, { recursive: true });
    },
  };
});

const bodies = (...texts: string[]): { bytes: Uint8Array }[] => texts.map((text) => ({ bytes: Buffer.from(text) }));

function openLog(options: { clock?: Clock; maxBytes?: number; maxProducers?: number } = {}): Promise<LocalLog> {
  return openLocalLog({ name: "in", environment, clock: systemClock, ...options });
}

async function reopen(): Promise<void> {
  await environment.close();
  environment = await openEnvironment(dir);
}

async function readAll(source: Source, from = 0): Promise<string[]> {
  await source.seek(from);
  const texts: string[] = [];
  for (;;) {
    const batch = await source.pull({ messageCountMax: 7, waitMs: 0 });
    texts.push(...batch.messages.map((message) => Buffer.from(message.bytes).toString()));
    if (batch.isAtEnd) return texts;
  }
}

test("what was appended is there after the store is opened again, and is the same log", async () => {
  const log = await openLog();
  const before = await log.source("in").open();
  expect(before).toMatchObject({ firstSequence: 0, lastSequence: -1 });
  expect(await log.append([{ bytes: Buffer.from("a"), subject: "auth.login", headers: { "ce-id": "1" } }])).toBe(0);
  await reopen();
  const again = await openLog();
  expect(await again.append(bodies("b"))).toBe(1);
  const source = again.source("in");
  expect(await source.open()).toEqual({ ...before, lastSequence: 1 });
  await source.seek(0);
  const { messages } = await source.pull({ messageCountMax: 10, waitMs: 0 });
  expect(messages).toMatchObject([
    { sequence: 0, subject: "auth.login", headers: { "ce-id": "1" } },
    { sequence: 1, subject: undefined, headers: undefined },
  ]);
});

test("stamps are the clock's and never go back, not even over a restart", async () => {
  let nowMs = 1_000;
  const clock: Clock = { now: () => nowMs, sleep: async () => undefined };
  const log = await openLog({ clock });
  await log.append(bodies("a"));
  nowMs = 400;
  await log.append(bodies("b"));
  await reopen();
  const again = await openLog({ clock });
  await again.append(bodies("c"));
  nowMs = 1_500;
  await again.append(bodies("d"));
  const stamps: (number | undefined)[] = [];
  for (const sequence of [0, 1, 2, 3, 4]) stamps.push(await again.source("in").stampOf(sequence));
  expect(stamps).toEqual([1_000, 1_000, 1_000, 1_500, undefined]);
});

test("appends that meet share one write and keep their order", async () => {
  let writes = 0;
  const log = await openLog();
  environment.onWrite(() => {
    writes += 1;
  });
  const results = await Promise.all([log.append(bodies("a", "b")), log.append([]), log.append(bodies("c"))]);
  expect(results).toEqual([1, 1, 2]);
  expect(writes).toBe(1);
  expect(await readAll(log.source("in"))).toEqual(["a", "b", "c"]);
});

describe("a producer", () => {
  test("may send an append again, whole or from its middle", async () => {
    const log = await openLog();
    await log.append(bodies("a", "b"), { producer: { name: "p", sequence: 10 } });
    await log.append(bodies("a", "b"), { producer: { name: "p", sequence: 10 } });
    await log.append(bodies("b", "c"), { producer: { name: "p", sequence: 11 } });
    await log.append(bodies("a"), { producer: { name: "q", sequence: 0 } });
    expect(log.producerSequence("p")).toBe(12);
    expect(log.producerSequence("q")).toBe(0);
    expect(log.producerSequence("r")).toBeUndefined();
    expect(await readAll(log.source("in"))).toEqual(["a", "b", "c", "a"]);
  });

  test("is known after the store is opened again and the messages are released", async () => {
    const log = await openLog();
    await log.append(bodies("a", "b"), { producer: { name: "p", sequence: 0 } });
    await log.release(2);
    await reopen();
    const again = await openLog();
    await again.append(bodies("b", "c"), { producer: { name: "p", sequence: 1 } });
    expect(await readAll(again.source("in"), 2)).toEqual(["c"]);
  });

  test("two appends of one in the same write are told apart too", async () => {
    const log = await openLog();
    const twice = [1, 2].map(() => log.append(bodies("a"), { producer: { name: "p", sequence: 0 } }));
    expect(await Promise.all(twice)).toEqual([0, 0]);
  });

  test("beyond the most is refused, and known ones are not", async () => {
    const log = await openLog({ maxProducers: 1 });
    await log.append(bodies("a"), { producer: { name: "p", sequence: 0 } });
    await expect(log.append(bodies("b"), { producer: { name: "q", sequence: 0 } })).rejects.toMatchObject({
      code: "STORE_FULL",
      retryable: false,
    });
    expect(await log.append(bodies("b"), { producer: { name: "p", sequence: 1 } })).toBe(1);
  });

  test("any way of sending again gives each message once", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 6 })), { maxLength: 8 }),
        async (sends) => {
          run += 1;
          const log = await openLocalLog({ name: `run${run % 20}`, environment, clock: systemClock });
          const start = log.size.messages + (await log.source("s").open()).firstSequence;
          const producer = `p${run}`;
          const want: string[] = [];
          let last = -1;
          for (const [from, count] of sends) {
            const numbers = Array.from({ length: count }, (_, index) => from + index);
            want.push(...numbers.filter((number) => number > last).map(String));
            last = Math.max(last, from + count - 1);
            await log.append(bodies(...numbers.map(String)), { producer: { name: producer, sequence: from } });
          }
          expect(await readAll(log.source("s"), start)).toEqual(want);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("room", () => {
  test("an append that does not fit is refused whole, others go on, and releasing makes room", async () => {
    const log = await openLog({ maxBytes: 1_000 });
    const big = [{ bytes: Buffer.alloc(400) }];
    await log.append(big);
    const [first, second, small] = await Promise.allSettled([
      log.append(big),
      log.append(big),
      log.append(bodies("s")),
    ]);
    expect([first?.status, second?.status, small?.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(second).toMatchObject({ reason: { code: "STORE_FULL", retryable: true, retryAfterMs: 1_000 } });
    expect(log.size).toEqual({ messages: 3, bytes: 2 * 464 + 65 });
    await log.release(1);
    expect(log.size).toEqual({ messages: 2, bytes: 464 + 65 });
    expect(await log.append(big)).toBe(3);
  });

  test("a refused append leaves its producer where it was", async () => {
    const log = await openLog({ maxBytes: 100 });
    await expect(
      log.append([{ bytes: Buffer.alloc(400) }], { producer: { name: "p", sequence: 0 } }),
    ).rejects.toMatchObject({ code: "STORE_FULL" });
    expect(log.producerSequence("p")).toBeUndefined();
  });

  test("release takes what lies before, more than one transaction's worth, and no more than there is", async () => {
    const log = await openLog();
    await log.append(Array.from({ length: 12_000 }, (_, index) => ({ bytes: Buffer.from(String(index)) })));
    await log.release(11_000);
    await log.release(5);
    expect(log.size.messages).toBe(1_000);
    expect(await log.source("in").open()).toMatchObject({ firstSequence: 11_000, lastSequence: 11_999 });
    await log.release(99_999);
    expect(log.size).toEqual({ messages: 0, bytes: 0 });
    expect(await log.append(bodies("x"))).toBe(12_000);
  });

  test("what was released and is asked for again is a gap, told once", async () => {
    const log = await openLog();
    await log.append(bodies("a", "b", "c"));
    await log.release(2);
    const source = log.source("in");
    await source.seek(0);
    expect(await source.pull({ messageCountMax: 1, waitMs: 0 })).toMatchObject({
      gap: { from: 0, to: 1 },
      messages: [{ sequence: 2 }],
    });
    expect((await source.pull({ messageCountMax: 1, waitMs: 0 })).gap).toBeUndefined();
  });

  test("a position behind the end: the store is older than the state", async () => {
    const log = await openLog();
    await log.append(bodies("a"));
    await log.source("in").seek(1);
    await expect(log.source("in").seek(2)).rejects.toMatchObject({ code: "SOURCE_ROLLED_BACK" });
  });

  test("a batch ends at about 8 MiB", async () => {
    const log = await openLog();
    await log.append(Array.from({ length: 20 }, () => ({ bytes: Buffer.alloc(1024 * 1024) })));
    const source = log.source("in");
    await source.seek(0);
    const { messages } = await source.pull({ messageCountMax: 100, waitMs: 0 });
    expect(messages.length).toBeGreaterThanOrEqual(7);
    expect(messages.length).toBeLessThanOrEqual(9);
  });
});

test("appends and releases that meet lose nothing", async () => {
  const log = await openLog();
  await log.append(bodies(...Array.from({ length: 6_000 }, (_, index) => String(index))));
  // Released in two transactions, between which an append may come.
  const releasing = log.release(5_500);
  const appending = log.append(bodies("x"));
  const both = [log.release(5_501), log.append(bodies("y"))];
  await Promise.all([releasing, appending, ...both]);
  for (let round = 0; round < 50; round += 1) {
    let released: Promise<void> | undefined;
    const stop = environment.onWrite(() => {
      stop();
      released = log.release(5_502 + round);
    });
    await log.append(bodies(String(round)));
    await released;
  }
  await reopen();
  const again = await openLog();
  expect(await again.source("in").open()).toMatchObject({ firstSequence: 5_551, lastSequence: 6_051 });
  expect(again.size).toEqual({ messages: 501, bytes: log.size.bytes });
  expect((await readAll(again.source("in"), 5_998)).slice(0, 6)).toEqual(["5998", "5999", "x", "y", "0", "1"]);
});

test("a damaged record is told", async () => {
  const log = await openLog();
  await log.append(bodies("a"));
  await environment.transaction(() => environment.bytes("log-in-messages").put(0, Uint8Array.of(1, 2)));
  await expect(log.source("in").stampOf(0)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
});
