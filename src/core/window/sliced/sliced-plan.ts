import { assert } from "../../base/assert.ts";
import type { AggregateProgram } from "../aggregate-program.ts";
import { createAggregateState } from "../aggregate/create-aggregate-state.ts";
import type { AggregateState } from "../aggregate-state.ts";
import type { WindowProgram, WindowStore } from "../window-program.ts";
import type { WindowOutcome } from "../window-state.ts";
import { type AlignedAssigner, createAssigner, floorTo } from "./aligned-assigner.ts";

/**
 * How the aggregates of many slices become one without going through all of them at each firing. `subtract`: what leaves is taken out
 * again, exactly. `stacks`: two stacks of merges. `afresh`: all are merged each time, in order: what comes out may depend on the way.
 */
export type CombiningMode = "subtract" | "stacks" | "afresh";

/** A store of windows with what their shapes and aggregates come to: immutable but for the calendars' bounds, and shared by all keys. */
export interface SlicedPlan {
  readonly program: WindowProgram;
  readonly members: readonly SlicedMember[];
  /** Those that need a state; a count of all events has that of the slice. */
  readonly kept: readonly AggregateProgram[];
  readonly modes: readonly CombiningMode[];
  /** Of each of the program's aggregates its place among the kept ones, -1 for one that is not. */
  readonly places: readonly number[];
  /** Every time is in a window of every member. */
  readonly isGapless: boolean;
  readonly hasSliding: boolean;
  readonly filtered: readonly WindowOutcome[];
  readonly added: readonly WindowOutcome[];
}

export interface SlicedMember {
  readonly tag: number;
  readonly agoMs: number;
  readonly allowedLatenessMs: number;
  /** Undefined for a sliding window. */
  readonly assigner: AlignedAssigner | undefined;
  /** Of a sliding window. */
  readonly sizeMs: number;
  readonly resolutionMs: number;
}

const plans = new WeakMap<WindowStore, SlicedPlan>();

export function slicedPlanOf(store: WindowStore): SlicedPlan {
  const known = plans.get(store);
  if (known !== undefined) return known;
  const made = createPlan(store);
  plans.set(store, made);
  return made;
}

function createPlan(store: WindowStore): SlicedPlan {
  const program = store.members[0]?.program;
  assert(program !== undefined, "a store has a window");
  const members = store.members.map((member) => createMember(member.program, member.tag));
  const kept = program.aggregates.filter((aggregate) => !isCountOfAll(aggregate));
  const outcomes = (kind: "filtered" | "added"): readonly WindowOutcome[] => members.map(() => ({ kind }));
  return {
    program,
    members,
    kept,
    modes: kept.map(modeOf),
    places: program.aggregates.map((aggregate) => kept.indexOf(aggregate)),
    isGapless: members.every(({ assigner }) => assigner?.isGapless !== false),
    hasSliding: members.some(({ assigner }) => assigner === undefined),
    filtered: outcomes("filtered"),
    added: outcomes("added"),
  };
}

function createMember({ shape, agoMs, allowedLatenessMs }: WindowProgram, tag: number): SlicedMember {
  const sizes =
    shape.kind === "sliding" && shape.resolutionMs !== undefined
      ? { sizeMs: shape.sizeMs, resolutionMs: shape.resolutionMs }
      : { sizeMs: 0, resolutionMs: 1 };
  return { tag, agoMs, allowedLatenessMs, assigner: createAssigner(shape), ...sizes };
}

function isCountOfAll({ kind, where }: AggregateProgram): boolean {
  return kind === "count" && where === undefined;
}

function modeOf(aggregate: AggregateProgram): CombiningMode {
  switch (aggregate.kind) {
    case "count":
    case "sum":
    case "avg":
    case "stddev":
    case "percentile":
    case "ratio":
    case "rate":
    case "regression":
      return "subtract";
    case "min":
    case "max":
    case "first":
    case "last":
    case "collect":
    case "distinct":
      return "stacks";
    case "per":
      return modeOf(aggregate.inner) === "afresh" ? "afresh" : "stacks";
    case "topK":
    case "custom":
      return "afresh";
  }
}

export function createStates({ kept }: SlicedPlan): AggregateState[] {
  return kept.map(createAggregateState);
}

/** The greatest bound of any member that is not after `time`: where the slice that holds it begins. */
export function sliceStartAt({ members }: SlicedPlan, time: number): number {
  let start = -Infinity;
  for (const { assigner, resolutionMs } of members)
    start = Math.max(start, assigner === undefined ? floorTo(time, resolutionMs, 0) : assigner.boundaryAt(time));
  return start;
}

export function sliceEndAt({ members }: SlicedPlan, time: number): number {
  let end = Infinity;
  for (const { assigner, resolutionMs } of members) {
    const next = assigner === undefined ? floorTo(time, resolutionMs, 0) + resolutionMs : assigner.boundaryAfter(time);
    end = Math.min(end, next);
  }
  return end;
}
