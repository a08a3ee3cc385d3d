import { Deque } from "../../base/deque.ts";
import type { JsonValue } from "../../base/json.ts";
import type { EventTimeMs } from "../../time/instant.ts";
import { createRemovableState, isRemovable } from "../aggregate/create-aggregate-state.ts";
import { CustomState } from "../aggregate/custom-state.ts";
import { giveOf, groupCountMax } from "../aggregate/group-state.ts";
import { type AggregateInput, GroupedInput, jsonOfInput, nothing } from "../aggregate-input.ts";
import type { AggregateForm } from "../aggregate-program.ts";
import type { RemovableAggregateState, ValueMoment } from "../aggregate-state.ts";

/**
 * One aggregate over the entries of a range that moves on: each comes in the order of the entries' numbers, and leaves in
 * it, once.
 */
export interface SlidingTotal {
  /** False where a limit kept the input out: it is then not to leave. */
  enter(input: AggregateInput, time: EventTimeMs, sequence: number): boolean;
  leave(input: AggregateInput, time: EventTimeMs, sequence: number): void;
  /**
   * An entry was put in its place and has the number `sequence`; those behind it have been moved one on. `input` is
   * undefined where it adds nothing. Gives the same as `enter`; undefined where the total can't take it and is to be made anew.
   */
  put(input: AggregateInput | undefined, time: EventTimeMs, sequence: number): boolean | undefined;
  value(moment: ValueMoment): JsonValue;
}

export function createSlidingTotal(form: AggregateForm): SlidingTotal {
  if (isRemovable(form)) return new SubtractedTotal(createRemovableState(form));
  switch (form.kind) {
    case "min":
    case "max":
      return new ExtremeTotal(form.kind);
    case "first":
    case "last":
      return new OrderedTotal(form.kind, 1);
    case "collect":
      return new OrderedTotal("collect", form.limit);
    case "custom":
      return new MergedTotal(form);
    case "per":
      return new GroupedTotal(form);
    case "count":
    case "sum":
    case "avg":
    case "stddev":
    case "percentile":
    case "ratio":
    case "rate":
    case "regression":
    case "distinct":
    case "topK":
      return new SubtractedTotal(createRemovableState(form));
  }
}

/** Subtract on evict: what an entry added is taken away again. O(1) an entry; they may come in any order. */
class SubtractedTotal implements SlidingTotal {
  readonly state: RemovableAggregateState;

  constructor(state: RemovableAggregateState) {
    this.state = state;
  }

  enter(input: AggregateInput, time: EventTimeMs, sequence: number): boolean {
    return this.state.add(input, time, sequence);
  }

  leave(input: AggregateInput, time: EventTimeMs): void {
    this.state.remove(input, time);
  }

  put(input: AggregateInput | undefined, time: EventTimeMs, sequence: number): boolean {
    return input === undefined || this.enter(input, time, sequence);
  }

  value(moment: ValueMoment): JsonValue {
    return this.state.value(moment);
  }
}

/**
 * Least or greatest value by a monotonic deque: an entry that a later one is at least as extreme as can never be the
 * result again and is dropped at once, so the front is the result. Amortised O(1) an entry.
 */
class ExtremeTotal implements SlidingTotal {
  readonly kind: "min" | "max";
  readonly sequences = new Deque<number>();
  readonly values = new Deque<number>();

  constructor(kind: "min" | "max") {
    this.kind = kind;
  }

  enter(input: AggregateInput, _time: EventTimeMs, sequence: number): boolean {
    const value = Number(input);
    for (let back = this.values.back(); back !== undefined; back = this.values.back()) {
      if (this.kind === "min" ? back < value : back > value) break;
      this.values.popBack();
      this.sequences.popBack();
    }
    this.values.pushBack(value);
    this.sequences.pushBack(sequence);
    return true;
  }

  leave(_input: AggregateInput, _time: EventTimeMs, sequence: number): void {
    if (this.sequences.front() !== sequence) return;
    this.sequences.popFront();
    this.values.popFront();
  }

  /** Those behind it are taken out, and enter again behind it. */
  put(input: AggregateInput | undefined, time: EventTimeMs, sequence: number): boolean {
    const behind: { readonly value: number; readonly sequence: number }[] = [];
    for (let back = this.sequences.back(); back !== undefined && back >= sequence; back = this.sequences.back()) {
      behind.push({ value: this.values.popBack() ?? 0, sequence: back + 1 });
      this.sequences.popBack();
    }
    if (input !== undefined) this.enter(input, time, sequence);
    for (let index = behind.length - 1; index >= 0; index -= 1) {
      const entry = behind[index];
      if (entry !== undefined) this.enter(entry.value, time, entry.sequence);
    }
    return true;
  }

  value(): JsonValue {
    return this.values.front() ?? null;
  }
}

