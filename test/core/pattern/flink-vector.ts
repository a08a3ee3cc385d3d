// Runs Flink's own CEP cases as `flink-cep-sample.json` describes them: its README says what the keys mean.
import { ByteReader, ByteWriter } from "../../../src/core/base/bytes.ts";
import type { JsonValue } from "../../../src/core/base/json.ts";
import type { TocsinEvent } from "../../../src/core/event/event.ts";
import type { CompiledCondition } from "../../../src/core/expr/compiled.ts";
import type { Scope } from "../../../src/core/expr/scope.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { advanceTime } from "../../../src/core/pattern/advance-time.ts";
import { compilePattern } from "../../../src/core/pattern/compile-pattern.ts";
import type { Match } from "../../../src/core/pattern/match.ts";
import { offerEvent } from "../../../src/core/pattern/matcher.ts";
import { newPatternState, type PatternState } from "../../../src/core/pattern/partial-match.ts";
import type { PatternProgram } from "../../../src/core/pattern/pattern-program.ts";
import { decodePatternState, encodePatternState } from "../../../src/core/pattern/state-codec.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import type { InlinePatternDocument, StepDocument } from "../../../src/spec/pattern.ts";

export type Condition = { readonly [key: string]: unknown };

export interface Stage {
  readonly name: string;
  readonly contiguity: "begin" | "next" | "followedBy" | "followedByAny" | "notNext" | "notFollowedBy";
  readonly where?: Condition;
  readonly times: { readonly min: number; readonly max: number | null; readonly windowMs?: number };
  readonly loop: boolean;
  readonly optional: boolean;
  readonly greedy: boolean;
  readonly inner: "relaxed" | "consecutive" | "allowCombinations";
  readonly until: Condition | null;
  readonly group?: readonly Stage[];
  readonly withinPrevMs?: number;
}

export interface Vector {
  readonly id: string;
  readonly mode: "nfa" | "operator";
  readonly tags: readonly string[];
  readonly timeMode?: "event" | "processing";
  readonly keyBy?: string | null;
  readonly tieBreak?: { readonly field: string; readonly order: "asc" | "desc" };
  readonly pattern: {
    readonly skip: { readonly strategy: string; readonly to?: string; readonly throwOnMiss?: boolean };
    readonly withinMs: number | null;
    readonly withinType: "firstAndLast" | "previousAndCurrent";
    readonly stages: readonly Stage[];
  };
  readonly events: readonly { readonly ts: number; readonly type: string; readonly [field: string]: JsonValue }[];
  readonly steps?: readonly { readonly event?: number; readonly time?: number; readonly watermark?: number | "max"; readonly restore?: true }[];
  readonly expected: readonly Record<string, readonly number[]>[];
  readonly expectedTimeouts?: readonly { readonly match: Record<string, readonly number[]>; readonly ts: number }[];
  readonly expectedLate?: readonly number[];
}

/** Why a case can't be run here; undefined: it can. */
export function unsupportedBy(vector: Vector): string | undefined {
  if (vector.pattern.stages.some(({ group }) => group !== undefined)) return "group";
  if (vector.timeMode === "processing") return "processing time";
  if (vector.pattern.skip.throwOnMiss === true) return "throwOnMiss";
  return undefined;
}

const inners = { relaxed: "relaxed", consecutive: "strict", allowCombinations: "combinations" } as const;
const skips: Readonly<Record<string, "none" | "toNext" | "pastLastEvent" | "toFirst" | "toLast">> = {
  noSkip: "none",
  skipToNext: "toNext",
  skipPastLastEvent: "pastLastEvent",
  skipToFirst: "toFirst",
  skipToLast: "toLast",
};

function stepOf(stage: Stage, index: number): StepDocument {
  const { times, loop, withinPrevMs } = stage;
  const isSingle = times.min === 1 && times.max === 1;
  // Flink ignores previousAndCurrent on stages with a quantifier; a test of its own counts on it.
  const gapMs = isSingle ? withinPrevMs : times.windowMs;
  return {
    [stage.contiguity]: `s${index}`,
    ...(stage.where === undefined ? {} : { where: { vector: stage.where } }),
    ...(isSingle ? {} : { times: loop ? `${times.min}+` : `${times.min}..${times.max}`, inner: inners[stage.inner] }),
    ...(stage.optional ? { optional: true } : {}),
    ...(stage.greedy ? { greedy: true } : {}),
    ...(stage.until === null ? {} : { until: { vector: stage.until } }),
    ...(gapMs === undefined ? {} : { within: { gap: `${gapMs}ms` } }),
  };
}

