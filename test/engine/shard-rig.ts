import { compileRuleSet } from "../../src/cli/rule-set.ts";
import type { Effect } from "../../src/core/alert/effect.ts";
import { defaultEnvelope } from "../../src/core/event/envelope.ts";
import { observeNothing } from "../../src/core/shard/output.ts";
import { durationMs } from "../../src/core/time/instant.ts";
import type { SourceTime } from "../../src/core/time/source-time.ts";
import { runShard } from "../../src/engine/run-shard.ts";
import type { RunningShard } from "../../src/engine/run-shard.ts";
import type { ShardStore } from "../../src/ports/shard-store.ts";
import type { Source, SourceMessage } from "../../src/ports/source.ts";
import { readDocumentSet } from "../../src/spec/document-set-text.ts";
import { createManualClock } from "../contract/manual-clock.ts";
import { memoryShard, memoryShardStore } from "../contract/memory-shard-store.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";

const rules = `
- id: each
  on: [pay]
  conditions: {all: [{fact: amount, operator: greaterThan, value: 0}]}
- id: sum
  on: [pay]
  key: [user]
  windows: {all: {type: sliding, size: 100d, aggregate: {n: count}}}
  conditions: {all: [{fact: all, path: $.n, operator: greaterThanInclusive, value: 1000}]}
- id: watched
  on: [pay]
  conditions: {all: [{fact: user, operator: inList, value: watchlist}]}
`;

/** A shard's store that outlives runs of the real engine over one log, under a clock that stands still. */
export function createShardRig() {
  const shard = memoryShard();
  const clock = createManualClock();
  const telemetry = recordTelemetry();
  const messages: SourceMessage[] = [];
  const told: Effect[] = [];
  let owners = 0;
  const store = memoryShardStore(shard, { newOwner: () => `owner ${(owners += 1)}`, sleep: (ms) => clock.sleep(ms) });
  const { set, plan } = compileRuleSet([
    { path: "rules.yaml", text: rules, kind: "rule" },
    { path: "lists.yaml", text: "{id: watchlist, members: [cid]}", kind: "list" },
  ]);
  if (plan === undefined) throw new Error("the rules are right");
  const documents = { set, plan };

  function source({ open, pull }: Partial<Source>): Source {
    let next = 1;
    return {
      name: "events",
      open: open ?? (async () => ({ name: "events", created: "log", firstSequence: 1, lastSequence: messages.length })),
      stampOf: async (sequence) => messages[sequence - 1]?.stampMs,
      async seek(sequence) {
        next = sequence;
      },
      async pull(limits) {
        if (pull !== undefined) return pull(limits);
        if (next > messages.length) await clock.sleep(limits.waitMs);
        const given = messages.slice(next - 1, next - 1 + limits.messageCountMax);
        next += given.length;
        return { messages: given, isAtEnd: next > messages.length, isFinished: false };
      },
      release: async () => {},
      close: async () => {},
    };
  }

  /** Time goes on also while the engine only computes. */
  async function beat(): Promise<never> {
    for (;;) await clock.sleep(20);
  }
  void beat();

  return {
    shard,
    clock,
    telemetry,
    messages,
    told,
    store,
    /** Appends payments: of whom, and what else the event holds. */
    pay(...payers: readonly string[]): void {
      for (const user of payers) {
        const sequence = messages.length + 1;
        const event = { id: `e${sequence}`, type: "pay", user, amount: 1, time: 1_000 + sequence };
        const bytes = new TextEncoder().encode(JSON.stringify(event));
        messages.push({ sequence, stampMs: 1_000 + sequence, subject: undefined, headers: undefined, bytes });
      }
    },
    run(
      options: {
        store?: ShardStore;
        source?: Partial<Source>;
        intervalMs?: number;
        outOfOrdernessMs?: number;
        sources?: readonly SourceTime[];
        idleMs?: number;
      } = {},
    ): RunningShard {
      return runShard({
        openSource: () => source(options.source ?? {}),
        store: options.store ?? store,
        documents,
        readDocuments: readDocumentSet,
        envelope: { ...defaultEnvelope, source: "events" },
        settings: {
          outOfOrdernessMs: durationMs(options.outOfOrdernessMs ?? 0),
          ...(options.sources === undefined ? {} : { sources: options.sources }),
          keyCountMax: 1_000,
          bufferedEventCountMax: 100_000,
          derivedEventCountMax: 1_000,
          observing: observeNothing,
        },
        clock,
        telemetry,
        checkpointIntervalMs: options.intervalMs ?? 3_600_000,
        sliceMs: 20,
        uncommittedEntryCountMax: 1_000_000,
        idleMs: options.idleMs ?? 3_600_000,
        ledgerHorizonMs: 3_600_000,
        onEffects: (effects) => told.push(...effects),
      });
    },
    evidence: (rule = "each") =>
      shard.outbox.flatMap(({ effect }) =>
        effect.kind === "alert" && effect.alert.rule === rule ? effect.alert.evidence : [],
      ),
  };
}
