import { derivedEventIdOf, effectIdOf } from "../alert/alert-identity.ts";
import type { Alert, EffectId } from "../alert/effect.ts";
import { toJson } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";
import { ExprError } from "../expr/expr-error.ts";
import { alertEventType } from "../plan/chain-members.ts";
import type { DerivedEvent } from "./derived-queue.ts";
import type { Evaluation } from "./evaluation.ts";
import { causeOf } from "./evaluation-cause.ts";
import type { Output } from "./output.ts";
import type { Shard } from "./shard.ts";
import { countError } from "./shard-stats.ts";

/** `source` of every derived event, and of its position where no event is at hand. */
const ownSource = "tocsin";

/** Makes what the rule's `emit` asks for, of the scope as it stands. */
export function emitEvent(shard: Shard, evaluation: Evaluation, outputs: Output[]): void {
  const { rule, place } = evaluation;
  const { id, decision, emit } = rule.program;
  if (emit === undefined) return;
  const fields: Record<string, JsonValue> = {};
  for (const { name, expression } of emit.fields) {
    const value = expression.evaluate(shard.scope);
    if (value instanceof ExprError) countError(shard.stats, id, value);
    fields[name] = value instanceof ExprError ? null : toJson(value);
  }
  const cause = causeOf(evaluation);
  const eventId = derivedEventIdOf({ rule: id, decision, key: place.key, cause, type: emit.type });
  derive(shard, evaluation, { id: eventId, type: emit.type, fields, isPrinted: true }, outputs);
}

/** Makes the event of an alert that was given, where a rule takes it. It has the alert's id. */
export function emitAlertEvent(
  shard: Shard,
  evaluation: Evaluation,
  alert: Omit<Alert, "summary">,
  outputs: Output[],
): void {
  const type = alertEventType(alert.rule);
  if (!shard.plan.index.hasTakers(type)) return;
  const { id, rule, severity, key, event, labels, tags, facts, evidence, evidenceCount } = alert;
  const fields = {
    rule,
    severity,
    key,
    event: event.params === undefined ? { type: event.type } : { type: event.type, params: event.params },
    labels,
    tags,
    facts,
    evidence,
    evidenceCount,
  };
  derive(shard, evaluation, { id, type, fields, isPrinted: false }, outputs);
}

/** Puts an event that a rule made into the queue of those that are still to be taken; at the limit it is not made. */
export function derive(
  shard: Shard,
  { rule, at, event: cause }: Pick<Evaluation, "rule" | "at" | "event">,
  made: {
    readonly id: EffectId;
    readonly type: string;
    readonly fields: Readonly<Record<string, JsonValue>>;
    readonly isPrinted: boolean;
  },
  outputs: Output[],
): void {
  const { id, type, fields, isPrinted } = made;
  const { source, sequence, index } = cause?.position ?? { source: ownSource, sequence: 0, index: 0 };
  const event: TocsinEvent = {
    position: { source, sequence, index, derived: id },
    id,
    type,
    time: at,
    source: ownSource,
    fields: { id, type, time: at, ...fields },
  };
  const { derived, settings, stats } = shard;
  const derivedEvent: DerivedEvent = { event, rule: rule.program.id, isShadow: rule.program.isShadow, isPrinted };
  if (derived.add(derivedEvent, settings.derivedEventCountMax)) {
    stats.derivedEvents += 1;
    return;
  }
  stats.derivedEventsShed += 1;
  if (derived.isOverflowTold) return;
  derived.isOverflowTold = true;
  outputs.push({
    kind: "alarm",
    id: effectIdOf(["alarm", "derived-events", shard.ordinal]),
    alarm: {
      code: "limit-reached",
      message: `one event or deadline led to more than ${settings.derivedEventCountMax} derived events, their limit: the rest was not made`,
    },
  });
}
