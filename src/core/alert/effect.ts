import type { Brand } from "../base/brand.ts";
import type { JsonValue } from "../base/json.ts";
import type { DeadLetter } from "../event/dead-letter.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { Why } from "./why.ts";

export type { DeadLetter } from "../event/dead-letter.ts";

/** "a" and 26 base32 characters of a SHA-256: a function of the cause alone. See docs/protocol.md, rule 7. */
export type EffectId = Brand<string, "EffectId">;

export type Severity = "info" | "low" | "medium" | "high" | "critical";

/** A decision that somebody is to be told of. Plain data: it goes through the outbox as JSON. */
export interface Alert {
  readonly id: EffectId;
  readonly rule: string;
  readonly severity: Severity;
  readonly key: Readonly<Record<string, JsonValue>>;
  /** The event's time, the match's, or the window's end - 1. */
  readonly time: EventTimeMs;
  /** json-rules-engine's event. */
  readonly event: { readonly type: JsonValue; readonly params?: JsonValue };
  /** Names of the events behind it, in the order taken, the last 100. */
  readonly evidence: readonly (string | number)[];
  /** How many there are in full. */
  readonly evidenceCount: number;
  /** Every declared name that the conditions read, whole. */
  readonly facts: Readonly<Record<string, JsonValue>>;
  readonly summary: string;
  /** Equal for alerts of one rule that are one incident. */
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** Named by the rule; empty: the routing decides. */
  readonly channels: readonly string[];
  /** Alerts that `throttle` held since the last one given. */
  readonly held?: number;
  /** Absent where nobody asked for it, as in `replay` without `--why`. Last, for it is the longest. */
  readonly why?: Why;
  /** Of a rule with `mode: shadow`: recorded, and nobody is notified. */
  readonly mode?: "shadow";
}

/** What ended an alert. `retracted`: the window that it was given for fired again, late, and its conditions did not hold. */
export type ResolvedCause = "whenFalse" | "keepFiringFor" | "condition" | "resolveAfter" | "retracted";

/** The end of an alert. Plain data, as an alert is. */
export interface Resolved {
  readonly id: EffectId;
  /** Id of the alert that ended. */
  readonly alert: EffectId;
  readonly rule: string;
  readonly key: Readonly<Record<string, JsonValue>>;
  readonly time: EventTimeMs;
  readonly cause: ResolvedCause;
  /** The alert's own. */
  readonly fingerprint: string;
  /** Named by the rule; empty: the routing decides. */
  readonly channels: readonly string[];
  readonly mode?: "shadow";
}

/** Something Tocsin has to say of itself, to the people who run it. */
export interface Alarm {
  readonly code: "log-gap" | "rule-errors" | "limit-reached";
  readonly message: string;
}

/** What the shard wants done outside. All of it leaves through the outbox, each once. */
export type Effect =
  | { readonly kind: "alert"; readonly id: EffectId; readonly alert: Alert }
  | { readonly kind: "resolved"; readonly id: EffectId; readonly resolved: Resolved }
  | { readonly kind: "dead-letter"; readonly id: EffectId; readonly deadLetter: DeadLetter }
  | { readonly kind: "alarm"; readonly id: EffectId; readonly alarm: Alarm };
