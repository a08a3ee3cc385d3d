import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import type { JsonValue } from "../../base/json.ts";
import type { EventTimeMs } from "../../time/instant.ts";
import { type AggregateInput, jsonOfInput } from "../aggregate-input.ts";
import type { AggregateState } from "../aggregate-state.ts";
import { decodeInput, decodeTime, encodeInput } from "../input-codec.ts";

/** Least or greatest value. */
export class ExtremeState implements AggregateState {
  readonly kind: "min" | "max";
  extreme: number | undefined = undefined;

  constructor(kind: "min" | "max") {
    this.kind = kind;
  }

  add(input: AggregateInput): boolean {
    const value = Number(input);
    const { extreme } = this;
    if (extreme === undefined || (this.kind === "min" ? value < extreme : value > extreme)) this.extreme = value;
    return true;
  }

  merge(other: AggregateState): void {
    if (other instanceof ExtremeState && other.extreme !== undefined) this.add(other.extreme);
  }

  value(): JsonValue {
    return this.extreme ?? null;
  }

  encode(writer: ByteWriter): void {
    writer.boolean(this.extreme !== undefined);
    if (this.extreme !== undefined) writer.number(this.extreme);
  }
}

/** @throws {CorruptBytesError} */
export function decodeExtreme(kind: "min" | "max", reader: ByteReader): ExtremeState {
  const state = new ExtremeState(kind);
  if (!reader.boolean()) return state;
  state.extreme = reader.number();
  if (!Number.isFinite(state.extreme)) throw new CorruptBytesError(`state is damaged: no extreme at ${reader.at}`);
  return state;
}

interface Entry {
  readonly input: AggregateInput;
  readonly time: EventTimeMs;
  readonly order: number;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.time === b.time ? a.order < b.order : a.time < b.time;
}

/** The first values by (event time, arrival), at most `limit`; `last` counts from the end, and has one. */
export class OrderedState implements AggregateState {
  readonly kind: "first" | "last" | "collect";
  readonly limit: number;
  entries: Entry[] = [];

  constructor(kind: "first" | "last" | "collect", limit = 1) {
    this.kind = kind;
    this.limit = limit;
  }

  add(input: AggregateInput, time: EventTimeMs, order: number): boolean {
    this.note({ input, time, order });
    return true;
  }

  private note(entry: Entry): void {
    const { entries } = this;
    if (this.kind === "last") {
      const [known] = entries;
      if (known === undefined || isBefore(known, entry)) entries[0] = entry;
      return;
    }
    let at = entries.length;
    for (let before = entries[at - 1]; before !== undefined && isBefore(entry, before); before = entries[at - 1])
      at -= 1;
    if (at >= this.limit) return;
    entries.splice(at, 0, entry);
    if (entries.length > this.limit) entries.pop();
  }

  merge(other: AggregateState): void {
    if (other instanceof OrderedState) for (const entry of other.entries) this.note(entry);
  }

  value(): JsonValue {
    if (this.kind === "collect") return this.entries.map(({ input }) => jsonOfInput(input));
    const [entry] = this.entries;
    return entry === undefined ? null : jsonOfInput(entry.input);
  }

  encode(writer: ByteWriter): void {
    writer.count(this.entries.length);
    for (const { input, time, order } of this.entries) {
      encodeInput(input, writer);
      writer.number(time);
      writer.count(order);
    }
  }
}

/** @throws {CorruptBytesError} */
export function decodeOrdered(kind: OrderedState["kind"], limit: number, reader: ByteReader): OrderedState {
  const state = new OrderedState(kind, limit);
  for (let left = reader.count(); left > 0; left -= 1) {
    const entry = { input: decodeInput(reader), time: decodeTime(reader), order: reader.count() };
    const before = state.entries.at(-1);
    if (state.entries.length >= limit || (before !== undefined && !isBefore(before, entry)))
      throw new CorruptBytesError(`state is damaged: values out of order at ${reader.at}`);
    state.entries.push(entry);
  }
  return state;
}
