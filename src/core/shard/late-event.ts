import { lateEventIdOf } from "../alert/alert-identity.ts";
import { type TocsinEvent, wholeOf } from "../event/event.ts";
import type { RuleNode } from "../plan/plan.ts";
import type { DeclaredWindow } from "../rule/rule-program.ts";
import { derive } from "./derived-events.ts";
import type { Output } from "./output.ts";
import type { Shard } from "./shard.ts";
import { letterOfLate } from "./unwanted-event.ts";

/**
 * Does with an event that came too late for a window what `lateTo` asks for: a dead letter, once for each rule, whatever
 * number of its windows and keys it is late for; or a derived event of its own fields and time, once for each rule and type.
 *
 * @param done what was done of the event already.
 */
export function settleLate(
  shard: Shard,
  event: TocsinEvent,
  { rule, declared: { name, lateTo } }: { readonly rule: RuleNode; readonly declared: DeclaredWindow },
  done: Set<string>,
  outputs: Output[],
): void {
  if (lateTo.kind === "drop") return;
  const { id, decision } = rule.program;
  const what = lateTo.kind === "dead-letter" ? `${id}\n` : `${id}\n${lateTo.type}`;
  if (done.has(what)) return;
  done.add(what);
  if (lateTo.kind === "dead-letter") {
    const byMs = shard.timeReached - event.time;
    shard.stats.deadLetters += 1;
    outputs.push(letterOfLate(event, { rule: id, window: name, byMs: Number.isFinite(byMs) ? byMs : null }));
    return;
  }
  const { id: _id, type: _type, time: _time, ...fields } = wholeOf(event);
  const eventId = lateEventIdOf({ rule: id, decision, position: event.position, type: lateTo.type });
  derive(shard, { rule, at: event.time, event }, { id: eventId, type: lateTo.type, fields, isPrinted: true }, outputs);
}
