import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import { isJsonObject, type JsonValue, toJson } from "../../base/json.ts";
import { type EventTimeMs, eventTimeMs } from "../../time/instant.ts";
import type { FiredWindow, Firing, WindowFact } from "../window-fact.ts";
import type { TriggerProgram, WindowProgram } from "../window-program.ts";
import type { WindowIntake } from "../window-state.ts";
import { decodePaneContent, PaneContent } from "./pane.ts";
import {
  createTrigger,
  decodeTrigger,
  encodeTrigger,
  onEvent,
  onEventTime,
  onLogTime,
  triggerDueAt,
  triggerLogDueAt,
  type TriggerState,
} from "./trigger.ts";

/** One window of one key, and when it is to fire. */
export class Pane {
  /** Minus infinity and infinity: of a global window. */
  start: number;
  end: number;
  readonly content: PaneContent;
  readonly trigger: TriggerState;
  /** Ordinal of the next firing. */
  firingCount = 0;
  /** The watermark has passed its end: that is not due again. */
  isEndPassed = false;

  constructor(start: number, end: number, content: PaneContent, trigger: TriggerState) {
    this.start = start;
    this.end = end;
    this.content = content;
    this.trigger = trigger;
  }

  get eventCount(): number {
    return this.content.eventCount;
  }

  /** As told outside: a global window is from its first event to its last. */
  get shownStart(): number {
    return Number.isFinite(this.start) ? this.start : this.content.firstTime;
  }

  get shownEnd(): number {
    return Number.isFinite(this.end) ? this.end : this.content.lastTime + 1;
  }
}

export function createPane(program: WindowProgram, trigger: TriggerProgram, start: number, end: number): Pane {
  return new Pane(start, end, new PaneContent(program.aggregates), createTrigger(trigger));
}

/** Whether the event of the intake, which is in the pane, makes it fire. */
export function triggeredByEvent(
  program: WindowProgram,
  trigger: TriggerProgram,
  pane: Pane,
  intake: WindowIntake,
  previous: WindowFact | undefined,
): boolean {
  return onEvent(trigger, pane.trigger, pane, intake, ({ condition }) => {
    const { scope } = intake;
    const before = scope.slots[program.slot];
    scope.slots[program.slot] = paneFact(pane, intake.event.time, intake.watermark, previous);
    const outcome = condition.holds(scope);
    scope.slots[program.slot] = before;
    if (outcome !== true && outcome !== false) intake.report(outcome);
    return outcome === true;
  });
}

/** The pane as it stands. */
export function paneFact(pane: Pane, at: number, watermark: number, previous: WindowFact | undefined): WindowFact {
  const { shownStart: start, shownEnd: end } = pane;
  const firing: Firing = pane.end - 1 <= watermark ? "late" : "early";
  return { ...pane.content.values({ start, end, at }), start, end, firing, previous: previous ?? null };
}

/** What made a pane fire: an event (whether behind the end is told by the watermark), a timer, or log time. */
export type FiringCause =
  | { readonly kind: "event"; readonly time: EventTimeMs; readonly watermark: EventTimeMs }
  | { readonly kind: "timer"; readonly deadline: EventTimeMs }
  | { readonly kind: "log-time"; readonly watermark: EventTimeMs };

/** The pane fires; `isPurging` empties it. Its facts are those of before. */
export function firePane(
  pane: Pane,
  cause: FiringCause,
  isPurging: boolean,
  previous: WindowFact | undefined,
): { readonly fired: FiredWindow; readonly fact: WindowFact } {
  const { content, shownStart: start, shownEnd: end } = pane;
  const { firing, at } = momentOf(pane, cause);
  const values = content.values({ start, end, at });
  const ordinal = pane.firingCount;
  pane.firingCount += 1;
  const fact = { ...values, start, end, firing };
  const fired: FiredWindow = {
    member: 0,
    start: eventTimeMs(start),
    end: eventTimeMs(end),
    at: eventTimeMs(at),
    isByEvent: cause.kind === "event" && firing === "early",
    firing,
    ordinal,
    fact: { ...fact, previous: previous ?? null },
    values,
    evidence: content.evidence(),
  };
  if (isPurging) content.clear();
  return { fired, fact };
}

