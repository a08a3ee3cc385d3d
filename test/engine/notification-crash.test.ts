import { expect, test } from "vitest";
import { notificationOf } from "../../src/core/notify/notification.ts";
import type { SendResult } from "../../src/ports/channel.ts";
import { CepError } from "../../src/ports/error.ts";
import { alarmEffect, alertEffect, deadLetterEffect } from "../contract/sample-effects.ts";
import type { Plan } from "../contract/faulty-port.ts";
import { createRig, routing, scriptedChannel } from "./notification-rig.ts";

const effects = [alertEffect(1), deadLetterEffect(2), alertEffect(3), alarmEffect(4)];
const deliveries = effects.flatMap((effect) => notificationOf(effect, routing).deliveries);

/** One channel needs two tries for each delivery, one takes all, one refuses all. They count what they decided for good. */
function scriptedChannels(endCounts: Map<string, number>) {
  const tried = new Set<string>();
  const end = (id: string, result: SendResult): SendResult => {
    endCounts.set(id, (endCounts.get(id) ?? 0) + 1);
    return result;
  };
  return [
    scriptedChannel("console", (_call, { id }) => {
      if (tried.has(id)) return end(id, { kind: "delivered" });
      tried.add(id);
      return { kind: "retryable", reason: "busy" };
    }),
    scriptedChannel("ops", (_call, { id }) => end(id, { kind: "delivered" })),
    scriptedChannel("dead-letters", (_call, { id }) => end(id, { kind: "permanent", reason: "no such file" })),
  ];
}

const never = (): Promise<never> => new Promise(() => undefined);

type FaultKind = "crash-before" | "crash-after" | "error-before" | "error-after";

interface Outcome {
  /** Times that the channel took a delivery or refused it for good, by delivery id. */
  readonly endCounts: ReadonlyMap<string, number>;
  /** What a crash found sent and not yet marked. */
  readonly unmarkedIds: ReadonlySet<string>;
  readonly states: readonly string[];
  readonly incidentCounts: readonly number[];
  /** The method that the fault fell on; undefined where the run has fewer calls. */
  readonly fellOn: string | undefined;
}

/** Runs to the end with a fault at the n-th call of any port. After a crash, a fresh process goes on with the same data. */
async function runWithFault(n: number, kind: FaultKind): Promise<Outcome> {
  let callCount = 0;
  let fellOn: string | undefined;
  let isDead = false;
  let isOver = false;
  const isCrash = kind.startsWith("crash");
  const fault = (): Promise<never> => {
    isDead = isCrash;
    return isCrash ? never() : Promise.reject(new CepError("STORE_UNAVAILABLE", "planted", { retryable: true }));
  };
  const plan: Plan = (name) => {
    // A dead process reaches no port
    if (isDead) return { before: never };
    if (isOver) return undefined;
    // A channel that took a delivery and then says that it failed gets it again, with the same id: nothing else is possible
    if (name === "send" && kind === "error-after") return undefined;
    callCount += 1;
    if (callCount !== n) return undefined;
    fellOn = name;
    return kind.endsWith("before") ? { before: fault } : { after: fault };
  };
  const endCounts = new Map<string, number>();
  const rig = createRig(scriptedChannels(endCounts));
  const first = rig.processWith(plan);
  rig.outbox.put(...effects);
  first.startNotifier();
  first.startDispatcher();
  await rig.clock.advance(3_000);
  isOver = true;
  const unmarkedIds = new Set<string>();
  if (isDead) {
    for (const [id, { state }] of rig.incidents.rows) {
      if (endCounts.has(id) && state !== "sent" && state !== "failed") unmarkedIds.add(id);
    }
    rig.queue.crash();
    const second = rig.processWith(() => undefined);
    second.startNotifier();
    second.startDispatcher();
  }
  await rig.clock.advance(300_000);
  return {
    endCounts,
    unmarkedIds,
    states: [...rig.incidents.rows.values()].map(({ delivery, state }) => `${delivery.channel} ${state}`),
    incidentCounts: (await rig.incidents.incidents(10)).map(({ count }) => count),
    fellOn,
  };
}

const endStates = [
  "console sent",
  "ops sent",
  "dead-letters failed",
  "console sent",
  "ops sent",
  "console sent",
  "ops sent",
];

test.each<FaultKind>(["crash-before", "crash-after", "error-before", "error-after"])(
  "%s at each call in turn loses nothing and doubles nothing",
  async (kind) => {
    const fellOn = new Set<string>();
    for (let n = 1; ; n += 1) {
      const outcome = await runWithFault(n, kind);
      if (outcome.fellOn === undefined) break;
      fellOn.add(outcome.fellOn);
      const at = `${kind} at call ${n}, ${outcome.fellOn}`;
      expect(outcome.states, at).toEqual(endStates);
      expect(outcome.incidentCounts, at).toEqual([2]);
      // A worker that the crash found between a send and its mark is the one thing that may repeat, and only once
      for (const { id, channel } of deliveries) {
        expect(outcome.endCounts.get(id), `${at}: ${channel}`).toBe(outcome.unmarkedIds.has(id) ? 2 : 1);
      }
    }
    expect([...fellOn].sort()).toEqual([
      "apply",
      "claim",
      "enqueue",
      "getDelivery",
      "markFailed",
      "markQueued",
      "markSent",
      "pendingDeliveries",
      "readOutbox",
      "releaseClaim",
      "removeFromOutbox",
      ...(kind === "error-after" ? [] : ["send"]),
      "waitForOutbox",
    ]);
  },
);
