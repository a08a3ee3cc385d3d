import { startDispatcher, type Dispatcher } from "../../src/engine/dispatcher.ts";
import { startNotifier, type Notifier } from "../../src/engine/notifier.ts";
import type { Channel, SendResult } from "../../src/ports/channel.ts";
import type { Delivery } from "../../src/ports/incident-store.ts";
import { createManualClock } from "../contract/manual-clock.ts";
import { createMemoryIncidentStore } from "../contract/memory-incident-store.ts";
import { createMemoryOutbox } from "../contract/memory-outbox.ts";
import { createMemoryQueue } from "../contract/memory-queue.ts";
import { faultyPort, type Plan } from "../contract/faulty-port.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";

export const routing = { defaultChannels: ["console", "ops"], deadLetterChannel: "dead-letters" };
const retry = {
  attemptCountMax: 4,
  delayMsMin: 1_000,
  delayMsMax: 60_000,
  factor: 4,
  wishedDelayMsMax: 600_000,
};

export interface ScriptedChannel extends Channel {
  readonly sent: Delivery[];
}

/** A channel that answers as `answer` says, from the number of the call, from 1. */
export function scriptedChannel(
  name: string,
  answer: (call: number, delivery: Delivery) => SendResult | Promise<SendResult> = () => ({ kind: "delivered" }),
): ScriptedChannel {
  const sent: Delivery[] = [];
  return {
    name,
    sent,
    async send(delivery) {
      sent.push(delivery);
      return await answer(sent.length, delivery);
    },
    async close() {},
  };
}

/** The real notifier and dispatcher on simulated ports, whose data outlive them. */
export function createRig(channels: readonly Channel[], plan: Plan = () => undefined) {
  const clock = createManualClock();
  const telemetry = recordTelemetry();
  const outbox = createMemoryOutbox(clock);
  const incidents = createMemoryIncidentStore(clock);
  const queue = createMemoryQueue(clock);

  /** A process of its own on the data, with faults of its own. */
  function processWith(ownPlan: Plan): { startNotifier(): Notifier; startDispatcher(): Dispatcher } {
    const ports = {
      store: faultyPort(outbox, ["readOutbox", "removeFromOutbox", "waitForOutbox"], ownPlan),
      incidents: faultyPort(incidents, incidentStoreCalls, ownPlan),
      queue: faultyPort(queue, ["enqueue"], ownPlan),
      channels: channels.map((channel) => faultyPort(channel, ["send"], ownPlan)),
    };
    const common = { ...ports, telemetry, clock };
    return {
      startNotifier: () => startNotifier({ ...common, routing }),
      startDispatcher: () =>
        startDispatcher({ ...common, random: () => 0.5, retry, sendTimeoutMs: 10_000, concurrency: 2 }),
    };
  }

  return { clock, telemetry, outbox, incidents, queue, processWith, ...processWith(plan) };
}

const incidentStoreCalls = [
  "apply",
  "pendingDeliveries",
  "markQueued",
  "claim",
  "getDelivery",
  "markSent",
  "markFailed",
  "releaseClaim",
  "countDeliveries",
] as const;
