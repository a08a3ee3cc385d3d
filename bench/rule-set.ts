import type { JsonObject } from "../src/core/base/json.ts";
import type { TocsinEvent } from "../src/core/event/event.ts";
import { compilePlan } from "../src/core/plan/compile-plan.ts";
import type { Plan } from "../src/core/plan/plan.ts";
import { observeNothing } from "../src/core/shard/output.ts";
import { Shard } from "../src/core/shard/shard.ts";
import { durationMs, eventTimeMs } from "../src/core/time/instant.ts";
import { loadDocuments, type DocumentFile } from "../src/spec/document-set.ts";

/** A rule of three conditions, as three parties read it. */
export interface SampleRule {
  readonly id: string;
  readonly type: string;
  readonly country: string;
  readonly amount: number;
}

const countries = [
  "AT",
  "BE",
  "BR",
  "CH",
  "CN",
  "DE",
  "DK",
  "ES",
  "FI",
  "FR",
  "GB",
  "IN",
  "IT",
  "JP",
  "NL",
  "NO",
  "PL",
  "PT",
  "SE",
  "US",
];

/** Rules over so many event types, twenty countries, and thresholds from 500 on. */
export function sampleRules(ruleCount: number, typeCount: number): readonly SampleRule[] {
  return Array.from({ length: ruleCount }, (_, index) => ({
    id: `rule-${index}`,
    type: `payment.kind${index % typeCount}`,
    country: countries[Math.floor(index / typeCount) % countries.length] ?? "DE",
    amount: 500 + ((index * 37) % 990),
  }));
}

/** json-rules-engine's own rules, whose type is a condition like the others. */
export function conditionsOf({ type, country, amount }: SampleRule) {
  return {
    all: [
      { fact: "type", operator: "equal", value: type },
      { fact: "country", operator: "equal", value: country },
      { fact: "amount", operator: "greaterThan", value: amount },
    ],
  };
}

/** Events of some 220 bytes with eight fields; one in 512 has an amount that some rule may ask for: an alert costs far more than the rules that give none. */
export function sampleEvents(eventCount: number, typeCount: number): readonly JsonObject[] {
  return Array.from({ length: eventCount }, (_, index) => ({
    id: `evt-${index}`,
    type: `payment.kind${(index * 7) % typeCount}`,
    time: 1_767_225_600_000 + index,
    cardBin: String(411_100 + (index % 50)),
    cardHash: `9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0${index}`,
    amount: index % 512 === 0 ? 1_000 + ((index * 31) % 500) : (index * 1.25) % 499,
    country: countries[(Math.floor(index / typeCount) * 7) % countries.length] ?? "DE",
    declined: index % 7 === 0,
  }));
}

export function eventOf(fields: JsonObject, sequence: number): TocsinEvent {
  const { type, time } = fields;
  return {
    position: { source: "events", sequence, index: 0 },
    id: sequence,
    type: typeof type === "string" ? type : "event",
    time: eventTimeMs(Number(time)),
    source: "events",
    fields,
    whole: fields,
  };
}

const rulesInFile = 500;

/** Compiles rules as the loader does, out of files. */
export function planOf(rules: readonly object[]): Plan {
  const files = Array.from({ length: Math.ceil(rules.length / rulesInFile) }, (_, file): DocumentFile => {
    const text = JSON.stringify(rules.slice(file * rulesInFile, (file + 1) * rulesInFile));
    return { path: `rules/r${file}.json`, kind: "rule", text };
  });
  const { set, lints } = loadDocuments(files);
  const { plan, faults } = compilePlan(set);
  if (plan?.rules.length === rules.length) return plan;
  throw new Error(`the rules have faults: ${JSON.stringify([lints, faults]).slice(0, 2_000)}`);
}

export function shardOf(plan: Plan): Shard {
  return new Shard(plan, {
    outOfOrdernessMs: durationMs(0),
    keyCountMax: 1_000_000,
    bufferedEventCountMax: 100_000,
    derivedEventCountMax: 1_000,
    observing: observeNothing,
  });
}

/** Rules as files have them: the type is looked at before anything else. */
export function ruleDocumentOf({ id, type, country, amount }: SampleRule) {
  return { id, on: [type], conditions: conditionsOf({ id, type, country, amount }) };
}

/** The same as json-rules-engine has them, which Tocsin takes as they are. */
export function plainRuleOf(rule: SampleRule) {
  return { id: rule.id, conditions: conditionsOf(rule), event: { type: rule.id } };
}
