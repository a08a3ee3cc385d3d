import { assert } from "../../base/assert.ts";
import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import { eventTimeMs } from "../../time/instant.ts";
import { conditionHolds } from "../aggregate-input.ts";
import type { FiredWindow, WindowEvidence, WindowFact } from "../window-fact.ts";
import type { WindowProgram } from "../window-program.ts";
import type { WindowIntake, WindowMoment, WindowOutcome, WindowState } from "../window-state.ts";
import { decodePrevious } from "./fired-pane.ts";
import { decodePaneContent, PaneContent } from "./pane.ts";

const codecVersion = 1;

/**
 * The last `size` events of one key, in the order of arrival, at each `every`-th. Events are kept in parts of so many that both are
 * multiples of it, and parts in two stacks of merges (see docs/adr/0016): a firing costs a few merges, whatever the size.
 */
export class CountWindows implements WindowState {
  readonly program: WindowProgram;
  readonly size: number;
  readonly every: number;
  /** Events of one part. */
  readonly partSize: number;
  /** The part that events enter. */
  open: PaneContent;
  /** Whole parts, the oldest first; those of the front are in `suffixes` too. */
  parts: PaneContent[] = [];
  /** Merged parts of a front piece, from each to its last; the first part last. Not saved. */
  private suffixes: PaneContent[] = [];
  /** The parts behind those, merged. Not saved. */
  private back: PaneContent;
  sinceFiring = 0;
  firingCount = 0;
  previous: WindowFact | undefined = undefined;
  order = 0;
  skippedCount = 0;
  readonly isEmpty = false;

  constructor(program: WindowProgram) {
    assert(program.shape.kind === "count", "a count window");
    this.program = program;
    this.size = program.shape.size;
    this.every = program.shape.every;
    this.partSize = greatestCommonDivisor(this.size, this.every);
    this.open = new PaneContent(program.aggregates);
    this.back = new PaneContent(program.aggregates);
  }

  add(intake: WindowIntake): readonly WindowOutcome[] {
    const { event, scope, report } = intake;
    if (!conditionHolds(this.program.where, scope, report)) return [{ kind: "filtered" }];
    this.open.add(intake, this.order, this);
    this.order += 1;
    this.sinceFiring += 1;
    if (this.open.eventCount === this.partSize) this.closePart();
    if (this.sinceFiring < this.every) return [{ kind: "added" }];
    this.sinceFiring = 0;
    const fired = this.fire(event.time);
    if (this.every >= this.size) this.forgetParts();
    return [{ kind: "fired", fired: [fired] }];
  }

  private closePart(): void {
    this.push(this.open);
    this.open = new PaneContent(this.program.aggregates);
    while (this.parts.length * this.partSize > this.size) this.dropOldest();
  }

  push(part: PaneContent): void {
    this.parts.push(part);
    this.back.merge(part);
  }

  private dropOldest(): void {
    if (this.suffixes.length === 0) {
      let before: PaneContent | undefined;
      for (const part of this.parts.toReversed()) {
        const suffix = new PaneContent(this.program.aggregates);
        suffix.merge(part);
        if (before !== undefined) suffix.merge(before);
        this.suffixes.push(suffix);
        before = suffix;
      }
      this.back = new PaneContent(this.program.aggregates);
    }
    this.suffixes.pop();
    this.parts.shift();
  }

  private forgetParts(): void {
    this.parts = [];
    this.suffixes = [];
    this.back = new PaneContent(this.program.aggregates);
  }

  /** All that is in the window; of an open part what has entered so far. */
  private total(): PaneContent {
    const total = new PaneContent(this.program.aggregates);
    const front = this.suffixes.at(-1);
    if (front !== undefined) total.merge(front);
    total.merge(this.back);
    total.merge(this.open);
    return total;
  }

  private fire(at: number): FiredWindow {
    const total = this.total();
    const { firstTime: start, lastTime } = total;
    const end = eventTimeMs(lastTime + 1);
    const values = total.values({ start, end, at });
    const fact = { ...values, start, end, firing: "onTime" as const };
    const ordinal = this.firingCount;
    this.firingCount += 1;
    const previous = this.previous ?? null;
    this.previous = fact;
    return {
      member: 0,
      start,
      end,
      at: eventTimeMs(at),
      isByEvent: true,
      firing: "onTime",
      ordinal,
      fact: { ...fact, previous },
      values,
      evidence: total.evidence(),
    };
  }

  nextDeadline(): undefined {
    return undefined;
  }

  nextLogDeadline(): undefined {
    return undefined;
  }

  comeDue(): readonly FiredWindow[] {
    return [];
  }

  comeDueInLogTime(): readonly FiredWindow[] {
    return [];
  }

  /** What is in it so far: the last `size` events at the most. */
  fact(_member: number, { at }: WindowMoment): WindowFact {
    const total = this.total();
    const isEmpty = total.eventCount === 0;
    const start = isEmpty ? at : total.firstTime;
    const end = isEmpty ? at : total.lastTime + 1;
    return { ...total.values({ start, end, at }), start, end, firing: "early", previous: this.previous ?? null };
  }

  evidence(_member: number, _moment: WindowMoment): WindowEvidence {
    return this.total().evidence();
  }

  encode(writer: ByteWriter): void {
    writer.byte(codecVersion);
    writer.count(this.order);
    writer.count(this.skippedCount);
    writer.count(this.sinceFiring);
    writer.count(this.firingCount);
    writer.json(this.previous);
    writer.count(this.parts.length);
    for (const part of this.parts) part.encode(writer);
    this.open.encode(writer);
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** @throws {CorruptBytesError} */
export function decodeCountWindows(program: WindowProgram, reader: ByteReader): CountWindows {
  const state = new CountWindows(program);
  if (reader.byte() !== codecVersion) throw new CorruptBytesError("state is damaged or newer: no counts of version 1");
  state.order = reader.count();
  state.skippedCount = reader.count();
  state.sinceFiring = reader.count();
  state.firingCount = reader.count();
  state.previous = decodePrevious(reader);
  const partCount = reader.count();
  for (let left = partCount; left > 0; left -= 1) {
    const part = decodePaneContent(program.aggregates, reader);
    if (part.eventCount !== state.partSize) throw new CorruptBytesError(`state is damaged: no part at ${reader.at}`);
    state.push(part);
  }
  state.open = decodePaneContent(program.aggregates, reader);
  if (
    partCount * state.partSize > state.size ||
    state.sinceFiring >= state.every ||
    state.open.eventCount >= state.partSize
  )
    throw new CorruptBytesError(`state is damaged: no count of events at ${reader.at}`);
  return state;
}