/** The first ones or the last one that have a value. */
class OrderedTotal implements SlidingTotal {
  readonly kind: "first" | "last" | "collect";
  readonly limit: number;
  readonly taken = new Deque<AggregateInput>();

  constructor(kind: "first" | "last" | "collect", limit: number) {
    this.kind = kind;
    this.limit = limit;
  }

  enter(input: AggregateInput): boolean {
    this.taken.pushBack(input);
    return true;
  }

  leave(): void {
    this.taken.popFront();
  }

  put(input: AggregateInput | undefined): boolean | undefined {
    return input === undefined ? true : undefined;
  }

  value(): JsonValue {
    const { kind, limit, taken } = this;
    if (kind === "collect") {
      const length = Math.min(limit, taken.size);
      return Array.from({ length }, (_, index) => jsonOfInput(taken.at(index) ?? nothing));
    }
    const input = kind === "first" ? taken.front() : taken.back();
    return input === undefined ? null : jsonOfInput(input);
  }
}

/**
 * By two stacks: those that leave next stand merged with all that come behind them up to where the stack was made, the
 * others are one state. Amortised one merge an entry.
 */
class MergedTotal implements SlidingTotal {
  readonly form: Extract<AggregateForm, { kind: "custom" }>;
  /** The one that leaves next is last. */
  leaving: CustomState[] = [];
  entered: { readonly input: AggregateInput; readonly time: EventTimeMs }[] = [];
  sinceTurn: CustomState;

  constructor(form: Extract<AggregateForm, { kind: "custom" }>) {
    this.form = form;
    this.sinceTurn = new CustomState(form);
  }

  enter(input: AggregateInput, time: EventTimeMs): boolean {
    if (!this.sinceTurn.add(input, time)) return false;
    this.entered.push({ input, time });
    return true;
  }

  leave(): void {
    if (this.leaving.length === 0) this.turn();
    this.leaving.pop();
  }

  put(input: AggregateInput | undefined): boolean | undefined {
    return input === undefined ? true : undefined;
  }

  private turn(): void {
    let behind: CustomState | undefined;
    for (let index = this.entered.length - 1; index >= 0; index -= 1) {
      const state = new CustomState(this.form);
      const entry = this.entered[index];
      if (entry !== undefined) state.add(entry.input, entry.time);
      if (behind !== undefined) state.merge(behind);
      this.leaving.push(state);
      behind = state;
    }
    this.entered = [];
    this.sinceTurn = new CustomState(this.form);
  }

  value(): JsonValue {
    const next = this.leaving.at(-1);
    if (next === undefined) return this.sinceTurn.value();
    const whole = new CustomState(this.form, next.state);
    if (this.entered.length > 0) whole.merge(this.sinceTurn);
    return whole.value();
  }
}

/** An inner total for each group, let go with its last entry. */
class GroupedTotal implements SlidingTotal {
  readonly form: Extract<AggregateForm, { kind: "per" }>;
  readonly groups = new Map<string | number | boolean, { readonly total: SlidingTotal; count: number }>();

  constructor(form: Extract<AggregateForm, { kind: "per" }>) {
    this.form = form;
  }

  enter(grouped: AggregateInput, time: EventTimeMs, sequence: number): boolean {
    if (!(grouped instanceof GroupedInput)) return false;
    const held = this.groups.get(grouped.group);
    if (held === undefined && this.groups.size >= groupCountMax) return false;
    const entering = held ?? { total: createSlidingTotal(this.form.inner), count: 0 };
    if (!entering.total.enter(grouped.input, time, sequence)) return false;
    entering.count += 1;
    if (held === undefined) this.groups.set(grouped.group, entering);
    return true;
  }

  leave(grouped: AggregateInput, time: EventTimeMs, sequence: number): void {
    if (!(grouped instanceof GroupedInput)) return;
    const held = this.groups.get(grouped.group);
    if (held === undefined) return;
    held.count -= 1;
    if (held.count === 0) this.groups.delete(grouped.group);
    else held.total.leave(grouped.input, time, sequence);
  }

  /** The numbers of all groups' entries move on. */
  put(grouped: AggregateInput | undefined, time: EventTimeMs, sequence: number): boolean | undefined {
    const taking = grouped instanceof GroupedInput ? this.groups.get(grouped.group) : undefined;
    for (const held of this.groups.values()) {
      if (held !== taking && held.total.put(undefined, time, sequence) !== true) return undefined;
    }
    if (!(grouped instanceof GroupedInput)) return true;
    if (taking === undefined) return this.enter(grouped, time, sequence);
    const isTaken = taking.total.put(grouped.input, time, sequence);
    if (isTaken === true) taking.count += 1;
    return isTaken;
  }

  value(moment: ValueMoment): JsonValue {
    return giveOf(this.form.give, this.results(moment));
  }

  private *results(moment: ValueMoment): Iterable<JsonValue> {
    for (const { total } of this.groups.values()) yield total.value(moment);
  }
}
