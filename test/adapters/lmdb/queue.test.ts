import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openEnvironment, type LmdbEnvironment } from "../../../src/adapters/lmdb/environment.ts";
import { lmdbQueue } from "../../../src/adapters/lmdb/queue.ts";
import { createManualClock } from "../../contract/manual-clock.ts";
import { queueContract } from "../../contract/queue.ts";
import { recordTelemetry } from "../../contract/recorded-telemetry.ts";

const dirs: string[] = [];

function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "tocsin-queue-"));
  dirs.push(dir);
  return dir;
}

afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function idsLeft(environment: LmdbEnvironment, channel: string): readonly string[] {
  const due = environment.json("queue-due").range({ start: [channel], end: [channel, Number.MAX_SAFE_INTEGER] });
  return due.map(({ value }) => String(value));
}

queueContract("lmdb", async () => {
  const environment = await openEnvironment(temporaryDir());
  const clock = createManualClock();
  const telemetry = recordTelemetry();
  const queue = lmdbQueue(environment, { clock, telemetry });
  const other = lmdbQueue(environment, { clock, telemetry });
  return {
    queue,
    other,
    now: () => clock.now(),
    async until(isDone) {
      for (let step = 0; !(await isDone()); step += 1) {
        if (step > 10_000) throw new Error("not done after 50 s");
        await clock.advance(5);
      }
    },
    idsLeft: async (channel) => idsLeft(environment, channel),
    async close() {
      await Promise.all([queue.close(), other.close()]);
      await environment.close();
    },
  };
});

test("what was in hand at a crash comes again when the folder is opened again", async () => {
  const dir = temporaryDir();
  const clock = createManualClock();
  const telemetry = recordTelemetry();
  const before = await openEnvironment(dir);
  const handed: string[] = [];
  const crashing = lmdbQueue(before, { clock, telemetry });
  crashing.work("a", 1, async (id) => {
    handed.push(id);
    return await new Promise(() => undefined);
  });
  await crashing.enqueue("a", ["d1", "d2"]);
  await clock.advanceUntil(() => handed.length === 1);
  await before.close();

  const after = await openEnvironment(dir);
  const queue = lmdbQueue(after, { clock, telemetry });
  queue.work("a", 1, async (id) => {
    handed.push(id);
    return { kind: "done" };
  });
  await clock.advanceUntil(() => handed.length === 3);
  expect(handed).toEqual(["d1", "d1", "d2"]);
  await queue.close();
  await after.close();
});

test("a disk that is full for a while doubles work at most, and says so", async () => {
  const environment = await openEnvironment(temporaryDir());
  const clock = createManualClock();
  const telemetry = recordTelemetry();
  let isFull = false;
  const filling: LmdbEnvironment = {
    ...environment,
    transaction: (action) => (isFull ? Promise.reject(new Error("the disk is full")) : environment.transaction(action)),
  };
  const queue = lmdbQueue(filling, { clock, telemetry });
  await queue.enqueue("a", ["d1"]);
  isFull = true;
  let callCount = 0;
  queue.work("a", 1, async () => {
    callCount += 1;
    if (callCount === 3) isFull = false;
    return { kind: "done" };
  });
  await clock.advanceUntil(() => idsLeft(environment, "a").length === 0);
  expect(callCount).toBe(3);
  expect(telemetry.lines.filter(({ level }) => level === "error")).toHaveLength(2);
  await queue.close();
  await environment.close();
});
