// Runs Flink's own CEP cases as `flink-cep-sample.json` describes them: its README says what the keys mean.
import { ByteReader, ByteWriter } from "../../../src/core/base/bytes.ts";
import type { JsonValue } from "../../../src/core/base/json.ts";
import type { TocsinEvent } from "../../../src/core/event/event.ts";
import type { CompiledCondition } from "../../../src/core/expr/compiled.ts";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import type { Scope } from "../../../src/core/expr/scope.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { advanceTime } from "../../../src/core/pattern/advance-time.ts";
import { compilePattern } from "../../../src/core/pattern/compile-pattern.ts";
import type { Match } from "../../../src/core/pattern/match.ts";
import { offerEvent } from "../../../src/core/pattern/matcher.ts";
import { newPatternState, type PatternState } from "../../../src/core/pattern/partial-match.ts";
import type { PatternProgram } from "../../../src/core/pattern/pattern-program.ts";
import { noSource } from "../expr/expr-fixture.ts";
import { decodePatternState, encodePatternState } from "../../../src/core/pattern/state-codec.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import type { InlinePatternDocument, StepDocument } from "../../../src/spec/pattern.ts";

export interface Condition {
  readonly all?: readonly Condition[];
  readonly any?: readonly Condition[];
  readonly not?: Condition;
  readonly true?: true;
  readonly subtype?: string;
  readonly field?: string;
  readonly op?: string;
  readonly value?: JsonValue;
  readonly agg?: Aggregate;
}

export interface Aggregate {
  readonly fn: string;
  readonly of: string;
  readonly field?: string;
  readonly includeCurrent?: boolean;
}

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
  readonly steps?: readonly {
    readonly event?: number;
    readonly time?: number;
    readonly watermark?: number | "max";
    readonly restore?: true;
  }[];
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

/** @param conditions takes the stage's conditions; the document holds their indexes. */
function stepOf(stage: Stage, index: number, conditions: Condition[]): StepDocument {
  const held = (condition: Condition): { vector: number } => ({ vector: conditions.push(condition) - 1 });
  const { times, loop, withinPrevMs } = stage;
  const isSingle = times.min === 1 && times.max === 1;
  // Flink ignores previousAndCurrent on stages with a quantifier; a test of its own counts on it.
  const gapMs = isSingle ? withinPrevMs : times.windowMs;
  return {
    [stage.contiguity]: `s${index}`,
    ...(stage.where === undefined ? {} : { where: held(stage.where) }),
    ...(isSingle ? {} : { times: loop ? `${times.min}+` : `${times.min}..${times.max}`, inner: inners[stage.inner] }),
    ...(stage.optional ? { optional: true } : {}),
    ...(stage.greedy ? { greedy: true } : {}),
    ...(stage.until === null ? {} : { until: held(stage.until) }),
    ...(gapMs === undefined ? {} : { within: { gap: `${gapMs}ms` } }),
  };
}

function documentOf({ pattern, expectedTimeouts }: Vector, conditions: Condition[]): InlinePatternDocument {
  const kind = skips[pattern.skip.strategy] ?? "none";
  const to = `s${pattern.stages.findIndex(({ name }) => name === pattern.skip.to)}`;
  return {
    ...(pattern.withinMs === null || pattern.withinType === "previousAndCurrent"
      ? {}
      : { within: `${pattern.withinMs}ms` }),
    skip: kind === "toFirst" ? { toFirst: to } : kind === "toLast" ? { toLast: to } : kind,
    emitTimeouts: expectedTimeouts !== undefined,
    sequence: pattern.stages.map((stage, index) => stepOf(stage, index, conditions)),
  };
}

/** Flink's conditions as functions: left to right, stopping early. */
function evaluate(condition: Condition, scope: Scope, slotOf: (stage: string) => number): boolean {
  const { all, any, not, field, op = "=", value, agg, subtype } = condition;
  const inner = (item: Condition): boolean => evaluate(item, scope, slotOf);
  if (all !== undefined) return all.every(inner);
  if (any !== undefined) return any.some(inner);
  if (not !== undefined) return !inner(not);
  if (condition.true === true) return true;
  if (subtype !== undefined) return scope.event?.type === subtype;
  const aggregate = agg === undefined ? value : aggregateOf(agg, scope, slotOf);
  if (field === undefined) return compare(aggregate, op, value);
  return compare(scope.event?.fields[field], op, aggregate);
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

function memberOf(holder: unknown, name: string): unknown {
  const member: unknown = typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
  return member;
}

function aggregateOf(
  { fn, of, field = "", includeCurrent }: Aggregate,
  scope: Scope,
  slotOf: (stage: string) => number,
): unknown {
  const aggregate = memberOf(scope.slots[slotOf(of)], fn);
  const current = includeCurrent === true ? Number(scope.event?.fields[field] ?? 0) : 0;
  switch (fn) {
    case "sum":
      return Number(memberOf(aggregate, field) ?? 0) + current;
    case "count":
      return Number(aggregate) + (includeCurrent === true ? 1 : 0);
    case "first":
    case "last":
      return memberOf(aggregate, field);
    default:
      throw new Error(`no aggregate ${fn}`);
  }
}

function programOf(vector: Vector): PatternProgram {
  const names = vector.pattern.stages.map(({ name }) => name);
  const slotOf = (stage: string): number => names.indexOf(stage);
  const conditions: Condition[] = [];
  const document = documentOf(vector, conditions);
  const { compiled, faults } = compilePattern(document, "", {
    names: eventNames(),
    firstSlot: 0,
    conditions: (document) => {
      const condition = typeof document === "string" ? undefined : conditions[Number(document["vector"])];
      if (condition === undefined) throw new Error("no such condition");
      const compiled: CompiledCondition = {
        holds: (scope) => evaluate(condition, scope, slotOf),
        reads: names.map((_, index) => `s${index}`),
        expr: { kind: "literal", value: null },
        source: noSource,
      };
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
  const scope = emptyScope();
  const indexesOf = (match: Match): Record<string, number[]> =>
    Object.fromEntries(
      [...match.steps].map(([name, events]) => [
        vector.pattern.stages[Number(name.slice(1))]?.name ?? "",
        events.map(({ position }) => position.sequence),
      ]),
    );
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
    return {
      position: { source: "v", sequence: index, index: 0 },
      id: index,
      type: fields.type,
      time: eventTimeMs(fields.ts),
      source: "v",
      fields,
    };
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
      states = new Map(
        [...states].map(([key, { state, waiting }]) => [key, { state: restored(program, state), waiting }]),
      );
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
