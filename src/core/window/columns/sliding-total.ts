import type { JsonValue } from "../../base/json.ts";
import { Deque } from "../../base/deque.ts";
import type { EventTimeMs } from "../../time/instant.ts";
import { CountedDistinctState } from "../aggregate/distinct-state.ts";
import { createAggregateState, createRemovableState, isRemovable } from "../aggregate/create-aggregate-state.ts";
import { type AggregateInput, isNothing, jsonOfInput } from "../aggregate-input.ts";
import type { AggregateProgram } from "../aggregate-program.ts";
import type { RemovableAggregateState, ValueMoment } from "../aggregate-state.ts";
import type { EventColumns } from "./event-columns.ts";

/** Events of a window, `[from, to)` by sequence number. */
export interface SlidingRange {
  readonly columns: EventColumns;
  readonly from: number;
  readonly to: number;
}

/** One aggregate of a sliding window. Events enter at its back and leave at its front, in the order of their sequence numbers. */
export interface SlidingTotal {
  /** False where a limit kept the input out. */
  enter(input: AggregateInput, sequence: number, time: EventTimeMs): boolean;
  leave(input: AggregateInput, sequence: number, time: EventTimeMs): void;
  /** Over the events that entered and have not left. */
  value(range: SlidingRange, moment: ValueMoment): JsonValue;
}

/** Undefined for the number of events, which needs none. */
export function createTotal(program: AggregateProgram, index: number): SlidingTotal | undefined {
  switch (program.kind) {
    case "count":
      return program.where === undefined ? undefined : new RemovableTotal(createRemovableState(program));
    case "min":
    case "max":
      return new ExtremeTotal(program.kind);
    case "first":
    case "last":
      return new OrderTotal(index, program.kind, 1);
    case "collect":
      return new OrderTotal(index, "collect", program.limit);
    case "distinct":
      return new DistinctTotal(index);
    case "custom":
      return new AfreshTotal(program, index);
    case "per":
      return isRemovable(program) ? new RemovableTotal(createRemovableState(program)) : new AfreshTotal(program, index);
    case "sum":
    case "avg":
    case "stddev":
    case "percentile":
    case "topK":
    case "ratio":
    case "rate":
    case "regression":
      return new RemovableTotal(createRemovableState(program));
  }
}

/** True for an aggregate whose inputs have to be kept: all but the number of events. */
export function needsInputs({ kind, where }: AggregateProgram): boolean {
  return kind !== "count" || where !== undefined;
}

/** Subtract on evict: O(1) an event. */
class RemovableTotal implements SlidingTotal {
  readonly state: RemovableAggregateState;

  constructor(state: RemovableAggregateState) {
    this.state = state;
  }

  enter(input: AggregateInput, sequence: number, time: EventTimeMs): boolean {
    return isNothing(input) || this.state.add(input, time, sequence);
  }

  leave(input: AggregateInput, _sequence: number, time: EventTimeMs): void {
    if (!isNothing(input)) this.state.remove(input, time);
  }

  value(_range: SlidingRange, moment: ValueMoment): JsonValue {
    return this.state.value(moment);
  }
}

/**
 * Least or greatest value by a monotonic deque: an entry that a later one is at least as extreme as can never be the
 * result again and is dropped at once, so the front is the result. Amortised O(1) an event.
 */
class ExtremeTotal implements SlidingTotal {
  readonly kind: "min" | "max";
  readonly sequences = new Deque<number>();
  readonly values = new Deque<number>();

  constructor(kind: "min" | "max") {
    this.kind = kind;
  }

  enter(input: AggregateInput, sequence: number): boolean {
    if (typeof input !== "number" || isNothing(input)) return true;
    for (let back = this.values.back(); back !== undefined; back = this.values.back()) {
      if (this.kind === "min" ? back < input : back > input) break;
      this.values.popBack();
      this.sequences.popBack();
    }
    this.values.pushBack(input);
    this.sequences.pushBack(sequence);
    return true;
  }

  leave(_input: AggregateInput, sequence: number): void {
    if (this.sequences.front() !== sequence) return;
    this.sequences.popFront();
    this.values.popFront();
  }

  value(): JsonValue {
    return this.values.front() ?? null;
  }
}

/** The first values, or the last one: the events that have one, by their sequence numbers. */
class OrderTotal implements SlidingTotal {
  readonly index: number;
  readonly kind: "first" | "last" | "collect";
  readonly limit: number;
  readonly sequences = new Deque<number>();

  constructor(index: number, kind: "first" | "last" | "collect", limit: number) {
    this.index = index;
    this.kind = kind;
    this.limit = limit;
  }

  enter(input: AggregateInput, sequence: number): boolean {
    if (!isNothing(input)) this.sequences.pushBack(sequence);
    return true;
  }

  leave(_input: AggregateInput, sequence: number): void {
    if (this.sequences.front() === sequence) this.sequences.popFront();
  }

  value({ columns }: SlidingRange): JsonValue {
    const read = (sequence: number | undefined): JsonValue =>
      sequence === undefined ? null : jsonOfInput(columns.inputAt(this.index, sequence));
    switch (this.kind) {
      case "first":
        return read(this.sequences.front());
      case "last":
        return read(this.sequences.back());
      case "collect": {
        const count = Math.min(this.limit, this.sequences.size);
        return Array.from({ length: count }, (_, at) => read(this.sequences.at(at)));
      }
    }
  }
}

/** Events up to which different values are counted by going through them: a key with few has no table of them. */
const scannedCountMax = 16;

/** Number of different values, exact. */
class DistinctTotal implements SlidingTotal {
  readonly index: number;
  /** Undefined while there are few events. */
  state: CountedDistinctState | undefined = undefined;
  size = 0;
  /** The few inputs, `nothing` among them, the oldest first. */
  few: AggregateInput[] = [];

  constructor(index: number) {
    this.index = index;
  }

  enter(input: AggregateInput): boolean {
    this.size += 1;
    if (this.state !== undefined) return isNothing(input) || this.state.add(input);
    this.few.push(input);
    if (this.size <= scannedCountMax) return true;
    this.state = new CountedDistinctState();
    for (const each of this.few) if (!isNothing(each)) this.state.add(each);
    this.few = [];
    return true;
  }

  leave(input: AggregateInput): void {
    this.size -= 1;
    if (this.state === undefined) this.few.shift();
    else if (!isNothing(input)) this.state.remove(input);
    if (this.size === 0) this.state = undefined;
  }

  value(): JsonValue {
    if (this.state !== undefined) return this.state.value();
    let count = 0;
    for (const [at, input] of this.few.entries()) if (!isNothing(input) && this.few.indexOf(input) === at) count += 1;
    return count;
  }
}

/** What can neither be subtracted nor told by an order: worked out afresh at each reading. */
class AfreshTotal implements SlidingTotal {
  readonly program: AggregateProgram;
  readonly index: number;

  constructor(program: AggregateProgram, index: number) {
    this.program = program;
    this.index = index;
  }

  enter(): boolean {
    return true;
  }

  leave(): void {
    // Nothing is kept.
  }

  value({ columns, from, to }: SlidingRange, moment: ValueMoment): JsonValue {
    const state = createAggregateState(this.program);
    for (let sequence = from; sequence < to; sequence += 1) {
      const input = columns.inputAt(this.index, sequence);
      const time = columns.timeAt(sequence);
      if (time !== undefined && !isNothing(input)) state.add(input, time, sequence);
    }
    return state.value(moment);
  }
}