export function documentOf({ pattern, expectedTimeouts }: Vector): InlinePatternDocument {
  const kind = skips[pattern.skip.strategy] ?? "none";
  const to = `s${pattern.stages.findIndex(({ name }) => name === pattern.skip.to)}`;
  return {
    ...(pattern.withinMs === null || pattern.withinType === "previousAndCurrent" ? {} : { within: `${pattern.withinMs}ms` }),
    skip: kind === "toFirst" ? { toFirst: to } : kind === "toLast" ? { toLast: to } : kind,
    emitTimeouts: expectedTimeouts !== undefined,
    sequence: pattern.stages.map(stepOf),
  };
}

/** Flink's conditions as functions: left to right, stopping early. */
function evaluate(condition: Condition, scope: Scope, slotOf: (stage: string) => number): boolean {
  const fields: Readonly<Record<string, unknown>> = scope.event === undefined ? {} : scope.event.fields;
  const { all, any, not, field, op, value, agg, subtype } = condition;
  const inner = (item: unknown): boolean => evaluate(item as Condition, scope, slotOf);
  if (Array.isArray(all)) return all.every(inner);
  if (Array.isArray(any)) return any.some(inner);
  if (not !== undefined) return !inner(not);
  if (condition["true"] === true) return true;
  if (subtype !== undefined) return scope.event?.type === subtype;
  const left = field === undefined ? aggregateOf(agg as Condition, scope, slotOf) : fields[String(field)];
  const right = agg !== undefined && field !== undefined ? aggregateOf(agg as Condition, scope, slotOf) : value;
  return compare(left, String(op), right);
}

function compare(left: unknown, op: string, right: unknown): boolean {
  switch (op) {
    case "=":
      return left === right;
    case "!=":
      return left !== right;
    case "contains":
      return String(left).includes(String(right));
    case "startsWith":
      return String(left).startsWith(String(right));
    case "<":
      return Number(left) < Number(right);
    case "<=":
      return Number(left) <= Number(right);
    case ">":
      return Number(left) > Number(right);
    case ">=":
      return Number(left) >= Number(right);
    default:
      throw new Error(`no operator ${op}`);
  }
}

function aggregateOf({ fn, of, field, includeCurrent }: Condition, scope: Scope, slotOf: (stage: string) => number): unknown {
  const fact = scope.slots[slotOf(String(of))] as { count: number; sum: Record<string, number>; first: Record<string, unknown> | null; last: Record<string, unknown> | null };
  const current = Number(includeCurrent === true ? (scope.event?.fields[String(field)] ?? 0) : 0);
  switch (fn) {
    case "sum":
      return (fact.sum[String(field)] ?? 0) + current;
    case "count":
      return fact.count + (includeCurrent === true ? 1 : 0);
    case "first":
      return fact.first?.[String(field)];
    case "last":
      return fact.last?.[String(field)];
    default:
      throw new Error(`no aggregate ${String(fn)}`);
  }
}

export function programOf(vector: Vector): PatternProgram {
  const names = vector.pattern.stages.map(({ name }) => name);
  const slotOf = (stage: string): number => names.indexOf(stage);
  const { compiled, faults } = compilePattern(documentOf(vector), "", {
    names: eventNames(),
    firstSlot: 0,
    conditions: (document) => {
      const condition = (document as { vector: Condition }).vector;
      const compiled: CompiledCondition = { holds: (scope) => evaluate(condition, scope, slotOf), reads: names.map((_, index) => `s${index}`) };
      return { compiled, faults: [] };
    },
  });
  if (compiled === undefined) throw new Error(JSON.stringify(faults));
  return compiled;
}

export interface Outcome {
  readonly matches: Record<string, readonly number[]>[];
  readonly timeouts: { match: Record<string, readonly number[]>; ts: number }[];
  readonly late: number[];
}

