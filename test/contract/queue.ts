import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Queue, WorkResult } from "../../src/ports/queue.ts";

export interface QueueUnderTest {
  readonly queue: Queue;
  /** The same data through another instance, as another process has it. */
  readonly other: Queue;
  /** The queue's own time. */
  now(): number;
  /** Waits until `isDone`; where time is simulated, moves it meanwhile. */
  until(isDone: () => boolean | Promise<boolean>): Promise<void>;
  /** Ids that the queue still has, for a channel. */
  idsLeft(channel: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Call {
  readonly id: string;
  readonly attempt: number;
  readonly at: number;
}

const done: WorkResult = { kind: "done" };

/** Every queue passes this. `open` gives an empty one. */
export function queueContract(name: string, open: () => Promise<QueueUnderTest>): void {
  describe(`${name} as a queue`, () => {
    let under: QueueUnderTest;
    let calls: Call[];
    beforeEach(async () => {
      under = await open();
      calls = [];
    });
    afterEach(() => under.close());

    /** Works with `answer`, noting each call. */
    function work(
      channel: string,
      concurrency: number,
      answer: (call: Call) => Promise<WorkResult> | WorkResult,
      queue = under.queue,
    ) {
      return queue.work(channel, concurrency, async (id, attempt) => {
        const call = { id, attempt, at: under.now() };
        calls.push(call);
        return await answer(call);
      });
    }

    test("what is added before and after the workers start reaches them, in order where there is one", async () => {
      await under.queue.enqueue("a", ["d1", "d2"]);
      work("a", 1, () => done);
      await under.until(() => calls.length === 2);
      await under.other.enqueue("a", ["d3"]);
      await under.until(() => calls.length === 3);
      expect(calls.map(({ id, attempt }) => [id, attempt])).toEqual([
        ["d1", 1],
        ["d2", 1],
        ["d3", 1],
      ]);
    });

    test("channels do not mix: one that hangs keeps no other", async () => {
      let release: (result: WorkResult) => void = () => undefined;
      work("a", 1, () => new Promise((resolve) => (release = resolve)));
      work("b", 1, () => done);
      await under.queue.enqueue("a", ["d1", "d2"]);
      await under.queue.enqueue("b", ["d3", "d4"]);
      await under.until(() => calls.length === 3);
      expect(new Set(calls.map(({ id }) => id))).toEqual(new Set(["d1", "d3", "d4"]));
      release(done);
      await under.until(() => calls.length === 4);
      release(done);
    });

    test("at most so many at once", async () => {
      const releases: (() => void)[] = [];
      let peak = 0;
      let active = 0;
      work("a", 3, async () => {
        active += 1;
        peak = Math.max(peak, active);
        await new Promise<void>((resolve) => releases.push(resolve));
        active -= 1;
        return done;
      });
      const ids = Array.from({ length: 7 }, (_, index) => `d${index}`);
      await under.queue.enqueue("a", ids);
      for (let count = 1; count <= 7; count += 1) {
        await under.until(() => releases.length > 0 && active === Math.min(3, 8 - count));
        releases.shift()?.();
      }
      await under.until(() => active === 0);
      expect(peak).toBe(3);
      expect(calls.map(({ id }) => id).sort()).toEqual(ids);
    });

    test("adding again what waits is harmless", async () => {
      await under.queue.enqueue("a", ["d1", "d2", "d1"]);
      await under.other.enqueue("a", ["d2", "d1"]);
      work("a", 1, () => done);
      await under.queue.enqueue("a", ["dlast"]);
      await under.until(() => calls.some(({ id }) => id === "dlast"));
      expect(calls.map(({ id }) => id)).toEqual(["d1", "d2", "dlast"]);
    });

    test("a retry comes again after the time it names, and counts; others pass it meanwhile", async () => {
      work("a", 1, ({ id, attempt }) =>
        id === "d1" && attempt < 3 ? { kind: "retry", afterMs: 150, reason: "busy" } : done,
      );
      await under.queue.enqueue("a", ["d1", "d2"]);
      await under.until(() => calls.filter(({ id }) => id === "d1").length === 3);
      expect(calls.map(({ id, attempt }) => [id, attempt])).toEqual([
        ["d1", 1],
        ["d2", 1],
        ["d1", 2],
        ["d1", 3],
      ]);
      const [first, second, third] = calls.filter(({ id }) => id === "d1").map(({ at }) => at);
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(149);
      expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(149);
    });

    test("a handler that throws is a retry: nothing is lost by it", async () => {
      work("a", 1, ({ attempt }) => {
        if (attempt === 1) throw new Error("a bug");
        return done;
      });
      await under.queue.enqueue("a", ["d1"]);
      await under.until(() => calls.length === 2);
      expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    test("what is done leaves nothing, so that the same id may come again", async () => {
      work("a", 2, () => done);
      await under.queue.enqueue("a", ["d1"]);
      await under.until(() => calls.length === 1);
      await under.until(async () => (await under.idsLeft("a")).length === 0);
      await under.queue.enqueue("a", ["d1"]);
      await under.until(() => calls.length === 2);
    });

    test("stop waits for what is in hand and takes nothing more; the rest waits for the next", async () => {
      let release: (result: WorkResult) => void = () => undefined;
      const worker = work("a", 1, () => new Promise((resolve) => (release = resolve)));
      await under.queue.enqueue("a", ["d1", "d2"]);
      await under.until(() => calls.length === 1);
      let isStopped = false;
      const stopped = worker.stop().then(() => (isStopped = true));
      expect(new Set(await under.idsLeft("a"))).toEqual(new Set(["d1", "d2"]));
      expect(isStopped).toBe(false);
      release(done);
      await under.until(() => isStopped);
      await stopped;
      await worker.stop();
      expect(calls.map(({ id }) => id)).toEqual(["d1"]);
      expect(await under.idsLeft("a")).toEqual(["d2"]);
      work("a", 1, () => done, under.other);
      await under.until(() => calls.length === 2);
      expect(calls[1]?.id).toBe("d2");
    });

    test("a retry that is answered while stopping is kept", async () => {
      let release: (result: WorkResult) => void = () => undefined;
      const worker = work("a", 1, () => new Promise((resolve) => (release = resolve)));
      await under.queue.enqueue("a", ["d1"]);
      await under.until(() => calls.length === 1);
      const stopped = worker.stop();
      release({ kind: "retry", afterMs: 1, reason: "stopping" });
      await stopped;
      work("a", 1, () => done, under.other);
      await under.until(() => calls.length === 2);
      expect(calls[1]?.id).toBe("d1");
    });

    test("a channel's name may hold what people write", async () => {
      const channel = "on call: Zürich/1 {a} *";
      work(channel, 1, () => done);
      await under.queue.enqueue(channel, ["d1"]);
      await under.until(() => calls.length === 1);
    });
  });
}
