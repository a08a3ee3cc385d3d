import type { EventTimeMs } from "../time/instant.ts";
import { isLate } from "../time/watermark.ts";
import type { DerivedEvent } from "./derived-queue.ts";
import type { Output } from "./output.ts";
import type { Shard } from "./shard.ts";
import { takeEvent } from "./take-event.ts";

/**
 * Takes the events that were derived, those that they lead to behind them: entries of their own, right after their cause.
 *
 * @param reached how far time had come before the cause: what a deadline made is not late for having come of it.
 */
export function takeDerived(shard: Shard, reached: EventTimeMs, outputs: Output[]): void {
  if (shard.derived.isEmpty) return;
  const { timeReached } = shard;
  shard.timeReached = reached;
  for (let next = shard.derived.take(); next !== undefined; next = shard.derived.take()) takeOne(shard, next, outputs);
  shard.timeReached = timeReached;
}

/** One that waits for nothing before it is taken by all at once; any other by the rules that take events as they come. */
function takeOne(shard: Shard, { event, rule, isShadow, isPrinted }: DerivedEvent, outputs: Output[]): void {
  const { settings, watermark, timeReached, plan, reorder } = shard;
  if (isPrinted && settings.observing.events) outputs.push({ kind: "event", rule, isShadow, event });
  const audience = isShadow ? "shadow" : "all";
  if (isLate(event.time, timeReached)) return takeEvent(shard, event, "late", outputs, audience);
  if (settings.outOfOrdernessMs === 0 || event.time <= watermark.at)
    return takeEvent(shard, event, "on-time", outputs, audience);
  takeEvent(shard, event, "arrival", outputs, audience);
  if (plan.index.hasOrdered(event.type)) reorder.add(event, isShadow);
}
