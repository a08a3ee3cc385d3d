import type { JsonObject } from "../../../src/core/base/json.ts";
import { PaneMachine } from "./pane-machine.ts";
import {
  CountMachine,
  EndingMachine,
  isAligned,
  type ModelFiring,
  SlidingMachine,
  type WindowMachine,
} from "./window-machine.ts";
import type { ModelEvent, ModelRule, ModelWindow } from "./window-model.ts";

/** What a rule's lines are to be, in the order of what causes them. */
export type DefinedLine =
  | { readonly kind: "window"; readonly key: string; readonly fact: JsonObject }
  | { readonly kind: "alert"; readonly key: string; readonly time: number; readonly fact: JsonObject }
  | { readonly kind: "late"; readonly event: number };

function machineOf(window: ModelWindow): WindowMachine {
  const { shape, trigger } = window;
  if (shape.type === "sliding") return new SlidingMachine(window, shape);
  if (shape.type === "count") return new CountMachine(window, shape);
  if (isAligned(shape) && trigger === undefined) return new EndingMachine(window, shape);
  return new PaneMachine(window);
}

/** A rule takes events in event-time order where it has a sliding window, or a session with a greatest size. */
export function isOrdered({ window: { shape } }: ModelRule): boolean {
  return shape.type === "sliding" || (shape.type === "session" && shape.maxSize !== undefined);
}

interface KeyState {
  readonly machine: WindowMachine;
  /** The next tick; infinity: none. */
  tickAt: number;
}

/** The lines of one rule over a stream, at the end of which the watermark goes to infinity. */
export class DefinedRun {
  readonly rule: ModelRule;
  readonly lines: DefinedLine[] = [];
  readonly keys = new Map<string, KeyState>();
  waiting: ModelEvent[] = [];
  watermark = Number.NEGATIVE_INFINITY;

  constructor(rule: ModelRule) {
    this.rule = rule;
  }

  run(events: readonly ModelEvent[], outOfOrderness: number): readonly DefinedLine[] {
    for (const event of events) this.arrive(event, outOfOrderness);
    this.advance(Number.POSITIVE_INFINITY, undefined);
    return this.lines;
  }

  private arrive(event: ModelEvent, outOfOrderness: number): void {
    const next = Math.max(this.watermark, event.time - outOfOrderness - 1);
    const isWaiting = isOrdered(this.rule) && outOfOrderness > 0 && event.time > this.watermark;
    if (isWaiting) {
      this.waiting.push(event);
      this.advance(next, undefined);
      return;
    }
    const before = this.watermark;
    this.advance(next, event);
    this.take(event, isOrdered(this.rule) ? before : next);
  }

  /** Everything that is due until a watermark, in order of time: deadlines before the events of their time, ticks behind them. */
  private advance(watermark: number, coming: ModelEvent | undefined): void {
    // As in Flink, a timer that is set behind the watermark waits until that moves.
    while (watermark > this.watermark) {
      const next = Math.min(...this.waiting.map(({ time }) => time));
      const [state, key, deadline] = this.nextDeadline(coming);
      const bound = watermark + 1;
      if (state !== undefined && deadline <= Math.min(bound, next) && deadline < Number.POSITIVE_INFINITY) {
        this.comeDue(state, key, deadline);
        continue;
      }
      if (next > watermark || next === Number.POSITIVE_INFINITY) break;
      const event = this.waiting.filter(({ time }) => time === next)[0];
      if (event === undefined) break;
      this.waiting = this.waiting.filter((other) => other !== event);
      this.take(event, next - 1);
    }
    this.watermark = watermark;
  }

  private nextDeadline(coming: ModelEvent | undefined): readonly [KeyState | undefined, string, number] {
    let found: readonly [KeyState | undefined, string, number] = [undefined, "", Number.POSITIVE_INFINITY];
    for (const [key, state] of this.keys) {
      let due = state.machine.next();
      if (coming?.key === key && state.machine.joins(coming, due)) due = Number.POSITIVE_INFINITY;
      // Ticks end with the windows: behind them there is nothing to see.
      const tick = state.tickAt + 1;
      const deadline = Math.min(due, tick);
      if (deadline < found[2]) found = [state, key, deadline];
    }
    return found;
  }

  private comeDue(state: KeyState, key: string, deadline: number): void {
    if (state.tickAt + 1 !== deadline) {
      this.fired(state.machine.come(deadline), key);
      return;
    }
    const at = state.tickAt;
    const fact = state.machine.read(at, at - 1);
    if (fact !== undefined && Number(fact["n"]) >= 1) this.lines.push({ kind: "alert", key, time: at, fact });
    const { evaluate } = this.rule;
    const latest = Math.max(...this.seen);
    const isOver = at > latest + 40 * 86_400_000 || typeof evaluate !== "number" || at > latest + this.reach;
    state.tickAt = isOver ? Number.POSITIVE_INFINITY : at + evaluate;
  }

  readonly seen: number[] = [];

  /** How long an event can be seen. */
  private get reach(): number {
    const { shape, ago } = this.rule.window;
    if (shape.type === "session") return shape.gap + ago;
    return "size" in shape ? 2 * shape.size + ago : 31 * 86_400_000;
  }

  private take(event: ModelEvent, watermark: number): void {
    this.seen.push(event.time);
    let state = this.keys.get(event.key);
    if (state === undefined) {
      state = { machine: machineOf(this.rule.window), tickAt: Number.POSITIVE_INFINITY };
      this.keys.set(event.key, state);
    }
    const { evaluate } = this.rule;
    const { isLate, fired } = state.machine.take(event, watermark);
    const isPassedOver = isOrdered(this.rule) && event.time <= watermark;
    if (typeof evaluate === "number" && state.tickAt === Number.POSITIVE_INFINITY && !isPassedOver)
      state.tickAt = Math.ceil(Math.max(event.time, watermark + 1) / evaluate) * evaluate;
    if (isLate) this.lines.push({ kind: "late", event: event.index });
    this.fired(fired, event.key);
    if (evaluate !== "event" || isPassedOver) return;
    const fact = state.machine.read(event.time, watermark);
    if (fact !== undefined) this.lines.push({ kind: "alert", key: event.key, time: event.time, fact });
  }

  private fired(firings: readonly ModelFiring[], key: string): void {
    for (const { fact, at } of firings) {
      this.lines.push({ kind: "window", key, fact });
      if (this.rule.evaluate === "window:w") this.lines.push({ kind: "alert", key, time: at, fact });
    }
  }
}
