import { assert } from "../../base/assert.ts";
import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import { ExprError } from "../../expr/expr-error.ts";
import { type EventTimeMs, eventTimeMs, type LogTimeMs, logTimeMs } from "../../time/instant.ts";
import { conditionHolds } from "../aggregate-input.ts";
import type { FiredWindow, WindowEvidence, WindowFact } from "../window-fact.ts";
import type { TriggerProgram, WindowProgram, WindowShape } from "../window-program.ts";
import type { WindowIntake, WindowMoment, WindowOutcome, WindowState } from "../window-state.ts";
import { PaneContent } from "./pane.ts";
import {
  createPane,
  decodePane,
  decodePrevious,
  encodePane,
  fireDuePanes,
  fireLogDuePanes,
  firePane,
  type FiringCause,
  type Pane,
  paneFact,
  timerOf,
  triggeredByEvent,
} from "./fired-pane.ts";
import { mergeTriggers, triggerLogDueAt, watermarkTrigger } from "./trigger.ts";

const codecVersion = 1;

/** Sessions that one key has at once. At the limit an event that would begin another is not taken. */
export const sessionCountMax = 10_000;

type SessionShape = Extract<WindowShape, { readonly kind: "session" }>;

/**
 * Sessions of one key: each event is a window `[time, time + gap)`, and windows that overlap or touch become one, as in Flink's
 * MergingWindowSet. Lateness is judged on what they become. With a greatest size, events come in event-time order and
 * one at or behind the session's start + that begins another.
 */
export class SessionWindows implements WindowState {
  readonly program: WindowProgram;
  readonly shape: SessionShape;
  readonly trigger: TriggerProgram;
  /** By start. */
  sessions: Pane[] = [];
  previous: WindowFact | undefined = undefined;
  order = 0;
  skippedCount = 0;

  constructor(program: WindowProgram) {
    assert(program.shape.kind === "session", "a session window");
    this.program = program;
    this.shape = program.shape;
    this.trigger = program.trigger ?? watermarkTrigger;
  }

  get isEmpty(): boolean {
    return this.sessions.length === 0 && this.previous === undefined;
  }

  add(intake: WindowIntake): readonly WindowOutcome[] {
    const { event, scope, watermark, report } = intake;
    if (!conditionHolds(this.program.where, scope, report)) return [{ kind: "filtered" }];
    const gapMs = this.gapOf(intake);
    if (gapMs === undefined) return [{ kind: "filtered" }];
    const { time } = event;
    const joined = this.joinedBy(time, gapMs);
    const { start, end } = this.boundsWith(joined, time, gapMs);
    if (end - 1 + this.program.allowedLatenessMs <= watermark) return [{ kind: "late" }];
    if (joined.length === 0 && this.sessions.length >= sessionCountMax) return [{ kind: "refused" }];
    const session = this.merge(joined, start, end);
    session.isEndPassed = end - 1 <= watermark;
    session.content.add(intake, this.order, this);
    this.order += 1;
    if (!triggeredByEvent(this.program, this.trigger, session, intake, this.previousAt(start)))
      return [{ kind: "added" }];
    return [{ kind: "fired", fired: [this.fire(session, { kind: "event", time, watermark })] }];
  }

  /** Milliseconds; undefined where the expression gives none that are positive. */
  private gapOf({ scope, report }: WindowIntake): number | undefined {
    const { gap } = this.shape;
    if (gap.kind === "fixed") return gap.gapMs;
    const value = gap.expression.evaluate(scope);
    if (value instanceof ExprError) report(value);
    if (typeof value === "number" && Number.isFinite(value) && value >= 1) return Math.floor(value);
    this.skippedCount += 1;
    return undefined;
  }

  /** Sessions that the event's own window overlaps or touches; one at the most where there is a greatest size. */
  private joinedBy(time: number, gapMs: number): readonly Pane[] {
    const { sizeMsMax } = this.shape;
    const near: Pane[] = [];
    for (let index = this.sessions.length - 1; index >= 0; index -= 1) {
      const session = this.sessions[index];
      if (session === undefined || session.start > time + gapMs || session.end < time) continue;
      if (sizeMsMax !== undefined && !(time < session.start + sizeMsMax && session.end - time <= sizeMsMax)) continue;
      near.unshift(session);
      if (sizeMsMax !== undefined) break;
    }
    return near;
  }

  private boundsWith(joined: readonly Pane[], time: number, gapMs: number): { start: number; end: number } {
    const start = Math.min(time, ...joined.map((session) => session.start));
    const end = Math.max(time + gapMs, ...joined.map((session) => session.end));
    const { sizeMsMax } = this.shape;
    return { start, end: sizeMsMax === undefined ? end : Math.min(end, start + sizeMsMax) };
  }

