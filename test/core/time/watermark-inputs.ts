// Watermarks of several inputs, as a table has them.
import { durationMs, eventTimeMs, logTimeMs } from "../../../src/core/time/instant.ts";
import type { SourceTime } from "../../../src/core/time/source-time.ts";
import {
  advanceByEventOf,
  advanceByLogTime,
  advanceByTick,
  becomeIdle,
  leaveOut,
  type Watermark,
} from "../../../src/core/time/watermark.ts";
import { inputOfPartition } from "../../../src/core/time/watermark-input.ts";
import type { TimeEntry } from "../../oracle/watermark-definition.ts";

export function timeOf(
  source: string,
  more: {
    readonly outOfOrderness?: number;
    readonly idle?: number;
    readonly expect?: readonly string[];
    readonly isWhole?: boolean;
  } = {},
): SourceTime {
  return {
    source,
    outOfOrdernessMs: durationMs(more.outOfOrderness ?? 0),
    idleMs: durationMs(more.idle ?? Infinity),
    maxFutureMs: durationMs(Infinity),
    partitions: more.isWhole === true ? undefined : { by: "p", expect: more.expect ?? [] },
  };
}

/** Takes an entry as `step` does. */
export function takeEntry(watermark: Watermark, entry: TimeEntry): void {
  const sourceOf = (name: string) => {
    const found = watermark.sources.find(({ time }) => time.source === name);
    if (found === undefined) throw new Error(`no source ${name}`);
    return found;
  };
  switch (entry.kind) {
    case "event": {
      const source = sourceOf(entry.source);
      advanceByLogTime(watermark, logTimeMs(entry.stamp), source);
      const whole = source.time.partitions === undefined ? source.inputs.get("") : undefined;
      const input = whole ?? inputOfPartition(source, entry.partition);
      advanceByEventOf(watermark, source, input, eventTimeMs(entry.time));
      return;
    }
    case "idle": {
      const source = entry.source === undefined ? undefined : sourceOf(entry.source);
      advanceByLogTime(watermark, logTimeMs(entry.at), source);
      if (source !== undefined) leaveOut(watermark, source);
      else becomeIdle(watermark, logTimeMs(logTimeOf(watermark)));
      return;
    }
    case "tick":
      advanceByLogTime(watermark, logTimeMs(entry.at), undefined);
      advanceByTick(watermark, logTimeMs(logTimeOf(watermark)));
  }
}

/** That of the shard: the greatest of its sources'. */
function logTimeOf({ sources }: Watermark): number {
  return Math.max(...sources.map(({ logTime }) => logTime));
}

/** `a:10 ^100` is an event of partition a, `s/a:10` of source s; the stamp is the time unless it is given. Also `idle 100`, `idle 100 s`, `tick 100`. */
export function entriesOf(text: string): readonly TimeEntry[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .map((part) => {
      const [word = "", at = "", of] = part.split(" ");
      if (word === "idle") return { kind: "idle", at: Number(at), source: of };
      if (word === "tick") return { kind: "tick", at: Number(at) };
      const [, source = "s", partition = "", time = ""] = /^(?:(\w+)\/)?(\w*):(-?\d+)$/.exec(word) ?? [];
      const stamp = Number(at === "" ? time : at.slice(1));
      return { kind: "event", source, partition, time: Number(time), stamp };
    });
}
