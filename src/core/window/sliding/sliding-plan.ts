import { assert } from "../../base/assert.ts";
import type { CompiledCondition } from "../../expr/compiled.ts";
import type { DurationMs } from "../../time/instant.ts";
import type { AggregateProgram } from "../aggregate-program.ts";
import type { WindowStore } from "../window-program.ts";
import type { WindowOutcome } from "../window-state.ts";

/** A window of the store, with what is read on each event. */
export interface SlidingMember {
  /** Its index among the store's. */
  readonly index: number;
  readonly tag: number;
  readonly sizeMs: DurationMs;
  readonly agoMs: DurationMs;
}

/** Windows that see the very same events: those that allow equal lateness. */
export interface SlidingLanePlan {
  readonly allowedLatenessMs: DurationMs;
  readonly members: readonly SlidingMember[];
  /** An event has left all of them so long after its time. */
  readonly keptMs: number;
}

/** An aggregate, and the column that holds what it takes; undefined where the number of events tells all. */
export interface SlidingAggregate {
  readonly program: AggregateProgram;
  readonly column: number | undefined;
}

export interface SlidingPlan {
  readonly where: CompiledCondition | undefined;
  readonly aggregates: readonly SlidingAggregate[];
  readonly aggregateNames: readonly string[];
  readonly columnCount: number;
  readonly lanes: readonly SlidingLanePlan[];
  /** Of each of the store's members. */
  readonly places: readonly { readonly lane: number; readonly inLane: number }[];
  /** The same outcome at every member. */
  readonly outcomes: Readonly<Record<"filtered" | "late" | "added" | "shed", readonly WindowOutcome[]>>;
}

const plans = new WeakMap<WindowStore, SlidingPlan>();

export function slidingPlanOf(store: WindowStore): SlidingPlan {
  const known = plans.get(store);
  if (known !== undefined) return known;
  const made = planSliding(store);
  plans.set(store, made);
  return made;
}

function planSliding({ members }: WindowStore): SlidingPlan {
  const [first] = members;
  assert(first !== undefined, "a store has a window");
  const { where, aggregates, aggregateNames } = first.program;
  let columnCount = 0;
  const planned = aggregates.map((program): SlidingAggregate => {
    const isNumberOfEvents = (program.kind === "count" || program.kind === "rate") && program.where === undefined;
    if (isNumberOfEvents) return { program, column: undefined };
    columnCount += 1;
    return { program, column: columnCount - 1 };
  });
  const lanes = planLanes(members);
  const everywhere = (kind: "filtered" | "late" | "added" | "shed"): readonly WindowOutcome[] =>
    members.map(() => ({ kind }));
  return {
    where,
    aggregates: planned,
    aggregateNames,
    columnCount,
    lanes,
    places: members.map((_, index) => placeIn(lanes, index)),
    outcomes: {
      filtered: everywhere("filtered"),
      late: everywhere("late"),
      added: everywhere("added"),
      shed: everywhere("shed"),
    },
  };
}

function planLanes(members: WindowStore["members"]): readonly SlidingLanePlan[] {
  const byLateness = new Map<DurationMs, SlidingMember[]>();
  for (const [index, { program, tag }] of members.entries()) {
    const { shape, agoMs, allowedLatenessMs } = program;
    assert(shape.kind === "sliding", "a sliding window");
    const lane = byLateness.get(allowedLatenessMs) ?? [];
    byLateness.set(allowedLatenessMs, lane);
    lane.push({ index, tag, sizeMs: shape.sizeMs, agoMs });
  }
  return Array.from(byLateness, ([allowedLatenessMs, ofLane]) => ({
    allowedLatenessMs,
    members: ofLane,
    keptMs: Math.max(...ofLane.map(({ sizeMs, agoMs }) => sizeMs + agoMs)),
  }));
}

function placeIn(lanes: readonly SlidingLanePlan[], index: number): { readonly lane: number; readonly inLane: number } {
  const lane = lanes.findIndex(({ members }) => members.some((member) => member.index === index));
  return { lane, inLane: lanes[lane]?.members.findIndex((member) => member.index === index) ?? 0 };
}
