import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import { type TocsinEvent, wholeOf } from "../../event/event.ts";
import { type EventTimeMs, eventTimeMs, type LogTimeMs, logTimeMs } from "../../time/instant.ts";
import { conditionHolds } from "../aggregate-input.ts";
import { type AlignedAssigner, createAssigner } from "../sliced/aligned-assigner.ts";
import type { FiredWindow, WindowEvidence, WindowFact } from "../window-fact.ts";
import type { TriggerProgram, WindowProgram } from "../window-program.ts";
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
import { triggerLogDueAt, watermarkTrigger } from "./trigger.ts";

const codecVersion = 1;

/** Panes that one key has at once. At the limit an event that would open another is not taken, and the outcome says so. */
const paneCountMax = 10_000;

/** Windows that a plug-in's assigner may put one event into; of more the event is not taken. */
const assignedWindowCountMax = 1_000;

interface Bounds {
  readonly start: number;
  readonly end: number;
}

const everything: readonly Bounds[] = [{ start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }];

/** Windows of one key that keep a pane each: those with a trigger, the global one, and those that a plug-in assigns. */
export class PanedWindows implements WindowState {
  readonly program: WindowProgram;
  readonly trigger: TriggerProgram;
  /** Undefined of global windows and of those that a plug-in assigns. */
  readonly assigner: AlignedAssigner | undefined;
  /** By end, then start. */
  panes: Pane[] = [];
  previous: WindowFact | undefined = undefined;
  order = 0;
  skippedCount = 0;
  /** Log time of the last event, of a global window. */
  seenAt: LogTimeMs = logTimeMs(Number.NEGATIVE_INFINITY);

  constructor(program: WindowProgram) {
    const { shape } = program;
    this.program = program;
    this.trigger = program.trigger ?? watermarkTrigger;
    this.assigner = shape.kind === "global" || shape.kind === "custom" ? undefined : createAssigner(shape);
  }

  get isEmpty(): boolean {
    return this.panes.length === 0 && this.previous === undefined;
  }

  add(intake: WindowIntake): readonly WindowOutcome[] {
    const { event, scope, watermark, report, logTime } = intake;
    if (!conditionHolds(this.program.where, scope, report)) return [{ kind: "filtered" }];
    const windows = this.windowsOf(event);
    if (windows === undefined) return [{ kind: "refused" }];
    if (windows.length === 0) return [{ kind: "filtered" }];
    const open = windows.filter(({ end }) => end - 1 + this.program.allowedLatenessMs > watermark);
    if (open.length === 0) return [{ kind: "late" }];
    const found = open.map(({ start, end }) => this.paneOf(start, end));
    const missingCount = found.filter((pane) => pane === undefined).length;
    if (this.panes.length + missingCount > paneCountMax) return [{ kind: "refused" }];
    if (logTime > this.seenAt) this.seenAt = logTime;
    const fired: FiredWindow[] = [];
    for (const [index, { start, end }] of open.entries()) {
      const pane = found[index] ?? this.openPane(start, end, watermark);
      pane.content.add(intake, this.order, this);
      if (triggeredByEvent(this.program, this.trigger, pane, intake, this.previousOf(pane)))
        fired.push(this.fire(pane, { kind: "event", time: event.time, watermark }));
    }
    this.order += 1;
    return [fired.length === 0 ? { kind: "added" } : { kind: "fired", fired }];
  }

  /** By end; undefined where a plug-in gives too many, or what are no windows. */
  private windowsOf(event: TocsinEvent): readonly Bounds[] | undefined {
    const { shape } = this.program;
    if (shape.kind === "custom") return assignedBy(shape, event);
    const { assigner } = this;
    if (assigner === undefined) return everything;
    const windows: Bounds[] = [];
    for (let end = assigner.firstEndAfter(event.time); ; end = assigner.firstEndAfter(end)) {
      const start = assigner.startOf(end);
      if (start > event.time) return windows;
      windows.push({ start, end });
    }
  }

  private paneOf(start: number, end: number): Pane | undefined {
    return this.panes.find((pane) => pane.end === end && pane.start === start);
  }

  private openPane(start: number, end: number, watermark: number): Pane {
    const pane = createPane(this.program, this.trigger, start, end);
    pane.isEndPassed = end - 1 <= watermark;
    let at = this.panes.length;
    for (let before = this.panes[at - 1]; before !== undefined && isBehind(before, pane); before = this.panes[at - 1])
      at -= 1;
    this.panes.splice(at, 0, pane);
    return pane;
  }

  private fire(pane: Pane, cause: FiringCause): FiredWindow {
    const { fired, fact } = firePane(pane, cause, this.trigger.isPurging, this.previousOf(pane));
    this.previous = fact;
    return fired;
  }

  /** The last firing; of windows that follow one another that of this window or of the one right before it. */
  private previousOf({ end }: Pane): WindowFact | undefined {
    const { previous, assigner } = this;
    if (previous === undefined || assigner === undefined) return previous;
    return assigner.firstEndAfter(Number(previous["end"])) >= end ? previous : undefined;
  }

  /** When the last firing is forgotten, where no pane is left. */
  private previousEnd(): number {
    const end = Number(this.previous?.["end"]);
    return (this.assigner?.firstEndAfter(end) ?? end) + this.program.allowedLatenessMs;
  }