function momentOf({ end, content }: Pane, cause: FiringCause): { readonly firing: Firing; readonly at: number } {
  switch (cause.kind) {
    case "event":
      return end - 1 <= cause.watermark ? { firing: "late", at: end - 1 } : { firing: "early", at: cause.time };
    case "timer":
      if (cause.deadline === end) return { firing: "onTime", at: end - 1 };
      return cause.deadline > end ? { firing: "late", at: end - 1 } : { firing: "early", at: cause.deadline - 1 };
    case "log-time":
      if (end - 1 <= cause.watermark) return { firing: "late", at: end - 1 };
      return { firing: "early", at: Math.min(end - 1, Math.max(content.lastTime, cause.watermark)) };
  }
}

export function encodePane({ start, end, content, trigger, firingCount, isEndPassed }: Pane, writer: ByteWriter): void {
  writer.number(start);
  writer.number(end);
  writer.count(firingCount);
  writer.boolean(isEndPassed);
  content.encode(writer);
  encodeTrigger(trigger, writer);
}

/** @throws {CorruptBytesError} */
export function decodePane(program: WindowProgram, trigger: TriggerProgram, reader: ByteReader): Pane {
  const start = reader.number();
  const end = reader.number();
  const firingCount = reader.count();
  const isEndPassed = reader.boolean();
  if (!(start < end)) throw new CorruptBytesError(`state is damaged: no window at ${reader.at}`);
  const content = decodePaneContent(program.aggregates, reader);
  const pane = new Pane(start, end, content, decodeTrigger(trigger, reader));
  pane.firingCount = firingCount;
  pane.isEndPassed = isEndPassed;
  return pane;
}

/** When the pane's own timers are due next, in event time: its end, or what its trigger asks for. Infinity: never. */
export function timerOf(trigger: TriggerProgram, pane: Pane): number {
  return Math.min(pane.isEndPassed ? Number.POSITIVE_INFINITY : pane.end, triggerDueAt(trigger, pane.trigger));
}

/** Event time came to `deadline`: what is due of the panes, timer by timer; of one time in the order of ends, then starts. */
export function fireDuePanes(
  panes: readonly Pane[],
  trigger: TriggerProgram,
  deadline: number,
  fire: (pane: Pane, cause: FiringCause) => FiredWindow,
): FiredWindow[] {
  const fired: FiredWindow[] = [];
  for (;;) {
    let next: Pane | undefined;
    for (const pane of panes)
      if (timerOf(trigger, pane) <= deadline && (next === undefined || isDueBefore(trigger, pane, next))) next = pane;
    if (next === undefined) return fired;
    const due = timerOf(trigger, next);
    const isFiring = onEventTime(trigger, next.trigger, next, due);
    if (due === next.end) next.isEndPassed = true;
    if (isFiring && next.eventCount > 0) fired.push(fire(next, { kind: "timer", deadline: eventTimeMs(due) }));
  }
}

function isDueBefore(trigger: TriggerProgram, a: Pane, b: Pane): boolean {
  return (timerOf(trigger, a) - timerOf(trigger, b) || a.end - b.end || a.start - b.start) < 0;
}

/** Log time came to `at`: likewise. */
export function fireLogDuePanes(
  panes: readonly Pane[],
  trigger: TriggerProgram,
  at: number,
  fire: (pane: Pane) => FiredWindow,
): FiredWindow[] {
  const due = panes.filter((pane) => triggerLogDueAt(trigger, pane.trigger) <= at);
  return due.filter((pane) => onLogTime(trigger, pane.trigger, at) && pane.eventCount > 0).map(fire);
}

/** @throws {CorruptBytesError} */
export function decodePrevious(reader: ByteReader): WindowFact | undefined {
  const value = reader.json();
  if (value === undefined) return undefined;
  const fact: JsonValue = toJson(value);
  if (!isJsonObject(fact) || typeof fact["end"] !== "number")
    throw new CorruptBytesError(`state is damaged: no firing at ${reader.at}`);
  return Object.fromEntries(Object.entries(fact).map(([name, member]) => [name, member ?? null]));
}
