import type { ByteReader, ByteWriter } from "../../base/bytes.ts";
import type { JsonValue } from "../../base/json.ts";
import { type AggregateInput, jsonOfDistinct, scalarOf } from "../aggregate-input.ts";
import type { AggregateState, RemovableAggregateState } from "../aggregate-state.ts";
import { decodeCounts, distinctCountMax, encodeCounts } from "./distinct-state.ts";

type Scalar = string | number | boolean;

/**
 * Different values up to which `topK` counts exactly, where events only enter. Beyond, half of them stay: the counts of all are
 * lowered by that of the greatest that goes, so that each is short by at most the events / 10,000, and values that are
 * rarer than that may be missing: P. Agarwal and others, "Mergeable Summaries", 2012, section 3 (Misra-Gries).
 */
const topKExactCountMax = 20_000;

/** The most frequent values, [{value, count}], of equal counts the first by type and value. */
export class TopKState implements AggregateState {
  readonly k: number;
  counts = new Map<Scalar, number>();

  constructor(k: number) {
    this.k = k;
  }

  add(input: AggregateInput): boolean {
    const value = scalarOf(input);
    if (value === undefined) return false;
    this.counts.set(value, (this.counts.get(value) ?? 0) + 1);
    this.shorten();
    return true;
  }

  merge(other: AggregateState): void {
    if (!(other instanceof TopKState)) return;
    for (const [value, count] of other.counts) this.counts.set(value, (this.counts.get(value) ?? 0) + count);
    this.shorten();
  }

  private shorten(): void {
    if (this.counts.size <= topKExactCountMax) return;
    const kept = topKExactCountMax / 2;
    const ordered = [...this.counts].sort(byCount);
    const least = ordered[kept]?.[1] ?? 0;
    this.counts = new Map(
      ordered.slice(0, kept).flatMap(([value, count]) => (count > least ? [[value, count - least] as const] : [])),
    );
  }

  value(): JsonValue {
    return topOf(this.counts, this.k);
  }

  encode(writer: ByteWriter): void {
    encodeCounts(this.counts, writer);
  }
}

/** @throws {CorruptBytesError} */
export function decodeTopK(k: number, reader: ByteReader): TopKState {
  const state = new TopKState(k);
  state.counts = decodeCounts(reader);
  return state;
}

/** Exact, at most `distinctCountMax` values, further ones skipped. */
export class CountedTopKState implements RemovableAggregateState {
  readonly k: number;
  readonly counts = new Map<Scalar, number>();

  constructor(k: number) {
    this.k = k;
  }

  add(input: AggregateInput): boolean {
    const value = scalarOf(input);
    if (value === undefined) return false;
    const count = this.counts.get(value) ?? 0;
    if (count === 0 && this.counts.size >= distinctCountMax) return false;
    this.counts.set(value, count + 1);
    return true;
  }

  remove(input: AggregateInput): void {
    const value = scalarOf(input);
    if (value !== undefined) this.change(value, -1);
  }

  private change(value: Scalar, by: number): void {
    const count = (this.counts.get(value) ?? 0) + by;
    if (count > 0) this.counts.set(value, count);
    else this.counts.delete(value);
  }

  merge(other: AggregateState): void {
    if (other instanceof CountedTopKState) for (const [value, count] of other.counts) this.change(value, count);
  }

  unmerge(other: AggregateState): void {
    if (other instanceof CountedTopKState) for (const [value, count] of other.counts) this.change(value, -count);
  }

  value(): JsonValue {
    return topOf(this.counts, this.k);
  }

  encode(writer: ByteWriter): void {
    encodeCounts(this.counts, writer);
  }
}

/** @throws {CorruptBytesError} */
export function decodeCountedTopK(k: number, reader: ByteReader): CountedTopKState {
  const state = new CountedTopKState(k);
  for (const [value, count] of decodeCounts(reader)) state.counts.set(value, count);
  return state;
}

/** The first k, kept in order while all are gone through once. */
function topOf(counts: ReadonlyMap<Scalar, number>, k: number): JsonValue {
  const top: (readonly [Scalar, number])[] = [];
  for (const entry of counts) {
    const last = top[k - 1];
    if (last !== undefined && byCount(last, entry) <= 0) continue;
    let at = Math.min(top.length, k - 1);
    for (let before = top[at - 1]; before !== undefined && byCount(entry, before) < 0; before = top[at - 1]) {
      top[at] = before;
      at -= 1;
    }
    top[at] = entry;
  }
  return top.map(([value, count]) => ({ value: jsonOfDistinct(value), count }));
}

function byCount(a: readonly [Scalar, number], b: readonly [Scalar, number]): number {
  if (a[1] !== b[1]) return b[1] - a[1];
  if (typeof a[0] !== typeof b[0]) return typeof a[0] < typeof b[0] ? -1 : 1;
  if (a[0] === b[0]) return 0;
  return a[0] < b[0] ? -1 : 1;
}
