import { defaultRetryPolicy, retryDelayMs, type RetryPolicy } from "../core/notify/retry-delay.ts";
import type { Channel, SendResult } from "../ports/channel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Delivery, IncidentStore } from "../ports/incident-store.ts";
import type { Queue, WorkResult } from "../ports/queue.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { createOutage, errorText } from "./outage.ts";

export interface DispatcherOptions {
  readonly channels: readonly Channel[];
  readonly incidents: Pick<
    IncidentStore,
    "claim" | "getDelivery" | "markSent" | "markFailed" | "releaseClaim" | "countDeliveries"
  >;
  readonly queue: Pick<Queue, "work">;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Draws in [0, 1), to spread retries. */
  readonly random: () => number;
  /** Sends at once, for each channel; default 4. */
  readonly concurrency?: number;
  /** Default 15 s. */
  readonly sendTimeoutMs?: number;
  readonly retry?: RetryPolicy;
}

export interface Dispatcher {
  /** Takes nothing new and ends what is in hand: at most the send timeout, and `markGraceMs` for a store that is down. */
  stop(): Promise<void>;
  /** Resolves when the store holds no delivery that is neither sent nor failed, or when stopped. */
  drained(): Promise<void>;
}

/** How much later than its own timeout a channel may answer before it is taken to have hung. */
const answerGraceMs = 5_000;
/** How long `stop` lets the marking of something already sent be tried. */
const markGraceMs = 10_000;
const drainedPollMs = 200;

