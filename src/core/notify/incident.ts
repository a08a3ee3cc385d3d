import type { Alert, Effect, Resolved } from "../alert/effect.ts";
import { sha256Base32 } from "../base/hash.ts";

/** What a person deals with: all alerts of one rule and fingerprint. Plain data: stores keep it as JSON. */
export interface Incident {
  /** Rule and fingerprint, see `incidentIdOf`. */
  readonly id: string;
  readonly rule: string;
  /** Of a rule in shadow mode: nobody was notified. */
  readonly mode?: "shadow";
  readonly fingerprint: string;
  readonly state: "firing" | "resolved";
  /** Of the latest alert by event time, as `summary` is. */
  readonly severity: string;
  /** Alerts given since it began to fire; those that `throttle` held are not in it. */
  readonly count: number;
  /** Event times in epoch milliseconds. */
  readonly firstAlertAt: number;
  readonly lastAlertAt: number;
  readonly lastAlertId: string;
  readonly summary: string;
}

/**
 * "i" and 26 base32 characters: equal for alerts of one rule and fingerprint, and for no others. What a rule gave in shadow
 * mode is an incident of its own: one that goes live begins anew.
 */
export function incidentIdOf({
  rule,
  fingerprint,
  mode,
}: Pick<Alert | Resolved, "rule" | "fingerprint" | "mode">): string {
  return `i${sha256Base32(JSON.stringify(mode === undefined ? [rule, fingerprint] : [rule, fingerprint, mode]), 128)}`;
}

/** The incident that an effect is about; undefined where it is about none. */
export function incidentIdFor(effect: Effect): string | undefined {
  switch (effect.kind) {
    case "alert":
      return incidentIdOf(effect.alert);
    case "resolved":
      return incidentIdOf(effect.resolved);
    case "dead-letter":
    case "alarm":
      return undefined;
  }
}

/** The incident after an effect that is about it; undefined where there is none. */
export function incidentAfter(incident: Incident | undefined, effect: Effect): Incident | undefined {
  switch (effect.kind) {
    case "alert":
      return updateIncident(incident, effect.alert);
    case "resolved":
      return incident === undefined ? undefined : resolveIncident(incident, effect.resolved);
    case "dead-letter":
    case "alarm":
      return incident;
  }
}

/** An incident ends with its latest alert: one that ended before another came leaves it as it is. */
function resolveIncident(incident: Incident, { alert }: Resolved): Incident {
  return incident.lastAlertId === alert ? { ...incident, state: "resolved" } : incident;
}

/**
 * The incident after `alert`. One that was resolved begins again.
 *
 * Alerts of several shards come in no order of time, so times only widen, and the texts are those of the latest
 * alert by event time; of equal times, those of the one applied last.
 */
export function updateIncident(incident: Incident | undefined, alert: Alert): Incident {
  const before = incident?.state === "firing" ? incident : undefined;
  const begun: Incident = {
    id: incidentIdOf(alert),
    ...(alert.mode === undefined ? {} : { mode: alert.mode }),
    rule: alert.rule,
    fingerprint: alert.fingerprint,
    state: "firing",
    severity: alert.severity,
    count: 1,
    firstAlertAt: alert.time,
    lastAlertAt: alert.time,
    lastAlertId: alert.id,
    summary: alert.summary,
  };
  if (before === undefined) return begun;
  const isLatest = alert.time >= before.lastAlertAt;
  return {
    ...(isLatest ? begun : before),
    count: before.count + 1,
    firstAlertAt: Math.min(before.firstAlertAt, alert.time),
  };
}
