import type { Effect } from "../alert/effect.ts";

/**
 * An effect as one flat record, as machines read it: an alert has the keys of a line of `tocsin replay`, in its order,
 * and those not shown there behind. What the file channel appends and a webhook's `data` holds.
 */
export function recordOf(effect: Effect): Readonly<Record<string, unknown>> {
  switch (effect.kind) {
    case "alert": {
      const { id, rule, severity, key, time, event, evidence, evidenceCount, facts, summary, ...rest } = effect.alert;
      return {
        kind: effect.kind,
        id,
        rule,
        severity,
        key,
        time,
        event,
        evidence,
        evidenceCount,
        facts,
        summary,
        ...rest,
      };
    }
    case "resolved":
      return { kind: effect.kind, ...effect.resolved };
    case "dead-letter":
      return { kind: effect.kind, id: effect.id, ...effect.deadLetter };
    case "alarm":
      return { kind: effect.kind, id: effect.id, ...effect.alarm };
  }
}