  private merge(joined: readonly Pane[], start: number, end: number): Pane {
    const [first, ...others] = joined;
    if (first === undefined) {
      const opened = createPane(this.program, this.trigger, start, end);
      this.place(opened);
      return opened;
    }
    for (const other of others) {
      first.content.merge(other.content);
      mergeTriggers(this.trigger, first.trigger, other.trigger);
      first.firingCount = Math.max(first.firingCount, other.firingCount);
    }
    this.sessions = this.sessions.filter((session) => !joined.includes(session));
    first.start = start;
    first.end = end;
    this.place(first);
    return first;
  }

  private place(session: Pane): void {
    let at = this.sessions.length;
    while (at > 0 && (this.sessions[at - 1]?.start ?? 0) > session.start) at -= 1;
    this.sessions.splice(at, 0, session);
  }

  private fire(session: Pane, cause: FiringCause): FiredWindow {
    const { fired, fact } = firePane(session, cause, this.trigger.isPurging, this.previousAt(session.start));
    this.previous = fact;
    return fired;
  }

  /** The last firing, for a session that begins within one more gap of its end. */
  private previousAt(start: number): WindowFact | undefined {
    if (this.previous === undefined) return undefined;
    const isBehind = start >= Number(this.previous["start"]) && start < this.previousEnd();
    return isBehind ? this.previous : undefined;
  }

  private previousEnd(): number {
    const { end, start } = this.previous ?? {};
    const { gap } = this.shape;
    // A gap of its own each event has: then as long as the session itself.
    const more = gap.kind === "fixed" ? gap.gapMs : Number(end) - Number(start);
    return Number(end) + more;
  }

  nextDeadline(): EventTimeMs | undefined {
    let first = this.previous === undefined ? Number.POSITIVE_INFINITY : this.previousEnd();
    for (const session of this.sessions)
      first = Math.min(first, timerOf(this.trigger, session), session.end + this.program.allowedLatenessMs);
    return first === Number.POSITIVE_INFINITY ? undefined : eventTimeMs(first);
  }

  nextLogDeadline(): LogTimeMs | undefined {
    let first = Number.POSITIVE_INFINITY;
    for (const session of this.sessions) first = Math.min(first, triggerLogDueAt(this.trigger, session.trigger));
    return first === Number.POSITIVE_INFINITY ? undefined : logTimeMs(first);
  }

  comeDue(deadline: EventTimeMs): readonly FiredWindow[] {
    const fired = fireDuePanes(this.sessions, this.trigger, deadline, (pane, cause) => this.fire(pane, cause));
    this.sessions = this.sessions.filter(({ end }) => end + this.program.allowedLatenessMs > deadline);
    if (this.previous !== undefined && this.previousEnd() <= deadline) this.previous = undefined;
    return fired;
  }

  comeDueInLogTime(at: LogTimeMs, watermark: EventTimeMs): readonly FiredWindow[] {
    return fireLogDuePanes(this.sessions, this.trigger, at, (pane) => this.fire(pane, { kind: "log-time", watermark }));
  }

  fact(_member: number, { at, watermark }: WindowMoment): WindowFact {
    const session = this.sessionAt(at);
    const previous = this.previousAt(session?.start ?? at);
    if (session !== undefined) return paneFact(session, at, watermark, previous);
    const values = new PaneContent(this.program.aggregates).values({ start: at, end: at, at });
    return { ...values, start: at, end: at, firing: "early", previous: previous ?? null };
  }

  evidence(_member: number, { at }: WindowMoment): WindowEvidence {
    return this.sessionAt(at)?.content.evidence() ?? { ids: [], count: 0 };
  }

  /** The session that is open at a time; of two that touch there the first. */
  private sessionAt(at: number): Pane | undefined {
    return this.sessions.find(({ start, end, isEndPassed }) => !isEndPassed && start <= at && at <= end);
  }

  encode(writer: ByteWriter): void {
    writer.byte(codecVersion);
    writer.count(this.order);
    writer.count(this.skippedCount);
    writer.json(this.previous);
    writer.count(this.sessions.length);
    for (const session of this.sessions) encodePane(session, writer);
  }
}

/** @throws {CorruptBytesError} */
export function decodeSessions(program: WindowProgram, reader: ByteReader): SessionWindows {
  const state = new SessionWindows(program);
  if (reader.byte() !== codecVersion)
    throw new CorruptBytesError("state is damaged or newer: no sessions of version 1");
  state.order = reader.count();
  state.skippedCount = reader.count();
  state.previous = decodePrevious(reader);
  for (let left = reader.count(); left > 0; left -= 1) {
    const session = decodePane(program, state.trigger, reader);
    if (
      session.start < (state.sessions.at(-1)?.start ?? session.start) ||
      !Number.isFinite(session.end - session.start)
    )
      throw new CorruptBytesError(`state is damaged: sessions out of order at ${reader.at}`);
    state.sessions.push(session);
  }
  return state;
}