  nextDeadline(): EventTimeMs | undefined {
    let first = Number.POSITIVE_INFINITY;
    if (this.previous !== undefined && (this.panes.length === 0 || this.assigner !== undefined))
      first = this.previousEnd();
    for (const pane of this.panes)
      first = Math.min(first, timerOf(this.trigger, pane), pane.end + this.program.allowedLatenessMs);
    return first === Number.POSITIVE_INFINITY ? undefined : eventTimeMs(first);
  }

  nextLogDeadline(): LogTimeMs | undefined {
    const { shape } = this.program;
    let first = Number.POSITIVE_INFINITY;
    for (const pane of this.panes) first = Math.min(first, triggerLogDueAt(this.trigger, pane.trigger));
    if (shape.kind === "global" && shape.ttlMs !== undefined && this.panes.length > 0)
      first = Math.min(first, this.seenAt + shape.ttlMs);
    return first === Number.POSITIVE_INFINITY ? undefined : logTimeMs(first);
  }

  comeDue(deadline: EventTimeMs): readonly FiredWindow[] {
    const fired = fireDuePanes(this.panes, this.trigger, deadline, (pane, cause) => this.fire(pane, cause));
    this.panes = this.panes.filter(({ end }) => end + this.program.allowedLatenessMs > deadline);
    const isForgotten = this.previous !== undefined && this.previousEnd() <= deadline;
    if (isForgotten && (this.panes.length === 0 || this.assigner !== undefined)) this.previous = undefined;
    return fired;
  }

  comeDueInLogTime(at: LogTimeMs, watermark: EventTimeMs): readonly FiredWindow[] {
    const fired = fireLogDuePanes(this.panes, this.trigger, at, (pane) =>
      this.fire(pane, { kind: "log-time", watermark }),
    );
    const { shape } = this.program;
    if (shape.kind === "global" && shape.ttlMs !== undefined && this.seenAt + shape.ttlMs <= at) {
      this.panes = [];
      this.previous = undefined;
    }
    return fired;
  }

  fact(_member: number, moment: WindowMoment): WindowFact | undefined {
    const { at, watermark } = moment;
    const pane = this.paneAt(at);
    if (pane !== undefined && pane.eventCount > 0) return paneFact(pane, at, watermark, this.previousOf(pane));
    const end = pane?.end ?? this.assigner?.firstEndAfter(at) ?? at;
    if (this.assigner !== undefined && end - 1 + this.program.allowedLatenessMs <= watermark) return undefined;
    const hasBounds = Number.isFinite(end) && this.assigner !== undefined;
    const start = hasBounds ? (this.assigner?.startOf(end) ?? at) : at;
    const shown = { start, end: hasBounds ? end : at };
    const values = new PaneContent(this.program.aggregates).values({ ...shown, at });
    const firing = hasBounds && end - 1 <= watermark ? "late" : "early";
    const isNext = this.assigner === undefined || this.assigner.firstEndAfter(Number(this.previous?.["end"])) >= end;
    return { ...values, ...shown, firing, previous: isNext ? (this.previous ?? null) : null };
  }

  evidence(_member: number, { at }: WindowMoment): WindowEvidence {
    return this.paneAt(at)?.content.evidence() ?? { ids: [], count: 0 };
  }

  /** The pane that holds a time; of several the one that ends first. */
  private paneAt(at: number): Pane | undefined {
    const end = this.assigner?.firstEndAfter(at);
    if (end !== undefined) return this.paneOf(this.assigner?.startOf(end) ?? at, end);
    return this.panes.find(({ start, end }) => start <= at && at < end);
  }

  encode(writer: ByteWriter): void {
    writer.byte(codecVersion);
    writer.count(this.order);
    writer.count(this.skippedCount);
    writer.number(this.seenAt);
    writer.json(this.previous);
    writer.count(this.panes.length);
    for (const pane of this.panes) encodePane(pane, writer);
  }
}

function isBehind(a: Pane, b: Pane): boolean {
  return a.end === b.end ? a.start > b.start : a.end > b.end;
}

function assignedBy(
  { custom, params }: Extract<WindowProgram["shape"], { readonly kind: "custom" }>,
  event: TocsinEvent,
): readonly Bounds[] | undefined {
  try {
    const windows = custom.assign(wholeOf(event), event.time, params);
    if (windows.length > assignedWindowCountMax) return undefined;
    const isSound = windows.every(({ start, end }) => Number.isInteger(start) && Number.isInteger(end) && start < end);
    if (!isSound) return undefined;
    return windows.map(({ start, end }) => ({ start, end })).sort((a, b) => a.end - b.end || a.start - b.start);
  } catch {
    return undefined;
  }
}

/** @throws {CorruptBytesError} */
export function decodePaned(program: WindowProgram, reader: ByteReader): PanedWindows {
  const state = new PanedWindows(program);
  if (reader.byte() !== codecVersion) throw new CorruptBytesError("state is damaged or newer: no panes of version 1");
  state.order = reader.count();
  state.skippedCount = reader.count();
  state.seenAt = logTimeMs(reader.number());
  if (Number.isNaN(state.seenAt)) throw new CorruptBytesError(`state is damaged: no time at ${reader.at}`);
  state.previous = decodePrevious(reader);
  for (let left = reader.count(); left > 0; left -= 1) {
    const pane = decodePane(program, state.trigger, reader);
    const before = state.panes.at(-1);
    if (before !== undefined && isBehind(before, pane))
      throw new CorruptBytesError(`state is damaged: windows out of order at ${reader.at}`);
    state.panes.push(pane);
  }
  return state;
}
