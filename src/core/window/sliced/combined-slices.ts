import { createAggregateState, createRemovableState } from "../aggregate/create-aggregate-state.ts";
import { groupCountMax, GroupState } from "../aggregate/group-state.ts";
import type { AggregateProgram } from "../aggregate-program.ts";
import type { AggregateState, RemovableAggregateState } from "../aggregate-state.ts";
import type { Slice } from "./slice.ts";
import { createStates, type SlicedPlan } from "./sliced-plan.ts";

/** What slices come to together. Not to be changed: it may be a slice's own. */
export interface Combined {
  readonly eventCount: number;
  readonly states: readonly AggregateState[];
}

/** All merged, one after the other. */
export function combineAll(plan: SlicedPlan, slices: readonly Slice[]): Combined {
  const [first] = slices;
  if (first !== undefined && slices.length === 1) return first;
  const states = createStates(plan);
  let eventCount = 0;
  for (const slice of slices) {
    eventCount += slice.eventCount;
    for (const [index, state] of states.entries()) mergeFrom(state, slice.states[index]);
  }
  return { eventCount, states };
}

/**
 * Slices from one time to another, whose two ends only go forward, in amortised constant work for each slice that enters and leaves:
 * what can be subtracted is; the rest is in two stacks (K. Tangwongsan and others, "General Incremental Sliding-Window Aggregation",
 * VLDB 2015, section 2): `front` with the merges of each slice and all behind it in the front, `back` with one merge of all.
 *
 * It is built again from the slices whenever it is missing, and is not part of saved state: what it gives is what `combineAll` gives.
 */
export class CombinedSlices {
  readonly plan: SlicedPlan;
  /** Slices that begin within it are in. */
  from = -Infinity;
  upTo = -Infinity;
  /** The oldest is last. */
  front: Slice[] = [];
  frontStates: AggregateState[][] = [];
  back: Slice[] = [];
  backStates: (AggregateState | undefined)[] = [];
  running: (RemovableAggregateState | undefined)[] = [];
  eventCount = 0;

  constructor(plan: SlicedPlan) {
    this.plan = plan;
    this.clear(-Infinity);
  }

  /**
   * Moves to the slices that begin in `[from, upTo)`. `slicesIn` gives those between two times, in order.
   */
  moveTo(from: number, upTo: number, slicesIn: (from: number, upTo: number) => readonly Slice[]): void {
    if (from < this.from || upTo < this.upTo || from >= this.upTo) this.clear(from);
    this.from = from;
    while (this.isOldestBefore(from)) this.dropOldest();
    for (const slice of slicesIn(Math.max(from, this.upTo), upTo)) this.append(slice);
    this.upTo = upTo;
  }

  /** What they come to with `more`, which stand behind them. */
  combined(more: readonly Slice[]): Combined {
    let { eventCount } = this;
    for (const slice of more) eventCount += slice.eventCount;
    return { eventCount, states: this.plan.kept.map((program, index) => this.stateOf(program, index, more)) };
  }

  private stateOf(program: AggregateProgram, index: number, more: readonly Slice[]): AggregateState {
    const { plan } = this;
    const parts = plan.modes[index] === "afresh" ? this.slices().map(({ states }) => states[index]) : this.parts(index);
    for (const { states } of more) parts.push(states[index]);
    const present = parts.filter((part) => part !== undefined);
    const [only] = present;
    if (only !== undefined && present.length === 1) return only;
    const merged = createAggregateState(program);
    for (const part of present) merged.merge(part);
    if (merged instanceof GroupState && merged.groups.size >= groupCountMax) {
      // Which groups the limit keeps out depends on the way; it is that of `combineAll`.
      return combineAll(plan, [...this.slices(), ...more]).states[index] ?? merged;
    }
    return merged;
  }

  private parts(index: number): (AggregateState | undefined)[] {
    const running = this.running[index];
    if (running !== undefined) return [running];
    return [this.frontStates.at(-1)?.[index], this.backStates[index]];
  }

  private slices(): readonly Slice[] {
    return [...this.front.toReversed(), ...this.back];
  }

  private clear(from: number): void {
    const { kept, modes } = this.plan;
    this.from = from;
    this.upTo = from;
    this.front = [];
    this.frontStates = [];
    this.back = [];
    this.backStates = kept.map(() => undefined);
    this.running = kept.map((program, index) =>
      modes[index] === "subtract" ? createRemovableState(program) : undefined,
    );
    this.eventCount = 0;
  }

  private append(slice: Slice): void {
    this.back.push(slice);
    this.eventCount += slice.eventCount;
    for (const [index, mode] of this.plan.modes.entries()) {
      if (mode === "subtract") mergeFrom(this.running[index], slice.states[index]);
      else if (mode === "stacks") mergeFrom((this.backStates[index] ??= this.create(index)), slice.states[index]);
    }
  }

  private create(index: number): AggregateState | undefined {
    const program = this.plan.kept[index];
    return program === undefined ? undefined : createAggregateState(program);
  }

  private isOldestBefore(from: number): boolean {
    const oldest = this.front.at(-1) ?? this.back[0];
    return oldest !== undefined && oldest.start < from;
  }

  private dropOldest(): void {
    if (this.front.length === 0) this.turnOver();
    const slice = this.front.pop();
    this.frontStates.pop();
    if (slice === undefined) return;
    this.eventCount -= slice.eventCount;
    for (const [index, running] of this.running.entries()) {
      const state = slice.states[index];
      if (running !== undefined && state !== undefined) running.unmerge(state);
    }
  }

  /** The back becomes the front: of each slice, itself merged with all behind it. */
  private turnOver(): void {
    for (const slice of this.back.toReversed()) {
      const behind = this.frontStates.at(-1);
      this.front.push(slice);
      this.frontStates.push(this.suffixOf(slice, behind));
    }
    this.back = [];
    this.backStates = this.backStates.map(() => undefined);
  }

  private suffixOf(slice: Slice, behind: readonly AggregateState[] | undefined): AggregateState[] {
    return slice.states.map((state, index) => {
      const program = this.plan.kept[index];
      if (behind === undefined || program === undefined || this.plan.modes[index] !== "stacks") return state;
      const suffix = createAggregateState(program);
      suffix.merge(state);
      mergeFrom(suffix, behind[index]);
      return suffix;
    });
  }
}

function mergeFrom(state: AggregateState | undefined, other: AggregateState | undefined): void {
  if (state !== undefined && other !== undefined) state.merge(other);
}
