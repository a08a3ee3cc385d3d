import type { EventTimeMs } from "../../time/instant.ts";
import { eventTimeMs } from "../../time/instant.ts";
import { type AggregateInput, nothing } from "../aggregate-input.ts";

/** Up to so many entries room is made four at a time, for most keys hold few. */
const fewMax = 16;

/** How far back an equal text is looked for, so that the window holds it once. */
const alikeCountMax = 16;

/**
 * The events of one key's windows in the order of (event time, arrival), by columns: times, names, and what each aggregate
 * that needs it took of them. All columns are rings of one geometry. Entries are numbered from `front` to before `end`;
 * numbers go up for ever, but for one put in its place, which moves those behind it one on. Numbers are not saved.
 */
export class SlidingEntries {
  times: number[] = [];
  names: (string | number)[] = [];
  /** In the order of the plan's. */
  readonly inputs: AggregateInput[][];
  /** Number of the oldest entry, and its place in the rings. */
  front = 0;
  private frontPlace = 0;
  size = 0;

  constructor(columnCount: number) {
    this.inputs = Array.from({ length: columnCount }, () => []);
  }

  get end(): number {
    return this.front + this.size;
  }

  time(sequence: number): EventTimeMs {
    return eventTimeMs(this.times[this.placeOf(sequence)] ?? 0);
  }

  name(sequence: number): string | number {
    return this.names[this.placeOf(sequence)] ?? 0;
  }

  input(column: number, sequence: number): AggregateInput {
    return this.inputs[column]?.[this.placeOf(sequence)] ?? nothing;
  }

  latest(): EventTimeMs | undefined {
    return this.size === 0 ? undefined : this.time(this.end - 1);
  }

  /** Number of the first entry later than `time`; `end` where there is none. */
  firstBehind(time: number): number {
    let low = this.front;
    let high = this.end;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.time(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts an entry before the one numbered `sequence`, which with all behind it is moved one on; at `end`, behind all. */
  insert(sequence: number, time: number, name: string | number, inputs: readonly AggregateInput[]): void {
    if (this.size === this.times.length) this.resize(this.size < fewMax ? this.size + 4 : Math.ceil(this.size * 1.5));
    this.size += 1;
    for (let at = this.end - 1; at > sequence; at -= 1) this.copy(this.placeOf(at - 1), this.placeOf(at));
    const place = this.placeOf(sequence);
    this.times[place] = time;
    this.names[place] = name;
    for (let column = 0; column < this.inputs.length; column += 1) {
      const cells = this.inputs[column];
      if (cells !== undefined) cells[place] = this.alike(column, sequence, inputs[column] ?? nothing);
    }
  }

  /** Lets go of the entries before the one numbered `sequence`. */
  dropBefore(sequence: number): void {
    const count = sequence - this.front;
    if (count <= 0) return;
    this.front = sequence;
    this.size -= count;
    this.frontPlace += count;
    if (this.frontPlace >= this.times.length) this.frontPlace -= this.times.length;
    if (this.times.length > fewMax && this.size * 4 < this.times.length) this.resize(Math.max(4, this.size * 2));
  }

  private placeOf(sequence: number): number {
    const place = this.frontPlace + (sequence - this.front);
    return place < this.times.length ? place : place - this.times.length;
  }

  private copy(from: number, to: number): void {
    this.times[to] = this.times[from] ?? 0;
    this.names[to] = this.names[from] ?? 0;
    for (const cells of this.inputs) cells[to] = cells[from] ?? nothing;
  }

  /** A text that one of the last entries holds as well is held once. */
  private alike(column: number, sequence: number, input: AggregateInput): AggregateInput {
    if (typeof input !== "string") return input;
    const last = Math.max(this.front, sequence - alikeCountMax);
    for (let at = sequence - 1; at >= last; at -= 1) {
      const known = this.input(column, at);
      if (known === input) return known;
    }
    return input;
  }

  private resize(capacity: number): void {
    this.times = this.unrolled(this.times, capacity, 0);
    this.names = this.unrolled(this.names, capacity, 0);
    for (let column = 0; column < this.inputs.length; column += 1)
      this.inputs[column] = this.unrolled(this.inputs[column] ?? [], capacity, nothing);
    this.frontPlace = 0;
  }

  /** A ring from its front on, in an array of exactly `capacity` places. */
  private unrolled<T>(ring: readonly T[], capacity: number, filler: T): T[] {
    const cells = Array.from({ length: capacity }, () => filler);
    for (let index = 0; index < this.size; index += 1) {
      const place = this.frontPlace + index;
      cells[index] = ring[place < ring.length ? place : place - ring.length] ?? filler;
    }
    return cells;
  }
}
