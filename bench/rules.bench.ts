import { compileDecoder } from "../src/core/event/projecting-decoder.ts";
import { projectionOf } from "../src/core/event/projection.ts";
import { defaultEnvelope } from "../src/core/event/envelope.ts";
import type { Output } from "../src/core/shard/output.ts";
import { step, type LogEntry } from "../src/core/shard/step.ts";
import { emptyScope } from "../src/core/expr/scope.ts";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";
import { allocatedBytes } from "./allocation.ts";
import { planBytes } from "./plan-memory.ts";
import { handGenerated, jsonRulesEngine, zenEngine, type Decide } from "./peers.ts";
import { eventOf, plainRuleOf, planOf, ruleDocumentOf, sampleEvents, sampleRules, shardOf } from "./rule-set.ts";

const eventCount = 2_048;
const warmUpCount = 300_000;

function decideCase(name: string, decide: Decide, typeCount: number): BenchmarkCase {
  const events = sampleEvents(eventCount, typeCount);
  return {
    name,
    run: async (count) => {
      let held = 0;
      for (let index = 0; index < count; index += 1) {
        const event = events[index & (eventCount - 1)];
        if (event !== undefined) held += await decide(event);
      }
      return held;
    },
  };
}

function handCase(decide: ReturnType<typeof handGenerated>, typeCount: number): BenchmarkCase {
  const events = sampleEvents(eventCount, typeCount);
  return {
    name: "one hand-generated function for all",
    run: (count) => {
      let held = 0;
      for (let index = 0; index < count; index += 1) {
        const event = events[index & (eventCount - 1)];
        if (event !== undefined) held += decide(event);
      }
      return held;
    },
  };
}

function indexCase(rules: readonly object[], typeCount: number): BenchmarkCase {
  const { index } = planOf(rules);
  const events = sampleEvents(eventCount, typeCount).map(eventOf);
  const scope = emptyScope();
  return {
    name: "Tocsin, the index alone",
    warmUpCount,
    run: (count) => {
      let held = 0;
      for (let at = 0; at < count; at += 1) {
        scope.event = events[at & (eventCount - 1)];
        held += index.match(scope, "on-time");
      }
      return held;
    },
  };
}

function stepCase(name: string, rules: readonly object[], typeCount: number): BenchmarkCase {
  const shard = shardOf(planOf(rules));
  const entries = sampleEvents(eventCount, typeCount).map(
    (fields, sequence): LogEntry => ({
      kind: "message",
      stampMs: 1_767_225_600_000,
      elements: [{ kind: "event", event: eventOf(fields, sequence) }],
    }),
  );
  const outputs: Output[] = [];
  return {
    name,
    warmUpCount,
    run: (count) => {
      let told = 0;
      for (let index = 0; index < count; index += 1) {
        const entry = entries[index & (eventCount - 1)];
        if (entry !== undefined) step(shard, entry, outputs);
        told += outputs.length;
        outputs.length = 0;
      }
      return told;
    },
  };
}

const settings = { ...defaultEnvelope, source: "events" };
const stampMs = 1_767_225_600_000;

function messagesOf(typeCount: number): readonly Buffer[] {
  return sampleEvents(eventCount, typeCount).map((event) => Buffer.from(JSON.stringify(event)));
}

/** From the bytes to what the shard tells. */
function bytesCase(name: string, rules: readonly object[], typeCount: number): BenchmarkCase {
  const shard = shardOf(planOf(rules));
  const messages = messagesOf(typeCount);
  const decode = compileDecoder(settings, projectionOf(["type", "country", "amount", "declined"]));
  const outputs: Output[] = [];
  return {
    name,
    warmUpCount,
    run: (count) => {
      let told = 0;
      for (let sequence = 0; sequence < count; sequence += 1) {
        const bytes = messages[sequence & (eventCount - 1)];
        if (bytes === undefined) continue;
        const elements = decode({ stampMs, subject: "events.payment", headers: undefined, sequence, bytes });
        step(shard, { kind: "message", stampMs, elements }, outputs);
        told += outputs.length;
        outputs.length = 0;
      }
      return told;
    },
  };
}

function parseCase(typeCount: number): BenchmarkCase {
  const messages = messagesOf(typeCount);
  const decoder = new TextDecoder();
  return {
    name: "JSON.parse of the decoded text, and nothing more",
    run: (count) => {
      let sum = 0;
      for (let index = 0; index < count; index += 1) {
        const parsed: unknown = JSON.parse(decoder.decode(messages[index & (eventCount - 1)]));
        if (parsed !== null) sum += 1;
      }
      return sum;
    },
  };
}

function objectBenchmark(ruleCount: number): Benchmark {
  const rules = sampleRules(ruleCount, 10);
  const documents = rules.map(plainRuleOf);
  const zen = zenEngine(rules);
  return {
    about: `${ruleCount === 1 ? "One rule" : `${ruleCount} rules`} of three conditions over an event as an object.`,
    cases: [
      decideCase("json-rules-engine 7.3", jsonRulesEngine(rules), 10),
      ...(zen === undefined ? [] : [decideCase("zen-engine 0.54, one decision table", zen, 10)]),
      handCase(handGenerated(rules), 10),
      indexCase(documents, 10),
      stepCase("Tocsin, `step` to its alerts", documents, 10),
    ],
  };
}

/** Four fields: type, country, amount and declined. */
const fourFields = sampleRules(10, 10).map((rule, index) => ({
  ...plainRuleOf(rule),
  conditions: {
    all: [...plainRuleOf(rule).conditions.all, { fact: "declined", operator: "equal", value: index % 2 === 0 }],
  },
}));

export const benchmark: readonly Benchmark[] = [
  ...[1, 10, 100, 1_000].map(objectBenchmark),
  {
    about: "JSON bytes in, over 100 event types.",
    cases: [
      bytesCase("10 rules", sampleRules(10, 100).map(ruleDocumentOf), 100),
      bytesCase("10,000 rules", sampleRules(10_000, 100).map(ruleDocumentOf), 100),
    ],
  },
  {
    about: "JSON bytes to the decision of 10 rules that read 4 fields.",
    cases: [parseCase(10), bytesCase("decode and `step`", fourFields, 10)],
  },
];

/** What no rate shows: memory. */
export async function report(): Promise<string> {
  const quiet = sampleEvents(eventCount, 100).map((event) => ({ ...event, amount: 1 }));
  const rules = sampleRules(10_000, 100).map(ruleDocumentOf);
  const perEvent = allocatedBytes(rules, quiet);
  return [
    "Memory, and what an event that matches nothing allocates in `step`, decoded, of 10,000 rules.",
    "",
    "| what | bytes |",
    "| --- | ---: |",
    `| plan of 10,000 rules, warm | ${await planBytes(10_000)} |`,
    `| an event that matches nothing | ${perEvent.toFixed(2)} |`,
  ].join("\n");
}