/**
 * Sends deliveries: claims each in the incident store, hands it to its channel, and marks what became of it.
 *
 * Delivery guarantees: a delivery marked sent is never sent again, whatever the queue repeats; one that could not be
 * sent comes again by the retry policy until it is sent, refused for good, or out of tries, and then it is marked failed with
 * its reason. Only a crash between a send and its mark repeats a send, with the same id.
 * At the limit: while the store is down the workers hold what they have and take nothing more from the queue.
 */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { channels, incidents, queue, telemetry, clock, random } = options;
  const { concurrency = 4, sendTimeoutMs = 15_000, retry = defaultRetryPolicy } = options;
  /** Longer than a send can take, with time to mark it. */
  const leaseMs = 2 * (sendTimeoutMs + answerGraceMs);
  const stopping = new AbortController();
  const givingUp = new AbortController();
  /** At most `concurrency` for each channel. */
  const inHand = new Set<string>();
  const outage = createOutage("reach the incident store for deliveries", telemetry);

  /** Tries until it works; undefined where `signal` aborted first. */
  async function insist<T>(call: () => Promise<T>, signal: AbortSignal): Promise<{ readonly value: T } | undefined> {
    for (;;) {
      try {
        const value = await call();
        outage.ended();
        return { value };
      } catch (error) {
        if (signal.aborted) return undefined;
        await clock.sleep(outage.failed(error), signal);
      }
    }
  }

  async function handle(channel: Channel, deliveryId: string): Promise<WorkResult> {
    // A queue that takes this worker for dead hands out again what it still holds
    if (inHand.has(deliveryId)) return { kind: "retry", afterMs: leaseMs, reason: "in hand" };
    inHand.add(deliveryId);
    try {
      return await claimAndSend(channel, deliveryId);
    } finally {
      inHand.delete(deliveryId);
    }
  }

  async function claimAndSend(channel: Channel, deliveryId: string): Promise<WorkResult> {
    if (stopping.signal.aborted) return { kind: "retry", afterMs: 0, reason: "stopping" };
    const claimed = await insist(() => incidents.claim(deliveryId, leaseMs), stopping.signal);
    if (claimed === undefined) return { kind: "retry", afterMs: undefined, reason: "store unavailable" };
    const claim = claimed.value;
    switch (claim.kind) {
      case "sent":
      case "failed":
        return { kind: "done" };
      case "leased":
        return { kind: "retry", afterMs: claim.retryAfterMs, reason: "leased" };
      case "claimed":
        break;
    }
    // Tries without a result were crashes, and the next would be another
    if (claim.attempt > retry.attemptCountMax) return await fail(channel, deliveryId, "every try ended in a crash");
    const found = await insist(() => incidents.getDelivery(deliveryId), stopping.signal);
    if (found === undefined) return { kind: "retry", afterMs: leaseMs, reason: "store unavailable" };
    if (found.value === undefined) return { kind: "done" };
    const startedAt = clock.now();
    const result = await sendWithin(channel, found.value);
    telemetry.observe("tocsin_delivery_duration_seconds", Math.max(0, clock.now() - startedAt) / 1_000);
    return await settle(channel, deliveryId, claim.attempt, result);
  }

  /** What the channel answers, or a retryable result where it throws or hangs: neither may take a worker with it. */
  async function sendWithin(channel: Channel, delivery: Delivery): Promise<SendResult> {
    const answered = new AbortController();
    const hung = clock
      .sleep(sendTimeoutMs + answerGraceMs, answered.signal)
      .then((): SendResult => ({ kind: "retryable", reason: "the channel gave no answer" }));
    try {
      return await Promise.race([channel.send(delivery, { timeoutMs: sendTimeoutMs }), hung]);
    } catch (error) {
      telemetry.error("a channel threw, which it never should", { channel: channel.name, error: errorText(error) });
      return { kind: "retryable", reason: errorText(error) };
    } finally {
      answered.abort();
    }
  }

  async function settle(
    channel: Channel,
    deliveryId: string,
    attempt: number,
    result: SendResult,
  ): Promise<WorkResult> {
    switch (result.kind) {
      case "delivered":
        return await succeed(channel, deliveryId);
      case "permanent":
        return await fail(channel, deliveryId, result.reason);
      case "retryable":
        if (attempt >= retry.attemptCountMax) {
          return await fail(channel, deliveryId, `${result.reason} (given up after ${attempt} tries)`);
        }
        return await putBack(channel, deliveryId, attempt, result);
    }
  }

  async function succeed(channel: Channel, deliveryId: string): Promise<WorkResult> {
    telemetry.count("tocsin_deliveries_total", 1, { channel: channel.name, result: "delivered" });
    const marked = await insist(() => incidents.markSent(deliveryId), givingUp.signal);
    if (marked !== undefined) return { kind: "done" };
    telemetry.error("stopped before a delivery could be marked sent; it may be sent twice", {
      channel: channel.name,
      deliveryId,
    });
    return { kind: "retry", afterMs: undefined, reason: "not marked" };
  }

  async function fail(channel: Channel, deliveryId: string, reason: string): Promise<WorkResult> {
    telemetry.count("tocsin_deliveries_total", 1, { channel: channel.name, result: "failed" });
    telemetry.error("a delivery failed for good", { channel: channel.name, deliveryId, reason });
    const marked = await insist(() => incidents.markFailed(deliveryId, reason), givingUp.signal);
    return marked === undefined ? { kind: "retry", afterMs: undefined, reason: "not marked" } : { kind: "done" };
  }

  async function putBack(
    channel: Channel,
    deliveryId: string,
    attempt: number,
    { reason, afterMs: wishedMs }: { readonly reason: string; readonly afterMs?: number },
  ): Promise<WorkResult> {
    const afterMs = retryDelayMs(retry, attempt, wishedMs, random());
    telemetry.count("tocsin_deliveries_total", 1, { channel: channel.name, result: "retried" });
    telemetry.warn("a delivery did not get through; it is tried again", {
      channel: channel.name,
      deliveryId,
      attempt,
      reason,
      afterMs,
    });
    try {
      await incidents.releaseClaim(deliveryId);
    } catch (error) {
      // The lease ends by itself
      telemetry.debug("could not give a claim back", { deliveryId, error: errorText(error) });
    }
    return { kind: "retry", afterMs, reason };
  }

  const workers = channels.map((channel) =>
    queue.work(channel.name, concurrency, (deliveryId) => handle(channel, deliveryId)),
  );

  return {
    async stop() {
      stopping.abort();
      const ended = new AbortController();
      const grace = clock.sleep(markGraceMs + sendTimeoutMs, ended.signal).then(() => givingUp.abort());
      await Promise.all(workers.map((worker) => worker.stop()));
      ended.abort();
      await grace;
    },
    async drained() {
      while (!stopping.signal.aborted) {
        const counted = await insist(() => incidents.countDeliveries(), stopping.signal);
        if (counted === undefined || counted.value.pending + counted.value.queued === 0) return;
        await clock.sleep(drainedPollMs, stopping.signal);
      }
    },
  };
}
