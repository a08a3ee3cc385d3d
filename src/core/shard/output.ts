import type { Alarm, Alert, DeadLetter, EffectId, Resolved } from "../alert/effect.ts";
import type { JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { Match } from "../pattern/match.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { Firing } from "../window/window-fact.ts";
import type { RuleExplanation } from "./rule-explanation.ts";

type Key = Readonly<Record<string, JsonValue>>;

/** An alert but for its text, which is made outside the core from `template` and `variables`. */
export interface AlertDraft {
  readonly alert: Omit<Alert, "summary">;
  /** The rule's name, for the text of a rule that has no template. */
  readonly title: string;
  readonly template: string | undefined;
  /** What the template sees, by name. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What a step tells. Alerts, dead letters and alarms are effects; the rest is told only to who asked for it. */
export type Output =
  | { readonly kind: "alert"; readonly draft: AlertDraft }
  | { readonly kind: "resolved"; readonly resolved: Resolved }
  | { readonly kind: "dead-letter"; readonly id: EffectId; readonly deadLetter: DeadLetter }
  | { readonly kind: "alarm"; readonly id: EffectId; readonly alarm: Alarm }
  | {
      readonly kind: "match";
      readonly pattern: string;
      readonly rule: string | undefined;
      readonly key: Key;
      readonly match: Match;
    }
  | {
      readonly kind: "window";
      readonly rule: string;
      readonly window: string;
      readonly key: Key;
      readonly start: EventTimeMs;
      readonly end: EventTimeMs;
      readonly values: Key;
      readonly firing: Firing;
    }
  | {
      readonly kind: "late";
      readonly rule: string | undefined;
      readonly window: string | undefined;
      readonly pattern: string | undefined;
      readonly event: string | number;
    }
  /** Of the rule that `Observing.explain` names. */
  | { readonly kind: "explanation"; readonly explanation: RuleExplanation }
  /** What a rule's `emit` made. */
  | { readonly kind: "event"; readonly rule: string; readonly isShadow: boolean; readonly event: TocsinEvent };

/** Which of the observations are wanted; none of them is worked out otherwise. */
export interface Observing {
  readonly matches: boolean;
  readonly windows: boolean;
  readonly late: boolean;
  readonly events: boolean;
  /** Alerts say why. */
  readonly why: boolean;
  /** Id of a rule: how far each event comes towards it, and each of its evaluations. */
  readonly explain: string | undefined;
}

export const observeNothing: Observing = {
  matches: false,
  windows: false,
  late: false,
  events: false,
  why: false,
  explain: undefined,
};

/** What the running service looks at. */
export const observeLive: Observing = { ...observeNothing, why: true };