/** @param restoresAtEachStep written to bytes and read back before every step. */
export function runVector(vector: Vector, { restoresAtEachStep }: { readonly restoresAtEachStep: boolean }): Outcome {
  const program = programOf(vector);
  const outcome: Outcome = { matches: [], timeouts: [], late: [] };
  const scope: Scope = { event: undefined, key: {}, now: 0, slots: [] };
  const indexesOf = (match: Match): Record<string, number[]> =>
    Object.fromEntries([...match.steps].map(([name, events]) => [vector.pattern.stages[Number(name.slice(1))]?.name ?? "", events.map(({ position }) => position.sequence)]));
  const sink = {
    match: (match: Match) => {
      if (match.timedOut) outcome.timeouts.push({ match: indexesOf(match), ts: match.time });
      else outcome.matches.push(indexesOf(match));
    },
    error: () => undefined,
    shed: () => undefined,
  };
  const eventAt = (index: number): TocsinEvent => {
    const fields = vector.events[index];
    if (fields === undefined) throw new Error(`no event ${index}`);
    return { position: { source: "v", sequence: index, index: 0 }, id: index, type: fields.type, time: eventTimeMs(fields.ts), source: "v", fields };
  };
  const run = vector.mode === "nfa" ? runDirect : runByWatermark;
  run(vector, { program, scope, sink, eventAt, late: outcome.late, restoresAtEachStep });
  return outcome;
}

interface Run {
  readonly program: PatternProgram;
  readonly scope: Scope;
  readonly sink: { match(match: Match): void; error(): void; shed(): void };
  readonly eventAt: (index: number) => TocsinEvent;
  readonly late: number[];
  readonly restoresAtEachStep: boolean;
}

function runDirect({ steps, events }: Vector, { program, scope, sink, eventAt, restoresAtEachStep }: Run): void {
  let state = newPatternState();
  for (const step of steps ?? events.map((_, event) => ({ event, time: undefined }))) {
    if (restoresAtEachStep) state = restored(program, state);
    if (step.event !== undefined) offerEvent(program, state, eventAt(step.event), scope, sink);
    else advanceTime(program, state, eventTimeMs(step.time ?? 0), scope, sink);
  }
}

/** Flink's operator in event time: events wait per key for the watermark. Here the watermark outlives a restore. */
function runByWatermark(vector: Vector, { program, scope, sink, eventAt, late, restoresAtEachStep }: Run): void {
  let states = new Map<JsonValue, { state: PatternState; waiting: TocsinEvent[] }>();
  let watermark = Number.NEGATIVE_INFINITY;
  for (const step of vector.steps ?? []) {
    if (restoresAtEachStep) for (const record of states.values()) record.state = restored(program, record.state);
    if (step.event !== undefined) {
      const event = eventAt(step.event);
      const key = vector.keyBy === null || vector.keyBy === undefined ? null : (event.fields[vector.keyBy] ?? null);
      const record = states.get(key) ?? { state: newPatternState(), waiting: [] };
      states.set(key, record);
      if (event.time <= watermark) late.push(step.event);
      else record.waiting.push(event);
    } else if (step.restore === true) {
      states = new Map([...states].map(([key, { state, waiting }]) => [key, { state: restored(program, state), waiting }]));
      if (vector.tags.includes("restoreResetsWatermark")) watermark = Number.NEGATIVE_INFINITY;
    } else if (step.watermark !== undefined) {
      watermark = step.watermark === "max" ? Number.POSITIVE_INFINITY : Math.max(watermark, step.watermark);
      for (const record of states.values()) {
        const isDue = ({ time }: TocsinEvent): boolean => time <= watermark;
        const due = record.waiting.filter(isDue).sort((a, b) => a.time - b.time || tieOrder(vector, a, b));
        record.waiting = record.waiting.filter((event) => !isDue(event));
        for (const event of due) offerEvent(program, record.state, event, scope, sink);
        advanceTime(program, record.state, eventTimeMs(watermark), scope, sink);
      }
    }
  }
}

function tieOrder({ tieBreak }: Vector, a: TocsinEvent, b: TocsinEvent): number {
  if (tieBreak === undefined || tieBreak === null) return 0;
  const order = Number(a.fields[tieBreak.field]) - Number(b.fields[tieBreak.field]);
  return tieBreak.order === "asc" ? order : -order;
}

export function restored(program: PatternProgram, state: PatternState): PatternState {
  const writer = new ByteWriter();
  encodePatternState(program, state, writer);
  return decodePatternState(program, new ByteReader(writer.finish()));
}
