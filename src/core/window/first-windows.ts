import { assert } from "../base/assert.ts";
import type { ByteReader, ByteWriter } from "../base/bytes.ts";
import { conditionHolds } from "./aggregate-input.ts";
import { type EventTimeMs, eventTimeMs, type LogTimeMs } from "../time/instant.ts";
import type { SlidingWindowProgram, TumblingWindowProgram } from "./first-programs.ts";
import {
  addToSliding,
  createSlidingState,
  slidingEvidence,
  slidingExpiry,
  slidingFact,
  type SlidingWindowState,
} from "./sliding-window.ts";
import { decodeSlidingState, encodeSlidingState } from "./sliding-window-codec.ts";
import {
  addToTumbling,
  createTumblingState,
  fireTumbling,
  nextTumblingDeadline,
  openTumblingEvidence,
  openTumblingFact,
  type TumblingWindowState,
} from "./tumbling-window.ts";
import { decodeTumblingState, encodeTumblingState } from "./tumbling-window-codec.ts";
import type { FiredWindow, WindowEvidence, WindowFact } from "./window-fact.ts";
import type { WindowProgram } from "./window-program.ts";
import type { WindowIntake, WindowMoment, WindowOutcome, WindowState } from "./window-state.ts";

export class FirstSliding implements WindowState {
  readonly program: SlidingWindowProgram;
  state: SlidingWindowState;
  constructor(program: WindowProgram, reader?: ByteReader) {
    assert(program.shape.kind === "sliding", "a sliding window");
    this.program = { ...program, sizeMs: program.shape.sizeMs };
    this.state = reader === undefined ? createSlidingState(this.program) : decodeSlidingState(this.program, reader);
  }
  get skippedCount(): number {
    return this.state.skippedCount;
  }
  get isEmpty(): boolean {
    return this.nextDeadline() === undefined;
  }
  add({ event, scope, watermark, report }: WindowIntake): readonly WindowOutcome[] {
    if (event.time <= watermark)
      return [{ kind: conditionHolds(this.program.where, scope, report) ? "late" : "filtered" }];
    const outcome = addToSliding(this.program, this.state, event, scope, report);
    return [{ kind: outcome === "added-at-limit" ? "shed" : outcome }];
  }
  nextDeadline(): EventTimeMs | undefined {
    return slidingExpiry(this.program, this.state);
  }
  nextLogDeadline(): undefined {
    return undefined;
  }
  comeDue(deadline: EventTimeMs): readonly FiredWindow[] {
    const at = this.nextDeadline();
    if (at !== undefined && at <= deadline) this.state = createSlidingState(this.program);
    return [];
  }
  comeDueInLogTime(_at: LogTimeMs): readonly FiredWindow[] {
    return [];
  }
  fact(_member: number, { at }: WindowMoment): WindowFact {
    return slidingFact(this.program, this.state, this.notBefore(at));
  }
  evidence(_member: number, { at }: WindowMoment): WindowEvidence {
    return slidingEvidence(this.program, this.state, this.notBefore(at));
  }
  encode(writer: ByteWriter): void {
    encodeSlidingState(this.state, writer);
  }
  private notBefore(at: EventTimeMs): EventTimeMs {
    return eventTimeMs(Math.max(at, this.state.times.back() ?? at));
  }
}

export class FirstTumbling implements WindowState {
  readonly program: TumblingWindowProgram;
  readonly state: TumblingWindowState;
  constructor(program: WindowProgram, reader?: ByteReader) {
    assert(program.shape.kind === "tumbling", "a tumbling window");
    this.program = { ...program, sizeMs: program.shape.sizeMs, offsetMs: program.shape.offsetMs };
    this.state = reader === undefined ? createTumblingState() : decodeTumblingState(this.program, reader);
  }
  get skippedCount(): number {
    return this.state.skippedCount;
  }
  get isEmpty(): boolean {
    return this.nextDeadline() === undefined;
  }
  add({ event, scope, watermark, report }: WindowIntake): readonly WindowOutcome[] {
    const outcome = addToTumbling(this.program, this.state, event, scope, watermark, report);
    return [outcome.kind === "fired" ? { kind: "fired", fired: [outcome.fired] } : outcome];
  }
  nextDeadline(): EventTimeMs | undefined {
    return nextTumblingDeadline(this.program, this.state);
  }
  nextLogDeadline(): undefined {
    return undefined;
  }
  comeDue(deadline: EventTimeMs): readonly FiredWindow[] {
    return fireTumbling(this.program, this.state, eventTimeMs(deadline - 1));
  }
  comeDueInLogTime(_at: LogTimeMs): readonly FiredWindow[] {
    return [];
  }
  fact(_member: number, { at, watermark }: WindowMoment): WindowFact | undefined {
    return openTumblingFact(this.program, this.state, at, watermark);
  }
  evidence(_member: number, { at }: WindowMoment): WindowEvidence {
    return openTumblingEvidence(this.program, this.state, at);
  }
  encode(writer: ByteWriter): void {
    encodeTumblingState(this.state, writer);
  }
}
