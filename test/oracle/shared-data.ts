import { readFileSync } from "node:fs";

/** A line of a log, as plain JSON. */
export interface PlainEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly [field: string]: unknown;
}

/** Whom an alert is for and when it is, in epoch milliseconds. */
export interface Found {
  readonly key: string;
  readonly at: number;
}

export function readEvents(path: string): PlainEvent[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line): PlainEvent => JSON.parse(line));
}

/**
 * When the sum of `value` over (t - sizeMs, t] reaches `minimum`, and again only `throttleMs` after the last time told. All
 * events of a key are sorted, and two pointers walk over them: nothing here is kept as the engine keeps it.
 */
export function slidingSums(
  events: readonly PlainEvent[],
  {
    key,
    value,
    minimum,
    sizeMs,
    throttleMs,
  }: {
    key: (event: PlainEvent) => string;
    value: (event: PlainEvent) => number;
    minimum: number;
    sizeMs: number;
    throttleMs: number;
  },
): Found[] {
  return [...groupsOf(events, key)].flatMap(([name, group]) => {
    const found: Found[] = [];
    let from = 0;
    let sum = 0;
    for (const event of group) {
      const at = Date.parse(event.time);
      sum += value(event);
      for (; Date.parse(group[from]?.time ?? "") <= at - sizeMs; from += 1) sum -= value(group[from] ?? event);
      const last = found.at(-1);
      if (sum >= minimum && (last === undefined || at >= last.at + throttleMs)) found.push({ key: name, at });
    }
    return found;
  });
}

/** Each last event that has at least `minimum` of the first kind less than `withinMs` before it, none of which counts again. */
export function followed(
  events: readonly PlainEvent[],
  {
    key,
    first,
    last,
    minimum,
    withinMs,
  }: { key: (event: PlainEvent) => string; first: string; last: string; minimum: number; withinMs: number },
): Found[] {
  return [...groupsOf(events, key)].flatMap(([name, group]) => {
    const found: Found[] = [];
    let spent = 0;
    for (const [index, event] of group.entries()) {
      const at = Date.parse(event.time);
      const before = group
        .slice(spent, index)
        .filter(({ type, time }) => type === first && Date.parse(time) > at - withinMs);
      if (event.type !== last || before.length < minimum) continue;
      found.push({ key: name, at });
      spent = index + 1;
    }
    return found;
  });
}

/** By key, each in order of time; of equal times as they came. */
function groupsOf(events: readonly PlainEvent[], key: (event: PlainEvent) => string): Map<string, PlainEvent[]> {
  const groups = new Map<string, PlainEvent[]>();
  for (const event of events.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time))) {
    const name = key(event);
    groups.set(name, [...(groups.get(name) ?? []), event]);
  }
  return groups;
}
