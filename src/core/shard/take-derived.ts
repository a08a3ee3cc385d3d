import type { EventTimeMs } from "../time/instant.ts";
import { isLate } from "../time/watermark.ts";
import type { DerivedEvent } from "./derived-queue.ts";
import { feedLists } from "./list-changes.ts";
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
  const { settings, watermark, timeReached, plan, reorder, isHeldBack } = shard;
  if (isPrinted && settings.observing.events) outputs.push({ kind: "event", rule, isShadow, event });
  const late = isLate(event.time, timeReached);
  const waits = !late && isHeldBack && event.time > watermark.at;
  takeEvent(shard, event, late ? "late" : waits ? "arrival" : "on-time", outputs, isShadow ? "shadow" : "all");
  if (waits && plan.index.hasOrdered(event.type)) reorder.add(event, isShadow);
  if (!isShadow) feedLists(shard, event, outputs);
}
