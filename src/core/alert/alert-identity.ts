import type { Brand } from "../base/brand.ts";
import { sha256Base32 } from "../base/hash.ts";
import { canonicalJson } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import type { Position } from "../event/position.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { EffectId } from "./effect.ts";

/** Of a derived event its id, too: the position is only that of the event at which it was made. */
type PositionCause = readonly [source: string, sequence: number, index: number, derived?: string];

/** What made an effect happen: docs/protocol.md, rule 7. Never a clock, an owner, an attempt or a text. */
export type Cause =
  | { readonly kind: "event"; readonly position: PositionCause; readonly ordinal: number }
  | {
      readonly kind: "window";
      readonly window: string;
      readonly start: EventTimeMs;
      readonly end: EventTimeMs;
      readonly ordinal: number;
    }
  | { readonly kind: "tick"; readonly at: EventTimeMs }
  /** Of what follows an evaluation that waited, but for its alert: that has the question's own id. */
  | { readonly kind: "question"; readonly question: string }
  | {
      readonly kind: "match";
      readonly pattern: string;
      readonly timedOut: boolean;
      readonly taken: readonly (readonly [step: string, ...PositionCause])[];
      readonly deadline: EventTimeMs | undefined;
    };

export function positionCause({ source, sequence, index, derived }: Position): PositionCause {
  return derived === undefined ? [source, sequence, index] : [source, sequence, index, derived];
}

/** The id of an alert: equal for equal causes under a rule that decides alike, whatever process works it out. */
export function alertIdOf(options: {
  readonly rule: string;
  /** Hash of what decides in the rule: not its texts, labels or channels. */
  readonly decision: string;
  readonly key: Readonly<Record<string, JsonValue>>;
  readonly cause: Cause;
}): EffectId {
  return effectIdOf(["alert", options.rule, options.decision, options.key, options.cause]);
}

/** The id of an event that a rule's `emit` makes. */
export function derivedEventIdOf(options: Parameters<typeof alertIdOf>[0] & { readonly type: string }): EffectId {
  return effectIdOf(["event", options.rule, options.decision, options.key, options.cause, options.type]);
}

/** The id of the event that a rule makes of one that came too late for its windows. */
export function lateEventIdOf(options: {
  readonly rule: string;
  readonly decision: string;
  readonly position: Position;
  readonly type: string;
}): EffectId {
  return effectIdOf(["late-event", options.rule, options.decision, positionCause(options.position), options.type]);
}

/** The id of a dead letter or an alarm, from what it is about. */
export function effectIdOf(parts: readonly unknown[]): EffectId {
  return `a${sha256Base32(canonicalJson(parts), 128)}` as Brand<string, "EffectId">;
}

/** The id again from its text, or undefined for a text that is none. */
export function knownEffectId(text: string): EffectId | undefined {
  return /^a[a-z2-7]{26}$/.test(text) ? (text as Brand<string, "EffectId">) : undefined;
}
