import { notificationOf, type Delivery, type Routing } from "../core/notify/notification.ts";
import type { Clock } from "../ports/clock.ts";
import type { IncidentStore } from "../ports/incident-store.ts";
import type { Queue } from "../ports/queue.ts";
import type { ShardStore } from "../ports/shard-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { createOutage, type Outage } from "./outage.ts";

export interface NotifierOptions {
  readonly store: Pick<ShardStore, "readOutbox" | "removeFromOutbox" | "waitForOutbox">;
  readonly incidents: Pick<IncidentStore, "apply" | "pendingDeliveries" | "markQueued">;
  readonly queue: Pick<Queue, "enqueue">;
  readonly routing: Routing;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

export interface Notifier {
  /** Ends after the call in hand; nothing is lost by stopping at any point. */
  stop(): Promise<void>;
  /** Resolves when the outbox, as it stands at this call, is empty and its deliveries are all in the queue; or when stopped. */
  drained(): Promise<void>;
}

/** Effects or deliveries moved in one step. */
const batchCountMax = 100;
/** How long to wait for news before looking again. Also how long `stop` may take. */
const waitMs = 500;

/**
 * Carries effects from a shard's outbox to the incidents, and deliveries from there to the queue. One for each shard.
 *
 * Delivery guarantees: an effect leaves the outbox only after it is applied, and a delivery leaves the pending rows
 * only after the queue has it; every step may be repeated. So a crash or an outage anywhere loses and doubles nothing.
 * At the limit: while the incidents or the queue refuse, effects wait in the outbox and rows in the incident store. The
 * two legs fail apart: a queue that is down keeps no alert from being recorded as an incident.
 */
export function startNotifier({ store, incidents, queue, routing, telemetry, clock }: NotifierOptions): Notifier {
  const stopping = new AbortController();
  const drains: Drain[] = [];
  let wake = new AbortController();

  /** True where something was moved. */
  async function moveOutbox(): Promise<boolean> {
    const asked = drains.filter((drain) => drain.stage === "asked");
    const entries = await store.readOutbox(batchCountMax);
    if (entries.length > 0) {
      await incidents.apply(entries.map(({ effect }) => notificationOf(effect, routing)));
      wake.abort();
      await store.removeFromOutbox(entries.map(({ entryId }) => entryId));
      return true;
    }
    for (const drain of asked) drain.stage = "outbox-empty";
    if (asked.length > 0) wake.abort();
    return false;
  }

  async function moveDeliveries(): Promise<boolean> {
    const asked = drains.filter((drain) => drain.stage === "outbox-empty");
    const pending = await incidents.pendingDeliveries(batchCountMax);
    for (const [channel, ids] of idsByChannel(pending)) {
      await queue.enqueue(channel, ids);
      await incidents.markQueued(ids);
    }
    if (pending.length > 0) return true;
    for (const drain of asked) settle(drain);
    return false;
  }

  function settle(drain: Drain): void {
    drains.splice(drains.indexOf(drain), 1);
    drain.resolve();
  }

  async function run(move: () => Promise<boolean>, wait: () => Promise<void>, outage: Outage): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const moved = await move();
        if (!moved && !stopping.signal.aborted) await wait();
        // Only here: a store that reads and can't wait would else begin an outage at every turn
        outage.ended();
      } catch (error) {
        await clock.sleep(outage.failed(error), stopping.signal);
      }
    }
  }

  async function waitForDeliveries(): Promise<void> {
    await clock.sleep(waitMs, wake.signal);
    wake = new AbortController();
  }

  const runs = Promise.all([
    run(
      moveOutbox,
      () => store.waitForOutbox(waitMs),
      createOutage("move effects from the outbox to the incidents", telemetry),
    ),
    run(moveDeliveries, waitForDeliveries, createOutage("move deliveries to the queue", telemetry)),
  ]);

  return {
    async stop() {
      stopping.abort();
      wake.abort();
      await runs;
      for (const drain of [...drains]) settle(drain);
    },
    async drained() {
      if (stopping.signal.aborted) return;
      await new Promise<void>((resolve) => drains.push({ stage: "asked", resolve }));
    },
  };
}

/** Someone who waits for all to be moved: first the outbox must be seen empty, then the pending rows. */
interface Drain {
  stage: "asked" | "outbox-empty";
  readonly resolve: () => void;
}

function idsByChannel(deliveries: readonly Delivery[]): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const { id, channel } of deliveries) {
    const ids = result.get(channel);
    if (ids === undefined) result.set(channel, [id]);
    else ids.push(id);
  }
  return result;
}
