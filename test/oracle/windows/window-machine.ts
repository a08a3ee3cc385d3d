import type { JsonObject, JsonValue } from "../../../src/core/base/json.ts";
import type { ModelEvent, ModelShape, ModelWindow } from "./window-model.ts";

/** A firing, with the time of its alert. */
export interface ModelFiring {
  readonly fact: JsonObject;
  readonly at: number;
}

export interface ModelOutcome {
  readonly isLate: boolean;
  readonly fired: readonly ModelFiring[];
}

/** One window of one key. It keeps every event there was, and applies the sentences of docs/formats.md to all of them each time. */
export interface WindowMachine {
  /** The next deadline in event time, due when the watermark is ≥ it − 1; infinity: none. */
  next(): number;
  come(deadline: number): readonly ModelFiring[];
  /** The watermark is the one before the event. */
  take(event: ModelEvent, watermark: number): ModelOutcome;
  /** Whether the event goes into what is due at that deadline. */
  joins(event: ModelEvent, deadline: number): boolean;
  read(at: number, watermark: number): JsonObject | undefined;
}

export type Bounds = readonly [start: number, end: number];

export const nothingCame: ModelOutcome = { isLate: false, fired: [] };

export function valuesOf(events: readonly ModelEvent[]): JsonObject {
  const ordered = events.toSorted((a, b) => a.time - b.time || a.index - b.index);
  const found = ordered.map(({ x }) => x).filter((x) => x !== null);
  const numbers = found.filter((x) => typeof x === "number");
  // Values are quarters, so that adding them is exact.
  const total = numbers.reduce((sum, x) => sum + x, 0);
  return {
    n: events.length,
    flagged: events.filter(({ isFlagged }) => isFlagged).length,
    total,
    mean: numbers.length === 0 ? null : total / numbers.length,
    least: numbers.length === 0 ? null : Math.min(...numbers),
    most: numbers.length === 0 ? null : Math.max(...numbers),
    kinds: new Set(found).size,
    oldest: found[0] ?? null,
    newest: found.at(-1) ?? null,
    some: found.slice(0, 2),
  };
}

export function boundsOf(events: readonly ModelEvent[]): Bounds {
  const times = events.map(({ time }) => time);
  return [Math.min(...times), Math.max(...times) + 1];
}

type AlignedShape = Extract<ModelShape, { type: "hopping" | "cumulative" | "calendar" }>;

export function isAligned(shape: ModelShape): shape is AlignedShape {
  return shape.type === "hopping" || shape.type === "cumulative" || shape.type === "calendar";
}

const floorTo = (time: number, step: number, offset: number): number =>
  Math.floor((time - offset) / step) * step + offset;

const dayMs = 86_400_000;

/** All windows that hold a time, by end. */
export function windowsAt(shape: AlignedShape, time: number): readonly Bounds[] {
  switch (shape.type) {
    case "hopping": {
      const found: Bounds[] = [];
      const { size, every, offset } = shape;
      for (let start = floorTo(time, every, offset); start > time - size; start -= every)
        found.unshift([start, start + size]);
      return found;
    }
    case "cumulative": {
      const start = floorTo(time, shape.size, shape.offset);
      const ends = Array.from({ length: shape.size / shape.step }, (_, index) => start + (index + 1) * shape.step);
      return ends.filter((end) => end > time).map((end) => [start, end]);
    }
    case "calendar": {
      const date = new Date(time);
      const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
      if (shape.unit === "month") return [[Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)]];
      // The epoch was a Thursday.
      const [length, offset] = { hour: [3_600_000, 0], day: [dayMs, 0], week: [7 * dayMs, 4 * dayMs] }[shape.unit];
      const start = floorTo(time, length ?? 0, offset ?? 0);
      return [[start, start + (length ?? 0)]];
    }
  }
}

/** The end of the window after the one that ends at `end`. */
function endAfter(shape: AlignedShape, end: number): number {
  if (shape.type === "hopping") return end + shape.every;
  if (shape.type === "cumulative") return end + shape.step;
  return windowsAt(shape, end)[0]?.[1] ?? end;
}

/** Tumbling, hopping, cumulative and calendar windows that fire at their own ends. */
export class EndingMachine implements WindowMachine {
  readonly window: ModelWindow;
  readonly shape: AlignedShape;
  /** With the watermark before each. */
  readonly taken: { readonly event: ModelEvent; readonly watermark: number }[] = [];
  readonly done = new Set<number>();
  last: { readonly end: number; readonly fact: JsonObject } | undefined = undefined;

  constructor(window: ModelWindow, shape: AlignedShape) {
    this.window = window;
    this.shape = shape;
  }

  private pending(): readonly Bounds[] {
    const { ago } = this.window;
    return this.taken.flatMap(({ event, watermark }) =>
      windowsAt(this.shape, event.time).filter(([, end]) => end - 1 + ago > watermark && !this.done.has(end)),
    );
  }

  next(): number {
    return Math.min(...this.pending().map(([, end]) => end + this.window.ago));
  }

