import type { JsonObject, JsonValue } from "../../../src/core/base/json.ts";
import type { ExprError } from "../../../src/core/expr/expr-error.ts";
import { durationMs, type EventTimeMs, eventTimeMs } from "../../../src/core/time/instant.ts";
import { advanceByEvent, advanceToEnd, createWatermark, isLate } from "../../../src/core/time/watermark.ts";
import {
  addToSliding,
  createSlidingState,
  slidingEvidence,
  slidingFact,
  type SlidingWindowState,
} from "../../../src/core/window/sliding-window.ts";
import { decodeSlidingState, encodeSlidingState } from "../../../src/core/window/sliding-window-codec.ts";
import type { WindowEvidence } from "../../../src/core/window/window-fact.ts";
import type { SlidingWindowProgram } from "../../../src/core/window/first-programs.ts";
import { bytesOf, eventAt, readWhole, scopeOf } from "./window-kit.ts";

/** An event of the one key that a driver plays; its index in the input is its name. */
export interface DrivenEvent {
  readonly time: number;
  readonly fields?: JsonObject;
  /** Of another key: it only moves the watermark. */
  readonly isForeign?: boolean;
}

export interface DriverSettings {
  readonly outOfOrdernessMs: number;
  /** After the last event the watermark goes to plus infinity. */
  readonly isEndOfInput?: boolean;
  /** Saves the state and restores it after every event. */
  readonly isChopped?: boolean;
}

export interface SlidingRow {
  readonly event: number;
  readonly fact: Readonly<Record<string, JsonValue>>;
  readonly evidence: WindowEvidence;
}

const ignore = (_error: ExprError): void => undefined;

/** Plays a sliding window as a shard would: late events out, the others in event-time order as the watermark comes. */
export function driveSliding(
  program: SlidingWindowProgram,
  events: readonly DrivenEvent[],
  settings: DriverSettings,
): { readonly rows: readonly SlidingRow[]; readonly late: readonly number[] } {
  const watermark = createWatermark();
  const rows: SlidingRow[] = [];
  const late: number[] = [];
  let waiting: number[] = [];
  let state: SlidingWindowState = createSlidingState(program);
  const timeOf = (index: number): EventTimeMs => eventTimeMs(events[index]?.time ?? 0);
  const release = (): void => {
    const due = waiting.filter((index) => timeOf(index) <= watermark.at).sort((a, b) => timeOf(a) - timeOf(b) || a - b);
    waiting = waiting.filter((index) => timeOf(index) > watermark.at);
    for (const index of due) {
      const event = eventAt(timeOf(index), events[index]?.fields, index);
      if (addToSliding(program, state, event, scopeOf(event), ignore) === "filtered") continue;
      const fact = slidingFact(program, state, event.time);
      rows.push({ event: index, fact, evidence: slidingEvidence(program, state, event.time) });
    }
  };
  for (const [index, event] of events.entries()) {
    if (event.isForeign !== true) {
      if (isLate(eventTimeMs(event.time), watermark.at)) late.push(index);
      else waiting.push(index);
    }
    advanceByEvent(watermark, eventTimeMs(event.time), durationMs(settings.outOfOrdernessMs));
    release();
    if (settings.isChopped === true) {
      const bytes = bytesOf((writer) => encodeSlidingState(state, writer));
      state = readWhole(bytes, (reader) => decodeSlidingState(program, reader));
    }
  }
  if (settings.isEndOfInput !== false) advanceToEnd(watermark);
  release();
  return { rows, late };
}
