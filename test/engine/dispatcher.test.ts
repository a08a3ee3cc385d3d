import { expect, test } from "vitest";
import { notificationOf } from "../../src/core/notify/notification.ts";
import type { SendResult } from "../../src/ports/channel.ts";
import { CepError } from "../../src/ports/error.ts";
import { alertEffect } from "../contract/sample-effects.ts";
import { createRig, scriptedChannel, type ScriptedChannel } from "./notification-rig.ts";

const effect = alertEffect(1, { channels: ["ops"] });
const [delivery] = notificationOf(effect, { defaultChannels: [], deadLetterChannel: "" }).deliveries;
const id = delivery?.id ?? "";
const delivered: SendResult = { kind: "delivered" };

type Rig = ReturnType<typeof createRig>;

/** A rig whose queue holds the one delivery. */
async function rigWith(channel: ScriptedChannel, plan?: Parameters<typeof createRig>[1]): Promise<Rig> {
  const rig = createRig([channel], plan);
  await rig.incidents.apply([notificationOf(effect, { defaultChannels: [], deadLetterChannel: "" })]);
  await rig.incidents.markQueued([id]);
  await rig.queue.enqueue("ops", [id]);
  return rig;
}

/** Times of the sends, from the first. */
function timedChannel(
  rig: () => Rig,
  answers: readonly SendResult[],
): { readonly channel: ScriptedChannel; readonly at: number[] } {
  const at: number[] = [];
  const channel = scriptedChannel("ops", (call) => {
    at.push(rig().clock.now());
    return answers[call - 1] ?? delivered;
  });
  return { channel, at };
}

test("a delivery is claimed, sent whole with its id, marked, and forgotten by the queue", async () => {
  const channel = scriptedChannel("ops");
  const rig = await rigWith(channel);
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(0);
  expect(channel.sent).toEqual([delivery]);
  expect(rig.incidents.rows.get(id)).toMatchObject({ state: "sent", attemptCount: 1 });
  expect(rig.queue.jobs.size).toBe(0);
  expect(rig.telemetry.counts).toEqual(new Map([['tocsin_deliveries_total{"channel":"ops","result":"delivered"}', 1]]));
  await dispatcher.stop();
});

test("what was sent is not sent again, whatever the queue repeats", async () => {
  const channel = scriptedChannel("ops");
  const rig = await rigWith(channel);
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(0);
  for (let round = 0; round < 3; round += 1) {
    await rig.queue.enqueue("ops", [id]);
    await rig.clock.advance(60_000);
  }
  expect(channel.sent).toHaveLength(1);
  expect(rig.queue.jobs.size).toBe(0);
  await dispatcher.stop();
});

test("a queue that repeats what is being sent gets no second send", async () => {
  let answer: (result: SendResult) => void = () => undefined;
  const channel = scriptedChannel("ops", () => new Promise((resolve) => (answer = resolve)));
  const rig = await rigWith(channel);
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(100);
  rig.queue.repeatAll();
  await rig.clock.advance(1_000);
  answer(delivered);
  await rig.clock.advance(120_000);
  expect(channel.sent).toHaveLength(1);
  expect(rig.queue.jobs.size).toBe(0);
  await dispatcher.stop();
});

test("retries come after exponential waits with half of them drawn, each counted", async () => {
  const retryable: SendResult = { kind: "retryable", reason: "451 later" };
  const rigs: Rig[] = [];
  const { channel, at } = timedChannel(() => rigs[0] ?? expect.fail(), [retryable, retryable, retryable]);
  const rig = await rigWith(channel);
  rigs.push(rig);
  const startedAt = rig.clock.now();
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(60_000);
  expect(at.map((time) => time - startedAt)).toEqual([0, 750, 3_750, 15_750]);
  expect(rig.incidents.rows.get(id)).toMatchObject({ state: "sent", attemptCount: 4 });
  await dispatcher.stop();
});

test("a channel that names a time is not asked before it", async () => {
  const rigs: Rig[] = [];
  const { channel, at } = timedChannel(
    () => rigs[0] ?? expect.fail(),
    [{ kind: "retryable", reason: "429", afterMs: 90_000 }],
  );
  const rig = await rigWith(channel);
  rigs.push(rig);
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(200_000);
  expect(at.map((time) => time - (at[0] ?? 0))).toEqual([0, 90_000]);
  await dispatcher.stop();
});

test.each<{ why: string; answer: SendResult; sendCount: number; reason: string }>([
  {
    why: "what is refused for good is not tried again",
    answer: { kind: "permanent", reason: "550 no such user" },
    sendCount: 1,
    reason: "550 no such user",
  },
  {
    why: "after the last try it has failed",
    answer: { kind: "retryable", reason: "451 later" },
    sendCount: 4,
    reason: "451 later (given up after 4 tries)",
  },
])("$why, and says why", async ({ answer, sendCount, reason }) => {
  const channel = scriptedChannel("ops", () => answer);
  const rig = await rigWith(channel);
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(3_600_000);
  expect(channel.sent).toHaveLength(sendCount);
  expect(rig.incidents.rows.get(id)).toMatchObject({ state: "failed", reason });
  expect(rig.queue.jobs.size).toBe(0);
  expect(rig.telemetry.lines.filter(({ level }) => level === "error")).toMatchObject([
    { fields: { deliveryId: id, reason } },
  ]);
  await rig.queue.enqueue("ops", [id]);
  await rig.clock.advance(3_600_000);
  expect(channel.sent).toHaveLength(sendCount);
  await dispatcher.stop();
});

