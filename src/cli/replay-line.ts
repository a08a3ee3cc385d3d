import { recordOf } from "../core/notify/effect-record.ts";
import type { Output } from "../core/shard/output.ts";
import type { EffectMaker } from "../engine/effects-of.ts";

/** What `--emit` can ask for. */
export const emitKinds = ["alerts", "matches", "windows", "late", "events"] as const;

export type EmitKind = (typeof emitKinds)[number];

/** One result as the line of the replay contract (docs/formats.md) has it; undefined for what is not asked for. */
export function replayLine(output: Output, emit: ReadonlySet<EmitKind>, effects: EffectMaker): object | undefined {
  switch (output.kind) {
    case "alert":
      if (!emit.has("alerts")) return undefined;
      return recordOf({ kind: "alert", id: output.draft.alert.id, alert: effects.finish(output.draft) });
    case "resolved": {
      if (!emit.has("alerts")) return undefined;
      const { alert, rule, key, time, cause, mode } = output.resolved;
      return { kind: "resolved", id: alert, rule, key, time, cause, ...(mode === undefined ? {} : { mode }) };
    }
    case "match": {
      if (!emit.has("matches")) return undefined;
      const { pattern, rule, key, match } = output;
      const steps = Object.fromEntries([...match.steps].map(([step, events]) => [step, events.map(({ id }) => id)]));
      const { start, end, time, timedOut } = match;
      return {
        kind: "match",
        pattern,
        ...(rule === undefined ? {} : { rule }),
        key,
        steps,
        start,
        end,
        time,
        timedOut,
      };
    }
    case "window": {
      if (!emit.has("windows")) return undefined;
      const { rule, window, key, start, end, values, firing } = output;
      return { kind: "window", rule, window, key, start, end, values, firing };
    }
    case "late": {
      if (!emit.has("late")) return undefined;
      const { rule, window, pattern, event } = output;
      if (window !== undefined) return { kind: "late", rule, window, event };
      if (pattern === undefined) return { kind: "late", rule, event };
      return { kind: "late", pattern, event, ...(rule === undefined ? {} : { rule }) };
    }
    case "event": {
      if (!emit.has("events")) return undefined;
      const { rule, isShadow, event } = output;
      return { kind: "event", rule, event: event.fields, ...(isShadow ? { mode: "shadow" } : {}) };
    }
    case "explanation":
    case "dead-letter":
    case "alarm":
      return undefined;
  }
}
