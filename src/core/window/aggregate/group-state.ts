import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import { ExactSum } from "../../base/exact-sum.ts";
import type { JsonValue } from "../../base/json.ts";
import type { EventTimeMs } from "../../time/instant.ts";
import { type AggregateInput, GroupedInput } from "../aggregate-input.ts";
import type { AggregateForm } from "../aggregate-program.ts";
import type { AggregateState, RemovableAggregateState, ValueMoment } from "../aggregate-state.ts";
import { decodeScalar } from "../input-codec.ts";

/** Groups of one `per`; the events of further ones are skipped, and counted as such. */
export const groupCountMax = 10_000;

export type Give = Extract<AggregateForm, { readonly kind: "per" }>["give"];

/** What is made of the inner results that are numbers. Null of none for max, min and avg, 0 for sum and count. */
export function giveOf(give: Give, results: Iterable<JsonValue>): JsonValue {
  const sum = new ExactSum();
  let count = 0;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const result of results) {
    if (typeof result !== "number") continue;
    count += 1;
    if (give === "sum" || give === "avg") sum.add(result);
    if (result < least) least = result;
    if (result > greatest) greatest = result;
  }
  switch (give) {
    case "count":
      return count;
    case "sum":
      return finite(sum.value());
    case "avg":
      return count === 0 ? null : finite(sum.value() / count);
    case "min":
      return count === 0 ? null : least;
    case "max":
      return count === 0 ? null : greatest;
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** An inner aggregate for each value of `per`. */
export class GroupState implements AggregateState {
  readonly give: Give;
  readonly makeInner: () => AggregateState;
  readonly groups = new Map<string | number | boolean, AggregateState>();

  constructor(give: Give, makeInner: () => AggregateState) {
    this.give = give;
    this.makeInner = makeInner;
  }

  add(grouped: AggregateInput, time: EventTimeMs, order: number): boolean {
    if (!(grouped instanceof GroupedInput)) return false;
    const known = this.groups.get(grouped.group);
    if (known !== undefined) return known.add(grouped.input, time, order);
    if (this.groups.size >= groupCountMax) return false;
    const made = this.makeInner();
    if (!made.add(grouped.input, time, order)) return false;
    this.groups.set(grouped.group, made);
    return true;
  }

  private innerOf(group: string | number | boolean): AggregateState | undefined {
    const known = this.groups.get(group);
    if (known !== undefined || this.groups.size >= groupCountMax) return known;
    const made = this.makeInner();
    this.groups.set(group, made);
    return made;
  }

  merge(other: AggregateState): void {
    if (!(other instanceof GroupState)) return;
    for (const [group, inner] of other.groups) this.innerOf(group)?.merge(inner);
  }

  value(moment: ValueMoment): JsonValue {
    return giveOf(this.give, resultsOf(this.groups.values(), moment));
  }

  encode(writer: ByteWriter): void {
    writer.count(this.groups.size);
    for (const [group, inner] of this.groups) {
      writer.json(group);
      inner.encode(writer);
    }
  }
}

function* resultsOf(inner: Iterable<AggregateState>, moment: ValueMoment): Iterable<JsonValue> {
  for (const state of inner) yield state.value(moment);
}

/** @throws {CorruptBytesError} */
export function decodeGroups(
  state: GroupState,
  reader: ByteReader,
  decodeInner: (reader: ByteReader) => AggregateState,
): GroupState {
  for (let left = reader.count(); left > 0; left -= 1) {
    const group = decodeScalar(reader);
    if (state.groups.has(group)) throw new CorruptBytesError(`state is damaged: a group twice at ${reader.at}`);
    state.groups.set(group, decodeInner(reader));
  }
  return state;
}

/** The same of events that may be taken out again: a group goes with its last event. */
export class RemovableGroupState implements RemovableAggregateState {
  readonly give: Give;
  readonly makeInner: () => RemovableAggregateState;
  readonly groups = new Map<string | number | boolean, { readonly inner: RemovableAggregateState; count: number }>();

  constructor(give: Give, makeInner: () => RemovableAggregateState) {
    this.give = give;
    this.makeInner = makeInner;
  }

  add(grouped: AggregateInput, time: EventTimeMs, order: number): boolean {
    if (!(grouped instanceof GroupedInput)) return false;
    const known = this.groups.get(grouped.group);
    if (known === undefined && this.groups.size >= groupCountMax) return false;
    const held = known ?? { inner: this.makeInner(), count: 0 };
    // A group whose inner aggregate took no event is none.
    if (!held.inner.add(grouped.input, time, order)) return false;
    held.count += 1;
    if (known === undefined) this.groups.set(grouped.group, held);
    return true;
  }

  remove(grouped: AggregateInput, time: EventTimeMs): void {
    if (!(grouped instanceof GroupedInput)) return;
    const held = this.groups.get(grouped.group);
    if (held === undefined) return;
    held.inner.remove(grouped.input, time);
    held.count -= 1;
    if (held.count === 0) this.groups.delete(grouped.group);
  }

  merge(other: AggregateState): void {
    if (!(other instanceof RemovableGroupState)) return;
    for (const [group, { inner, count }] of other.groups) {
      const held = this.groups.get(group) ?? { inner: this.makeInner(), count: 0 };
      held.inner.merge(inner);
      held.count += count;
      this.groups.set(group, held);
    }
  }

  unmerge(other: AggregateState): void {
    if (!(other instanceof RemovableGroupState)) return;
    for (const [group, { inner, count }] of other.groups) {
      const held = this.groups.get(group);
      if (held === undefined) continue;
      held.inner.unmerge(inner);
      held.count -= count;
      if (held.count === 0) this.groups.delete(group);
    }
  }

  value(moment: ValueMoment): JsonValue {
    return giveOf(this.give, this.results(moment));
  }

  private *results(moment: ValueMoment): Iterable<JsonValue> {
    for (const { inner } of this.groups.values()) yield inner.value(moment);
  }

  encode(writer: ByteWriter): void {
    writer.count(this.groups.size);
    for (const [group, { inner, count }] of this.groups) {
      writer.json(group);
      writer.count(count);
      inner.encode(writer);
    }
  }
}

/** @throws {CorruptBytesError} */
export function decodeRemovableGroups(
  state: RemovableGroupState,
  reader: ByteReader,
  decodeInner: (reader: ByteReader) => RemovableAggregateState,
): RemovableGroupState {
  for (let left = reader.count(); left > 0; left -= 1) {
    const group = decodeScalar(reader);
    const count = reader.count();
    if (count === 0 || state.groups.has(group))
      throw new CorruptBytesError(`state is damaged: no group at ${reader.at}`);
    state.groups.set(group, { inner: decodeInner(reader), count });
  }
  return state;
}
