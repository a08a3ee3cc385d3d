import { assert } from "../base/assert.ts";
import { effectIdOf } from "../alert/alert-identity.ts";
import type { DeadLetter } from "../event/dead-letter.ts";
import type { Decoded } from "../event/decode.ts";
import type { TocsinEvent } from "../event/event.ts";
import { type EventTimeMs, type LogTimeMs, logTimeMs } from "../time/instant.ts";
import {
  advanceByEventOf,
  advanceByLogTime,
  advanceByTick,
  advanceEarly,
  advanceToEnd,
  becomeIdle,
  isLate,
  leaveOut,
} from "../time/watermark.ts";
import { inputOfPartition, type SourceInputs, type WatermarkInput } from "../time/watermark-input.ts";
import { answerQuestion } from "./answer-question.ts";
import type { JournalEntry } from "./journal.ts";
import { advanceLogTime, applyListChanges, feedLists } from "./list-changes.ts";
import type { Output } from "./output.ts";
import { partitionOf } from "./partition-of.ts";
import { packRecords } from "./records.ts";
import { runDue, runDueInLogTime, runHeldSessions } from "./run-due.ts";
import type { Shard } from "./shard.ts";
import { takeDerived } from "./take-derived.ts";
import { takeEvent } from "./take-event.ts";
import { letterOfFuture } from "./unwanted-event.ts";

/** An entry of the log: a message with the events in it, or what the journal put between two messages. */
export type LogEntry =
  | {
      readonly kind: "message";
      /** Name of the source that it comes from; undefined: the only one. */
      readonly source?: string | undefined;
      readonly stampMs: number | undefined;
      readonly elements: readonly Decoded[];
    }
  | { readonly kind: "journal"; readonly entry: Exclude<JournalEntry, { readonly kind: "activation" }> }
  /** The log says itself how far event time has come: the watermark is at least `at`. */
  | { readonly kind: "watermark"; readonly at: EventTimeMs }
  /** The end of a bounded input: every window fires and every deadline is due. */
  | { readonly kind: "end" };

/**
 * Takes one entry: `state(n+1), outputs(n) = step(state(n), entry(n))`. Synchronous and total; equal entries give equal
 * outputs, live, replayed or recovered. Appends to `outputs`, which the caller owns and reuses.
 */
export function step(shard: Shard, entry: LogEntry, outputs: Output[]): void {
  shard.ordinal += 1;
  packRecords(shard);
  switch (entry.kind) {
    case "message": {
      const source = sourceOf(shard, entry.source);
      if (entry.stampMs !== undefined) reachLogTime(shard, logTimeMs(entry.stampMs), source, outputs);
      for (const element of entry.elements) {
        if (element.kind === "dead-letter") takeDeadLetter(shard, element.deadLetter, outputs);
        else if (isTooFarAhead(shard, element.event, source)) takeFuture(shard, element.event, source, outputs);
        else {
          // A log without stamps takes its time from its events.
          if (entry.stampMs === undefined) reachLogTime(shard, logTimeMs(element.event.time), source, outputs);
          takeArrival(shard, element.event, source, outputs);
        }
      }
      return;
    }
    case "journal":
      takeJournal(shard, entry.entry, outputs);
      return;
    case "watermark":
      if (advanceEarly(shard.watermark, entry.at)) runDue(shard, outputs);
      return;
    case "end":
      if (advanceToEnd(shard.watermark)) runDue(shard, outputs);
  }
}

function takeJournal(
  shard: Shard,
  entry: Extract<LogEntry, { readonly kind: "journal" }>["entry"],
  outputs: Output[],
): void {
  switch (entry.kind) {
    case "answer":
      answerQuestion(shard, entry, outputs);
      takeDerived(shard, shard.timeReached, outputs);
      return;
    case "list":
      comeToLogTime(shard, entry.at, outputs);
      applyListChanges(shard, entry.list, entry.changes, outputs);
      return;
    case "idle": {
      const source = entry.source === undefined ? undefined : sourceOf(shard, entry.source);
      reachLogTime(shard, entry.at, source, outputs);
      if (source === undefined) becomeIdle(shard.watermark, shard.logTime);
      else if (leaveOut(shard.watermark, source)) runDue(shard, outputs);
      return;
    }
    case "tick":
      // Ticks come only while every source is at its end.
      reachLogTime(shard, entry.at, undefined, outputs);
      if (advanceByTick(shard.watermark, shard.logTime)) runDue(shard, outputs);
  }
}

function sourceOf({ watermark: { sources } }: Shard, name: string | undefined): SourceInputs {
  const source = sources.length === 1 ? sources[0] : sources.find(({ time }) => time.source === name);
  assert(source !== undefined, "a message comes from a source of the settings");
  return source;
}

/** Log time came to `at`, if it had not: what it makes due is done. */
function comeToLogTime(shard: Shard, at: LogTimeMs, outputs: Output[]): void {
  if (at <= shard.logTime) return;
  advanceLogTime(shard, at);
  runDueInLogTime(shard, outputs);
}

/** The same, and a source's own log (undefined: every source's) came so far: partitions that were quiet hold nothing back any more. */
function reachLogTime(shard: Shard, at: LogTimeMs, source: SourceInputs | undefined, outputs: Output[]): void {
  comeToLogTime(shard, at, outputs);
  if (advanceByLogTime(shard.watermark, at, source)) runDue(shard, outputs);
}

/** Further ahead of log time than its source allows. Before anything is known of log time nothing is. */
function isTooFarAhead({ logTime }: Shard, { time }: TocsinEvent, source: SourceInputs): boolean {
  return logTime !== -Infinity && time - logTime > source.time.maxFutureMs;
}

/** One wrong clock closes nobody's windows: the event moves nothing. */
function takeFuture(shard: Shard, event: TocsinEvent, { time }: SourceInputs, outputs: Output[]): void {
  shard.stats.deadLetters += 1;
  outputs.push(letterOfFuture(event, shard.logTime, time.maxFutureMs));
}

/** Judges an event against the watermark before itself, does what its time makes due, and then takes it or lets it wait. */
function takeArrival(shard: Shard, event: TocsinEvent, source: SourceInputs, outputs: Output[]): void {
  const { settings, watermark } = shard;
  shard.stats.events += 1;
  const late = isLate(event.time, watermark.at);
  const isMoved = advanceByEventOf(watermark, source, inputOf(source, event), event.time);
  if (isMoved) runDue(shard, outputs, late || shard.isHeldBack ? undefined : event.time);
  if (late || !shard.isHeldBack) {
    takeEvent(shard, event, late ? "late" : "on-time", outputs);
    runHeldSessions(shard, outputs);
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

function inputOf(source: SourceInputs, event: TocsinEvent): WatermarkInput {
  const { partitions } = source.time;
  const input =
    partitions === undefined ? source.inputs.get("") : inputOfPartition(source, partitionOf(partitions, event));
  assert(input !== undefined, "a source without partitions is one input");
  return input;
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