  come(deadline: number): readonly ModelFiring[] {
    const due = this.pending().find(([, end]) => end + this.window.ago === deadline);
    if (due === undefined) return [];
    this.done.add(due[1]);
    return [this.fire(due, "onTime", due[1] - 1)];
  }

  take(event: ModelEvent, watermark: number): ModelOutcome {
    const { isFiltered, ago } = this.window;
    const windows = windowsAt(this.shape, event.time);
    if ((isFiltered && !event.isFlagged) || windows.length === 0) return nothingCame;
    const alive = windows.filter(([, end]) => !this.isGone(end, watermark));
    if (alive.length === 0) return { isLate: true, fired: [] };
    this.taken.push({ event, watermark });
    const passed = alive.filter(([, end]) => end - 1 + ago <= watermark);
    return { isLate: false, fired: passed.map((bounds) => this.fire(bounds, "late", watermark + 1 - ago)) };
  }

  joins(): boolean {
    return false;
  }

  read(at: number, watermark: number): JsonObject | undefined {
    const { ago } = this.window;
    const open = windowsAt(this.shape, at - ago).find(([, end]) => !this.isGone(end, watermark));
    if (open === undefined) return undefined;
    const [start, end] = open;
    const firing = end - 1 + ago <= watermark ? "late" : "early";
    const previous = this.previousAt(watermark + 1 - ago);
    return { ...valuesOf(this.inside(open)), start, end, firing, previous };
  }

  private isGone(end: number, watermark: number): boolean {
    return end - 1 + this.window.ago + this.window.allowedLateness <= watermark;
  }

  private inside([start, end]: Bounds): readonly ModelEvent[] {
    return this.taken
      .filter(({ event, watermark }) => start <= event.time && event.time < end && !this.isGone(end, watermark))
      .map(({ event }) => event);
  }

  private previousAt(since: number): JsonValue {
    return this.last !== undefined && endAfter(this.shape, this.last.end) > since ? this.last.fact : null;
  }

  private fire(bounds: Bounds, firing: string, since: number): ModelFiring {
    const [start, end] = bounds;
    const fact = { ...valuesOf(this.inside(bounds)), start, end, firing };
    const previous = this.previousAt(since);
    if (this.last === undefined || end >= this.last.end) this.last = { end, fact };
    return { fact: { ...fact, previous }, at: end - 1 + this.window.ago };
  }
}

/** Over (T − size, T], or whole steps of the resolution. */
export class SlidingMachine implements WindowMachine {
  readonly window: ModelWindow;
  readonly size: number;
  readonly resolution: number | undefined;
  readonly taken: ModelEvent[] = [];

  constructor(window: ModelWindow, { size, resolution }: Extract<ModelShape, { type: "sliding" }>) {
    this.window = window;
    this.size = size;
    this.resolution = resolution;
  }

  next(): number {
    return Number.POSITIVE_INFINITY;
  }

  come(): readonly ModelFiring[] {
    return [];
  }

  take(event: ModelEvent, watermark: number): ModelOutcome {
    if (this.window.isFiltered && !event.isFlagged) return nothingCame;
    if (event.time + this.window.allowedLateness <= watermark) return { isLate: true, fired: [] };
    this.taken.push(event);
    if (event.time <= watermark) return nothingCame;
    return { isLate: false, fired: [{ fact: this.read(event.time), at: event.time }] };
  }

  joins(): boolean {
    return false;
  }

  read(at: number): JsonObject {
    const T = at - this.window.ago;
    const step = this.resolution ?? 1;
    const from = floorTo(T - this.size + 1, step, 0);
    const to = floorTo(T, step, 0) + step;
    const inside = this.taken.filter(({ time }) => time >= from && time < to);
    return { ...valuesOf(inside), start: T - this.size, end: T, firing: "onTime", previous: null };
  }
}

/** The last `size` events at every `every`-th. */
export class CountMachine implements WindowMachine {
  readonly window: ModelWindow;
  readonly shape: Extract<ModelShape, { type: "count" }>;
  readonly taken: ModelEvent[] = [];
  last: JsonValue = null;

  constructor(window: ModelWindow, shape: Extract<ModelShape, { type: "count" }>) {
    this.window = window;
    this.shape = shape;
  }

  next(): number {
    return Number.POSITIVE_INFINITY;
  }

  come(): readonly ModelFiring[] {
    return [];
  }

  take(event: ModelEvent): ModelOutcome {
    if (this.window.isFiltered && !event.isFlagged) return nothingCame;
    this.taken.push(event);
    if (this.taken.length % this.shape.every !== 0) return nothingCame;
    const inside = this.taken.slice(-this.shape.size);
    const [start, end] = boundsOf(inside);
    const fact = { ...valuesOf(inside), start, end, firing: "onTime" };
    const previous = this.last;
    this.last = fact;
    return { isLate: false, fired: [{ fact: { ...fact, previous }, at: event.time }] };
  }

  joins(): boolean {
    return false;
  }

  read(): undefined {
    return undefined;
  }
}
