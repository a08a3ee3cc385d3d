// The watermark by its definition: nothing is carried on but what happened, and each moment is looked at afresh.
import type { SourceTime } from "../../src/core/time/source-time.ts";

export type TimeEntry =
  | {
      readonly kind: "event";
      readonly source: string;
      readonly partition: string;
      readonly time: number;
      readonly stamp: number;
    }
  | { readonly kind: "idle"; readonly at: number; readonly source: string | undefined }
  | { readonly kind: "tick"; readonly at: number };

interface Seen {
  readonly source: SourceTime;
  readonly partition: string | undefined;
  readonly times: number[];
  /** Log time of its last event, or of its source's first. */
  seenAt: number;
  isToldIdle: boolean;
}

/** The watermark after each entry: the least of the inputs that are not idle, at any moment up to then. */
export function watermarksOf(times: readonly SourceTime[], entries: readonly TimeEntry[]): readonly number[] {
  const logTimes = new Map(times.map(({ source }) => [source, -Infinity]));
  let seen: Seen[] = times.flatMap((source) => {
    const expected: readonly (string | undefined)[] = source.partitions?.expect ?? [];
    const first = { source, times: [], seenAt: -Infinity, isToldIdle: false };
    return (expected.length === 0 ? [undefined] : expected).map((partition) => ({ ...first, times: [], partition }));
  });
  let greatest = -Infinity;
  let idleAt: number | undefined;

  const ownOf = ({ source, times: own }: Seen) =>
    Math.max(-Infinity, ...own.map((t) => t - source.outOfOrdernessMs - 1));
  const idleFrom = ({ source, seenAt }: Seen) =>
    source.partitions === undefined || seenAt === -Infinity ? Infinity : seenAt + source.idleMs;
  const look = (moment: number, isEverySource: boolean, of: string | undefined) => {
    const active = seen.filter((input) => {
      const reached = logTimes.get(input.source.source) ?? -Infinity;
      const logTime = isEverySource || input.source.source === of ? Math.max(reached, moment) : reached;
      return !input.isToldIdle && logTime < idleFrom(input);
    });
    if (active.length > 0) greatest = Math.max(greatest, Math.min(...active.map(ownOf)));
  };
  /** Log time comes to `at`: looked at wherever somebody becomes idle on the way. */
  const reach = (at: number, of: string | undefined) => {
    for (const input of seen) if ((of ?? input.source.source) === input.source.source) begin(input, at);
    for (const moment of [...new Set(seen.map(idleFrom))].filter((from) => from <= at).sort((a, b) => a - b))
      look(moment, of === undefined, of);
    for (const [name, before] of logTimes) if ((of ?? name) === name) logTimes.set(name, Math.max(before, at));
  };
  const begin = (input: Seen, at: number) => {
    if (input.times.length === 0 && logTimes.get(input.source.source) === -Infinity) input.seenAt = at;
  };

  return entries.map((entry) => {
    switch (entry.kind) {
      case "event": {
        reach(entry.stamp, entry.source);
        idleAt = undefined;
        const source = times.find((candidate) => candidate.source === entry.source);
        if (source === undefined) throw new Error("no such source");
        const partition = source.partitions === undefined ? undefined : entry.partition;
        if (partition !== undefined)
          seen = seen.filter((other) => other.source !== source || other.partition !== undefined);
        let input = seen.find((other) => other.source === source && other.partition === partition);
        if (input === undefined) {
          input = { source, partition, times: [], seenAt: -Infinity, isToldIdle: false };
          seen.push(input);
        }
        input.times.push(entry.time);
        input.seenAt = logTimes.get(entry.source) ?? -Infinity;
        input.isToldIdle = false;
        look(-Infinity, false, undefined);
        return greatest;
      }
      case "idle":
        reach(entry.at, entry.source);
        for (const input of seen)
          if ((entry.source ?? input.source.source) === input.source.source) input.isToldIdle = true;
        if (entry.source === undefined) idleAt ??= Math.max(...logTimes.values());
        look(-Infinity, false, undefined);
        return greatest;
      case "tick": {
        reach(entry.at, undefined);
        const now = Math.max(...logTimes.values());
        if (idleAt !== undefined && now > idleAt) {
          greatest += now - idleAt;
          idleAt = now;
        }
        return greatest;
      }
    }
  });
}
