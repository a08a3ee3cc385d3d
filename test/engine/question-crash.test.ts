import { expect, test } from "vitest";
import { compileRuleSet } from "../../src/cli/rule-set.ts";
import { defaultEnvelope } from "../../src/core/event/envelope.ts";
import { observeNothing } from "../../src/core/shard/output.ts";
import { durationMs } from "../../src/core/time/instant.ts";
import { defaultLimits } from "../../src/engine/limits.ts";
import { runShard } from "../../src/engine/run-shard.ts";
import { joinPlugins } from "../../src/plugin/plugin-set.ts";
import { readPlugin } from "../../src/plugin/read-plugin.ts";
import type { ShardStore } from "../../src/ports/shard-store.ts";
import type { Source } from "../../src/ports/source.ts";
import { readDocumentSet } from "../../src/spec/document-set-text.ts";
import { createManualClock } from "../contract/manual-clock.ts";
import { memoryShard, memoryShardStore } from "../contract/memory-shard-store.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";

const rules = `
- id: watched
  on: [pay]
  conditions: {all: [{fact: customer, path: $.level, operator: equal, value: watched}]}
  event: {type: t, params: {asked: {fact: customer, path: $.asked}}}
  replaceFactsInEventParams: true
- id: plain
  on: [pay]
  conditions: {all: [{fact: n, operator: greaterThan, value: 0}]}
`;

/** Runs of the real engine on one store, with a register that answers when it is told to. */
function createRig() {
  const shard = memoryShard();
  const clock = createManualClock();
  const telemetry = recordTelemetry();
  const waiting: (() => void)[] = [];
  let asked = 0;
  const customer = async () => {
    asked += 1;
    const number = asked;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return { level: "watched", asked: number };
  };
  const { plugin } = readPlugin({ path: "p.mjs", namespace: { facts: { customer } }, fileHash: "1" });
  if (plugin === undefined) throw new Error("the plug-in is right");
  const { set: plugins } = joinPlugins([plugin]);
  const { set, plan } = compileRuleSet([{ path: "rules.yaml", text: rules, kind: "rule" }], { plugins });
  if (plan === undefined) throw new Error("the rules are right");
  const messages = [1, 2, 3].map((sequence) => ({
    sequence,
    stampMs: 1_000 + sequence,
    subject: undefined,
    headers: undefined,
    bytes: new TextEncoder().encode(JSON.stringify({ id: `e${sequence}`, type: "pay", n: 1, time: 1_000 + sequence })),
  }));
  let owners = 0;
  const store = memoryShardStore(shard, { newOwner: () => `owner ${(owners += 1)}`, sleep: (ms) => clock.sleep(ms) });

  function source(): Source {
    let next = 1;
    return {
      name: "events",
      open: async () => ({ name: "events", created: "log", firstSequence: 1, lastSequence: messages.length }),
      stampOf: async (sequence) => messages[sequence - 1]?.stampMs,
      async seek(sequence) {
        next = sequence;
      },
      async pull({ waitMs, messageCountMax }) {
        if (next > messages.length) await clock.sleep(waitMs);
        const given = messages.slice(next - 1, next - 1 + messageCountMax);
        next += given.length;
        return { messages: given, isAtEnd: next > messages.length, isFinished: false };
      },
      release: async () => {},
      close: async () => {},
    };
  }

  return {
    clock,
    telemetry,
    shard,
    store,
    waiting,
    askedCount: () => asked,
    run: (options: { readonly store?: ShardStore; readonly intervalMs?: number } = {}) =>
      runShard({
        openSource: source,
        store: options.store ?? store,
        documents: { set, plan },
        readDocuments: readDocumentSet,
        envelope: { ...defaultEnvelope, source: "events" },
        settings: { ...defaultLimits, outOfOrdernessMs: durationMs(0), observing: observeNothing },
        clock,
        telemetry,
        checkpointIntervalMs: options.intervalMs ?? 3_600_000,
        sliceMs: 20,
        uncommittedEntryCountMax: 1_000_000,
        idleMs: 3_600_000,
        ledgerHorizonMs: 3_600_000,
        extensionsFor: (records) => plugins.extensionsFor(records),
        asking: { timeoutMs: 60_000, concurrentCountMax: 2, openCountMax: 10 },
      }),
    alerts: () =>
      shard.outbox.flatMap(({ effect }) =>
        effect.kind === "alert" ? [`${effect.alert.rule} ${effect.alert.evidence.join()}`] : [],
      ),
  };
}

const all = ["plain e1", "plain e2", "plain e3", "watched e1", "watched e2", "watched e3"];

/** A store that is gone for good from now on: what a killed process leaves. */
function mortal(store: ShardStore): { readonly store: ShardStore; kill(): void } {
  let isDead = false;
  const dead = () => Promise.reject(new Error("killed"));
  return {
    kill: () => {
      isDead = true;
    },
    store: {
      ...store,
      advance: (fence, advance) => (isDead ? dead() : store.advance(fence, advance)),
      commit: (fence, commit) => (isDead ? dead() : store.commit(fence, commit)),
    },
  };
}

test("what was decided at once is told while others wait; each answer leads to its alert once", async () => {
  const rig = createRig();
  const running = rig.run();
  await rig.clock.advanceUntil(() => rig.alerts().length === 3 && rig.waiting.length === 2);
  expect(rig.alerts().sort()).toEqual(all.slice(0, 3));
  while (rig.alerts().length < 6) {
    rig.waiting.shift()?.();
    await rig.clock.advance(300);
  }
  expect(rig.alerts().sort()).toEqual(all);
  const stopped = running.stop();
  await rig.clock.advance(5_000);
  await stopped;
  expect(rig.askedCount()).toBe(3);
});

test.each([
  { why: "nothing was committed: the log is read again", intervalMs: 3_600_000 },
  { why: "the open questions were committed", intervalMs: 1 },
])("killed between question and answer, $why", async ({ intervalMs }) => {
  const rig = createRig();
  const { store, kill } = mortal(rig.store);
  const first = rig.run({ store, intervalMs });
  await rig.clock.advanceUntil(() => rig.alerts().length === 3 && rig.waiting.length === 2);
  await rig.clock.advance(600);
  // The first question is answered, and its alert is visible; then the process is killed.
  rig.waiting.shift()?.();
  await rig.clock.advanceUntil(() => rig.alerts().length === 4);
  kill();
  const [answered] = rig.alerts().filter((alert) => alert.startsWith("watched"));
  const ended = first.stop().catch(() => undefined);
  await rig.clock.advance(5_000);
  await ended;

  rig.waiting.length = 0;
  const before = rig.askedCount();
  const second = rig.run();
  await rig.clock.advanceUntil(() => rig.waiting.length === 2);
  for (let round = 0; round < 10 && rig.alerts().length < 6; round += 1) {
    rig.waiting.shift()?.();
    await rig.clock.advance(300);
  }
  await rig.clock.advance(3_000);
  expect(rig.alerts().sort()).toEqual(all);
  expect(answered).toBeDefined();
  // The answer that was in the journal is taken again, and not asked for again.
  expect(rig.askedCount() - before).toBe(2);
  const stopped = second.stop();
  await rig.clock.advance(5_000);
  await stopped;
});

test("facts that take too long are an error of the rule", async () => {
  const rig = createRig();
  const running = rig.run();
  await rig.clock.advanceUntil(() => rig.waiting.length === 2);
  await rig.clock.advance(130_000);
  const stopped = running.stop();
  await rig.clock.advance(5_000);
  await stopped;
  expect(rig.alerts().sort()).toEqual(all.slice(0, 3));
  expect(rig.askedCount()).toBe(3);
});