test("a channel that throws or hangs costs one try, not the worker", async () => {
  const channel = scriptedChannel("ops", (call) => {
    if (call === 1) throw new TypeError("a bug");
    return call === 2 ? new Promise(() => undefined) : delivered;
  });
  const rig = await rigWith(channel);
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(60_000);
  expect(channel.sent).toHaveLength(3);
  expect(rig.incidents.rows.get(id)).toMatchObject({ state: "sent", attemptCount: 3 });
  await dispatcher.stop();
});

test("one channel that is dead keeps no other", async () => {
  const dead = scriptedChannel("dead", () => new Promise(() => undefined));
  const ops = scriptedChannel("ops");
  const rig = createRig([dead, ops]);
  const notifier = rig.startNotifier();
  const dispatcher = rig.startDispatcher();
  rig.outbox.put(...Array.from({ length: 50 }, (_, index) => alertEffect(index, { channels: ["dead", "ops"] })));
  await rig.clock.advance(5_000);
  expect(ops.sent).toHaveLength(50);
  expect(dead.sent).toHaveLength(2);
  void notifier.stop();
  void dispatcher.stop();
});

test.each(["claim", "getDelivery"])(
  "while %s is down nothing is sent and no try is lost; then it is",
  async (downName) => {
    let isDown = true;
    const channel = scriptedChannel("ops");
    const rig = await rigWith(channel, (name) => ({
      before() {
        if (isDown && name === downName) throw new CepError("STORE_UNAVAILABLE", "down", { retryable: true });
      },
    }));
    const dispatcher = rig.startDispatcher();
    await rig.clock.advance(3_600_000);
    expect(channel.sent).toEqual([]);
    expect(rig.telemetry.lines.filter(({ level }) => level === "error")).toHaveLength(1);
    isDown = false;
    await rig.clock.advance(60_000);
    expect(channel.sent).toHaveLength(1);
    expect(rig.incidents.rows.get(id)).toMatchObject({ state: "sent", attemptCount: 1 });
    await dispatcher.stop();
  },
);

test("while the mark can't be made it is held, longer than the lease, and never sent twice", async () => {
  let isDown = true;
  const channel = scriptedChannel("ops");
  const rig = await rigWith(channel, (name) => ({
    before() {
      if (isDown && name === "markSent") throw new CepError("STORE_UNAVAILABLE", "down", { retryable: true });
    },
  }));
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(600_000);
  rig.queue.repeatAll();
  await rig.clock.advance(600_000);
  isDown = false;
  await rig.clock.advance(120_000);
  expect(channel.sent).toHaveLength(1);
  expect(rig.incidents.rows.get(id)).toMatchObject({ state: "sent" });
  await dispatcher.stop();
});

test("a claim that can't be given back ends by itself", async () => {
  const channel = scriptedChannel("ops", (call) => (call === 1 ? { kind: "retryable", reason: "busy" } : delivered));
  const rig = await rigWith(channel, (name) => ({
    before() {
      if (name === "releaseClaim") throw new CepError("STORE_UNAVAILABLE", "down", { retryable: true });
    },
  }));
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(60_000);
  expect(channel.sent).toHaveLength(2);
  await dispatcher.stop();
});

test("a process that crashes at every try does not crash for ever: the delivery fails after the last", async () => {
  const channel = scriptedChannel("ops", () => new Promise(() => undefined));
  const rig = await rigWith(channel);
  for (let crash = 0; crash < 10; crash += 1) {
    let isDead = false;
    rig.processWith(() => (isDead ? { before: () => new Promise(() => undefined) } : undefined)).startDispatcher();
    await rig.clock.advance(1_000);
    isDead = true;
    rig.queue.crash();
    await rig.clock.advance(300_000);
  }
  expect(channel.sent).toHaveLength(4);
  expect(rig.incidents.rows.get(id)).toMatchObject({ state: "failed", reason: "every try ended in a crash" });
});

test("stop ends what is in hand, and nothing is begun behind it", async () => {
  let answer: (result: SendResult) => void = () => undefined;
  const channel = scriptedChannel("ops", () => new Promise((resolve) => (answer = resolve)));
  const rig = await rigWith(channel);
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(10);
  let isStopped = false;
  void dispatcher.stop().then(() => (isStopped = true));
  await rig.clock.advance(1_000);
  expect(isStopped).toBe(false);
  answer(delivered);
  await rig.clock.advance(0);
  expect(isStopped).toBe(true);
  expect(rig.incidents.rows.get(id)).toMatchObject({ state: "sent" });
});

test("stop does not wait for ever for a store that is down, and says what may come of it", async () => {
  const channel = scriptedChannel("ops");
  const rig = await rigWith(channel, (name) => ({
    before() {
      if (name === "markSent") throw new CepError("STORE_UNAVAILABLE", "down", { retryable: true });
    },
  }));
  const dispatcher = rig.startDispatcher();
  await rig.clock.advance(1_000);
  let isStopped = false;
  void dispatcher.stop().then(() => (isStopped = true));
  await rig.clock.advance(30_000);
  expect(isStopped).toBe(true);
  expect(rig.telemetry.lines.map(({ message }) => message)).toContain(
    "stopped before a delivery could be marked sent; it may be sent twice",
  );
  expect(rig.queue.jobs.size).toBe(1);
});

test("drained resolves when every delivery is sent or has failed", async () => {
  const channel = scriptedChannel("ops", (call) =>
    call === 1 ? { kind: "retryable", reason: "busy", afterMs: 30_000 } : delivered,
  );
  const rig = await rigWith(channel);
  const dispatcher = rig.startDispatcher();
  let isDrained = false;
  void dispatcher.drained().then(() => (isDrained = true));
  await rig.clock.advance(29_000);
  expect(isDrained).toBe(false);
  await rig.clock.advance(2_000);
  expect(isDrained).toBe(true);
  await dispatcher.stop();
});
