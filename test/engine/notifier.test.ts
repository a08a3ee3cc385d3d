import { expect, test } from "vitest";
import { notificationOf } from "../../src/core/notify/notification.ts";
import type { Notifier } from "../../src/engine/notifier.ts";
import { CepError } from "../../src/ports/error.ts";
import { alarmEffect, alertEffect, deadLetterEffect } from "../contract/sample-effects.ts";
import { createRig, routing } from "./notification-rig.ts";

const effects = [alertEffect(1), deadLetterEffect(2), alarmEffect(3), alertEffect(4, { channels: ["risk"] })];
const deliveries = effects.flatMap((effect) => notificationOf(effect, routing).deliveries);

/** Stops it, and lets the wait that it may be in come to its end. */
async function stop(rig: ReturnType<typeof createRig>, notifier: Notifier): Promise<void> {
  let isStopped = false;
  void notifier.stop().then(() => (isStopped = true));
  await rig.clock.advance(500);
  expect(isStopped).toBe(true);
}

test("effects become incidents and rows, rows jobs, and nothing stays behind", async () => {
  const rig = createRig([]);
  rig.outbox.put(...effects);
  const notifier = rig.startNotifier();
  let isDrained = false;
  void notifier.drained().then(() => (isDrained = true));
  await rig.clock.advanceUntil(() => isDrained);
  expect(rig.outbox.entries).toEqual([]);
  const channelById = (items: Iterable<{ readonly id: string; readonly channel: string }>) =>
    new Map([...items].map(({ id, channel }) => [id, channel]));
  expect(channelById(rig.queue.jobs.values())).toEqual(channelById(deliveries));
  expect(await rig.incidents.countDeliveries()).toEqual({ pending: 0, queued: deliveries.length, sent: 0, failed: 0 });
  expect(await rig.incidents.incidents(10)).toMatchObject([{ count: 2 }]);
  await stop(rig, notifier);
});

test("more than a batch moves in bounded ones", async () => {
  const sizes: number[] = [];
  const rig = createRig([]);
  const { apply } = rig.incidents;
  rig.incidents.apply = async (notifications) => {
    sizes.push(notifications.length);
    await apply(notifications);
  };
  rig.outbox.put(...Array.from({ length: 250 }, (_, index) => alertEffect(index)));
  const notifier = rig.startNotifier();
  await rig.clock.advanceUntil(() => rig.queue.jobs.size === 500);
  expect(sizes).toEqual([100, 100, 50]);
  await stop(rig, notifier);
});

test("what comes while it waits is moved within half a second", async () => {
  const rig = createRig([]);
  const notifier = rig.startNotifier();
  await rig.clock.advance(10_250);
  rig.outbox.put(alertEffect(1));
  await rig.clock.advance(500);
  expect(rig.queue.jobs.size).toBe(2);
  await stop(rig, notifier);
});

test("drained waits for what stands in the outbox at its call, even while the queue refuses", async () => {
  let isDown = true;
  const rig = createRig([], (name) => ({
    before() {
      if (name === "enqueue" && isDown) throw new CepError("QUEUE_UNAVAILABLE", "down", { retryable: true });
    },
  }));
  rig.outbox.put(alertEffect(1));
  const notifier = rig.startNotifier();
  let isDrained = false;
  void notifier.drained().then(() => (isDrained = true));
  await rig.clock.advance(60_000);
  expect(isDrained).toBe(false);
  isDown = false;
  await rig.clock.advance(15_000);
  expect(isDrained).toBe(true);
  expect(rig.queue.jobs.size).toBe(2);
  await stop(rig, notifier);
});

test.each(["readOutbox", "apply", "removeFromOutbox", "waitForOutbox", "pendingDeliveries", "enqueue", "markQueued"])(
  "%s is down for an hour: said once, tried with growing waits, made good within ten seconds",
  async (downName) => {
    let isDown = true;
    let tryCount = 0;
    const rig = createRig([], (name) => ({
      before() {
        if (name !== downName) return;
        tryCount += 1;
        if (isDown) throw new CepError("STORE_UNAVAILABLE", "connection refused", { retryable: true });
      },
    }));
    rig.outbox.put(...effects);
    const notifier = rig.startNotifier();
    await rig.clock.advance(3_600_000);
    // 100 ms doubling to 10 s, then every 10 s
    expect(tryCount).toBeGreaterThanOrEqual(360);
    expect(tryCount).toBeLessThanOrEqual(370);
    expect(rig.telemetry.lines.filter(({ level }) => level === "error")).toHaveLength(1);
    expect([...rig.telemetry.counts.values()]).toEqual([tryCount]);
    if (["enqueue", "markQueued"].includes(downName)) expect(await rig.incidents.incidents(1)).toHaveLength(1);
    isDown = false;
    await rig.clock.advance(10_500);
    expect(rig.outbox.entries).toEqual([]);
    expect([...rig.queue.jobs.keys()].sort()).toEqual(deliveries.map(({ id }) => id).sort());
    expect(rig.telemetry.lines.map(({ level }) => level)).toEqual(["error", "info"]);
    await stop(rig, notifier);
  },
);

test("stop ends the waiting, and drained with it; a new one goes on", async () => {
  const rig = createRig([]);
  const notifier = rig.startNotifier();
  await rig.clock.advance(100);
  let isStopped = false;
  void Promise.all([notifier.drained(), notifier.stop()]).then(() => (isStopped = true));
  await rig.clock.advance(500);
  expect(isStopped).toBe(true);
  await notifier.drained();
  rig.outbox.put(alertEffect(1));
  await rig.clock.advance(10_000);
  expect(rig.outbox.entries).toHaveLength(1);
  const next = rig.startNotifier();
  await rig.clock.advance(0);
  expect(rig.queue.jobs.size).toBe(2);
  await stop(rig, next);
});
