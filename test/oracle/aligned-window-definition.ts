import type { JsonObject, JsonValue } from "../../src/core/base/json.ts";

/**
 * Windows with common bounds by their definition in docs/formats.md, each for itself: all events are collected, and the sentence is applied
 * to each window. Quadratic and plain on purpose; it shares nothing with src/core/window.
 */

export type DefinedShape =
  | { readonly kind: "hopping"; readonly size: number; readonly every: number; readonly offset: number }
  | { readonly kind: "cumulative"; readonly size: number; readonly step: number; readonly offset: number }
  | { readonly kind: "sliding"; readonly size: number; readonly resolution: number };

export interface DefinedWindow {
  readonly shape: DefinedShape;
  readonly allowedLateness: number;
  readonly ago: number;
}

export interface DefinedEvent {
  readonly time: number;
  readonly fields: JsonObject;
}

type Bounds = readonly [start: number, end: number];

/** What is to be seen of one window at each event and behind the last: `filtered`, `late` or nothing; its firings; its fact when it is read. */
export interface DefinedStep {
  readonly fate: string;
  readonly fired: readonly JsonObject[];
  readonly read: JsonObject | undefined;
  readonly due: readonly JsonObject[];
}

interface Placed extends DefinedEvent {
  readonly index: number;
}

const multiples = (from: number, to: number, step: number, offset: number): number[] => {
  const found: number[] = [];
  for (let at = from; at <= to; at += 1) if ((at - offset) % step === 0) found.push(at);
  return found;
};

/** All windows that hold a time, by end. */
function windowsOf(shape: DefinedShape, time: number): readonly Bounds[] {
  switch (shape.kind) {
    case "hopping":
      return multiples(time - shape.size + 1, time, shape.every, shape.offset).map((start) => [
        start,
        start + shape.size,
      ]);
    case "cumulative": {
      const [start = 0] = multiples(time - shape.size + 1, time, shape.size, shape.offset);
      return multiples(time + 1, start + shape.size, shape.step, shape.offset).map((end) => [start, end]);
    }
    case "sliding":
      return [];
  }
}

/** The first window end behind one. */
function nextEnd(shape: Exclude<DefinedShape, { kind: "sliding" }>, end: number): number {
  return end + (shape.kind === "hopping" ? shape.every : shape.step);
}

/** `watermarks[i]` is the one before event i; the last one that behind all. */
export function alignedByDefinition(
  window: DefinedWindow,
  events: readonly DefinedEvent[],
  watermarks: readonly number[],
): readonly DefinedStep[] {
  return window.shape.kind === "sliding"
    ? slidingSteps(window, window.shape, events, watermarks)
    : endingSteps(window, window.shape, events, watermarks);
}

function slidingSteps(
  { allowedLateness, ago }: DefinedWindow,
  { size, resolution }: Extract<DefinedShape, { kind: "sliding" }>,
  events: readonly DefinedEvent[],
  watermarks: readonly number[],
): readonly DefinedStep[] {
  const isLate = (time: number, index: number) => time + allowedLateness <= (watermarks[index] ?? 0);
  const taken = events
    .map((event, index) => ({ ...event, index }))
    .filter(({ time, index, fields }) => fields["flag"] === true && !isLate(time, index));
  return events.map(({ time, fields }, index) => {
    const at = Math.max(time, watermarks[index] ?? 0) - ago;
    const from = Math.floor((at - size + 1) / resolution) * resolution;
    const upTo = Math.floor(at / resolution) * resolution + resolution;
    const inside = taken.filter((event) => event.index <= index && event.time >= from && event.time < upTo);
    const fate = fields["flag"] !== true ? "filtered" : isLate(time, index) ? "late" : "taken";
    const read = { ...told(inside), start: at - size, end: at, firing: "onTime", previous: null };
    return { fate, fired: [], read, due: [] };
  });
}

function endingSteps(
  { allowedLateness, ago }: DefinedWindow,
  shape: Exclude<DefinedShape, { kind: "sliding" }>,
  events: readonly DefinedEvent[],
  watermarks: readonly number[],
): readonly DefinedStep[] {
  const isGone = (end: number, watermark: number) => end - 1 + ago + allowedLateness <= watermark;
  const isPassed = (end: number, watermark: number) => end - 1 + ago <= watermark;
  const taken: Placed[] = [];
  const counts = new Map<number, number>();
  const passed = new Set<number>();
  let last: { readonly end: number; readonly fact: JsonObject } | undefined;
  const inside = ([start, end]: Bounds) =>
    taken.filter(({ time, index }) => start <= time && time < end && !isGone(end, watermarks[index] ?? 0));
  const previousAt = (since: number): JsonValue =>
    last !== undefined && nextEnd(shape, last.end) > since ? last.fact : null;
  const fire = ([start, end]: Bounds, firing: string, since: number): JsonObject => {
    const ordinal = counts.get(end) ?? 0;
    counts.set(end, ordinal + 1);
    const { ids, ...values } = told(inside([start, end]));
    const fact = { ...values, start, end, firing };
    const fired = { ...fact, ids: ids ?? null, previous: previousAt(since), ordinal, at: end - 1 + ago };
    if (last === undefined || end >= last.end) last = { end, fact };
    return fired;
  };
  return events.map(({ time, fields }, index) => {
    const before = watermarks[index] ?? 0;
    const after = watermarks[index + 1] ?? 0;
    const windows = windowsOf(shape, time);
    const alive = windows.filter(([, end]) => !isGone(end, before));
    const isIn = fields["flag"] === true && windows.length > 0;
    const fate = !isIn ? "filtered" : alive.length === 0 ? "late" : "taken";
    if (fate === "taken") taken.push({ time, fields, index });
    const fired =
      fate === "taken"
        ? alive.filter(([, end]) => isPassed(end, before)).map((bounds) => fire(bounds, "late", before + 1 - ago))
        : [];
    const [open] = windowsOf(shape, time - ago).filter(([, end]) => !isGone(end, before));
    const read = open && {
      ...told(inside(open)),
      start: open[0],
      end: open[1],
      firing: isPassed(open[1], before) ? "late" : "early",
      previous: previousAt(before + 1 - ago),
    };
    const all = new Map(taken.flatMap((event) => windowsOf(shape, event.time)).map((bounds) => [bounds[1], bounds]));
    const due = [...all.values()]
      .filter(([, end]) => isPassed(end, after) && !isPassed(end, before) && !passed.has(end))
      .sort((a, b) => a[1] - b[1])
      .map((bounds) => {
        passed.add(bounds[1]);
        return fire(bounds, "onTime", bounds[1] - 1);
      });
    return { fate, fired, read, due };
  });
}

function told(events: readonly Placed[]): JsonObject {
  const numbers = events.map(({ fields }) => fields["x"]).filter((x) => typeof x === "number");
  const ordered = events
    .filter(({ fields }) => typeof fields["x"] === "number")
    .toSorted((a, b) => a.time - b.time || a.index - b.index);
  return {
    n: events.length,
    total: numbers.reduce((sum, x) => sum + x, 0),
    most: numbers.length === 0 ? null : Math.max(...numbers),
    kinds: new Set(numbers).size,
    newest: ordered.at(-1)?.fields["x"] ?? null,
    top: topOf(numbers),
    ids: events.slice(-100).map(({ index }) => index),
  };
}

function topOf(numbers: readonly number[]): JsonValue {
  const counts = [...new Set(numbers)].map((value) => ({ value, count: numbers.filter((x) => x === value).length }));
  return counts.toSorted((a, b) => b.count - a.count || a.value - b.value).slice(0, 1);
}
