import { effectIdOf } from "../alert/alert-identity.ts";
import type { DeadLetter } from "../event/dead-letter.ts";
import type { Decoded } from "../event/decode.ts";
import type { TocsinEvent } from "../event/event.ts";
import { type LogTimeMs, logTimeMs } from "../time/instant.ts";
import { advanceByEvent, advanceByTick, advanceEarly, advanceToEnd, becomeIdle, isLate } from "../time/watermark.ts";
import { answerQuestion } from "./answer-question.ts";
import type { JournalEntry } from "./journal.ts";
import { advanceLogTime, applyListChanges, feedLists } from "./list-changes.ts";
import type { Output } from "./output.ts";
import { runDue, runDueInLogTime } from "./run-due.ts";
import type { Shard } from "./shard.ts";
import { takeDerived } from "./take-derived.ts";
import { takeEvent } from "./take-event.ts";

/** An entry of the log: a message with the events in it, or what the journal put between two messages. */
export type LogEntry =
  | { readonly kind: "message"; readonly stampMs: number | undefined; readonly elements: readonly Decoded[] }
  | { readonly kind: "journal"; readonly entry: Exclude<JournalEntry, { readonly kind: "activation" }> }
  /** The end of a bounded input: every window fires and every deadline is due. */
  | { readonly kind: "end" };

/**
 * Takes one entry: `state(n+1), outputs(n) = step(state(n), entry(n))`. Synchronous and total; equal entries give equal
 * outputs, live, replayed or recovered. Appends to `outputs`, which the caller owns and reuses.
 */
export function step(shard: Shard, entry: LogEntry, outputs: Output[]): void {
  shard.ordinal += 1;
  switch (entry.kind) {
    case "message":
      if (entry.stampMs !== undefined) reachLogTime(shard, logTimeMs(entry.stampMs), outputs);
      for (const element of entry.elements) {
        if (element.kind === "event") {
          // A log without stamps takes its time from its events.
          if (entry.stampMs === undefined) reachLogTime(shard, logTimeMs(element.event.time), outputs);
          takeArrival(shard, element.event, outputs);
        } else takeDeadLetter(shard, element.deadLetter, outputs);
      }
      return;
    case "journal":
      if (entry.entry.kind === "answer") {
        answerQuestion(shard, entry.entry, outputs);
        takeDerived(shard, shard.timeReached, outputs);
        return;
      }
      reachLogTime(shard, entry.entry.at, outputs);
      if (entry.entry.kind === "list") applyListChanges(shard, entry.entry.list, entry.entry.changes, outputs);
      else if (entry.entry.kind === "idle") becomeIdle(shard.watermark, shard.logTime);
      else if (advanceByTick(shard.watermark, shard.logTime)) runDue(shard, outputs);
      return;
    case "end":
      if (advanceToEnd(shard.watermark)) runDue(shard, outputs);
  }
}

/** Log time came to `at`, if it had not: what it makes due is done. */
function reachLogTime(shard: Shard, at: LogTimeMs, outputs: Output[]): void {
  if (at <= shard.logTime) return;
  advanceLogTime(shard, at);
  runDueInLogTime(shard, outputs);
}

/** Judges an event against the watermark before itself, does what its time makes due, and then takes it or lets it wait. */
function takeArrival(shard: Shard, event: TocsinEvent, outputs: Output[]): void {
  const { settings, watermark } = shard;
  shard.stats.events += 1;
  const late = isLate(event.time, watermark.at);
  if (advanceByEvent(watermark, event.time, settings.outOfOrdernessMs)) runDue(shard, outputs);
  if (late || settings.outOfOrdernessMs === 0) {
    takeEvent(shard, event, late ? "late" : "on-time", outputs);
    feedLists(shard, event, outputs);
    takeDerived(shard, shard.timeReached, outputs);
    return;
  }
  takeEvent(shard, event, "arrival", outputs);
  if (shard.plan.index.hasOrdered(event.type)) shard.reorder.add(event);
  feedLists(shard, event, outputs);
  takeDerived(shard, shard.timeReached, outputs);
  while (shard.reorder.size > settings.bufferedEventCountMax && releaseEarly(shard, outputs));
}

/** At the limit of waiting events the watermark moves to the oldest of them: more of that time will count as late. False where it can't. */
function releaseEarly(shard: Shard, outputs: Output[]): boolean {
  const oldest = shard.reorder.peekTime();
  if (oldest === undefined || !advanceEarly(shard.watermark, oldest)) return false;
  const before = shard.reorder.size;
  runDue(shard, outputs);
  shard.stats.eventsReleasedEarly += before - shard.reorder.size;
  return true;
}

function takeDeadLetter(shard: Shard, deadLetter: DeadLetter, outputs: Output[]): void {
  shard.stats.deadLetters += 1;
  const { source, sequence, index } = deadLetter.position;
  outputs.push({ kind: "dead-letter", id: effectIdOf(["dead-letter", source, sequence, index]), deadLetter });
}
