import type { JsonObject, JsonValue } from "../../../src/core/base/json.ts";
import {
  type Bounds,
  boundsOf,
  isAligned,
  type ModelFiring,
  type ModelOutcome,
  nothingCame,
  valuesOf,
  type WindowMachine,
  windowsAt,
} from "./window-machine.ts";
import type { ModelEvent, ModelLeaf, ModelTrigger, ModelWindow } from "./window-model.ts";

/** One leaf of a trigger in one pane. */
interface Leaf {
  readonly leaf: ModelLeaf;
  count: number;
  dueAt: number;
  hasFired: boolean;
}

interface ModelPane {
  start: number;
  end: number;
  events: ModelEvent[];
  leaves: readonly Leaf[];
  isDone: boolean;
}

const ownFiring: ModelTrigger = { root: "one", leaves: [{ kind: "watermark" }], purge: false };

/** Windows with a trigger, sessions and global windows: a list of panes, each a list of events. */
export class PaneMachine implements WindowMachine {
  readonly window: ModelWindow;
  readonly trigger: ModelTrigger;
  panes: ModelPane[] = [];
  last: JsonObject | undefined = undefined;

  constructor(window: ModelWindow) {
    this.window = window;
    this.trigger = window.trigger ?? ownFiring;
  }

  private get gap(): number {
    const { shape } = this.window;
    return shape.type === "session" ? shape.gap : 0;
  }

  private dueOf(pane: ModelPane): number {
    return Math.min(pane.isDone ? Number.POSITIVE_INFINITY : pane.end, ...pane.leaves.map(({ dueAt }) => dueAt));
  }

  next(): number {
    return Math.min(...this.panes.map((pane) => this.dueOf(pane)));
  }

  come(deadline: number): readonly ModelFiring[] {
    const due = this.panes
      .filter((pane) => this.dueOf(pane) === deadline)
      .sort((a, b) => a.end - b.end || a.start - b.start);
    return due.flatMap((pane) => {
      const isEnd = deadline === pane.end;
      if (isEnd) pane.isDone = true;
      const fires = this.ask(pane, (state) => {
        const { leaf } = state;
        if (leaf.kind !== "every") return leaf.kind === "watermark" && isEnd;
        if (state.dueAt !== deadline) return isEnd;
        const next = deadline + leaf.every;
        state.dueAt = next < pane.end ? next : Number.POSITIVE_INFINITY;
        return true;
      });
      if (!fires || pane.events.length === 0) return [];
      const since = deadline - 1;
      if (isEnd) return [this.fire(pane, "onTime", { at: pane.end - 1, since })];
      const isBehind = deadline > pane.end;
      return [this.fire(pane, isBehind ? "late" : "early", { at: isBehind ? pane.end - 1 : deadline - 1, since })];
    });
  }

  take(event: ModelEvent, watermark: number): ModelOutcome {
    if (this.window.isFiltered && !event.isFlagged) return nothingCame;
    this.panes = this.panes.filter(({ end }) => !this.isGone(end, watermark));
    const panes = this.panesFor(event, watermark);
    if (panes === undefined) return { isLate: true, fired: [] };
    return { isLate: false, fired: panes.flatMap((pane) => this.put(pane, event, watermark)) };
  }

  private put(pane: ModelPane, event: ModelEvent, watermark: number): readonly ModelFiring[] {
    pane.events.push(event);
    const isPassed = pane.end - 1 <= watermark;
    pane.isDone = isPassed;
    const fires = this.ask(pane, (state) => {
      const { leaf } = state;
      switch (leaf.kind) {
        case "watermark":
          return isPassed;
        case "count":
          state.count = (state.count + 1) % leaf.count;
          return state.count === 0;
        case "every": {
          const next = (Math.floor(event.time / leaf.every) + 1) * leaf.every;
          if (!isPassed && state.dueAt === Number.POSITIVE_INFINITY && next < pane.end) state.dueAt = next;
          return isPassed;
        }
        case "when":
          return (typeof event.x === "number" && event.x >= leaf.x) || pane.events.length >= leaf.n;
      }
    });
    if (!fires) return [];
    const at = isPassed ? pane.end - 1 : event.time;
    return [this.fire(pane, isPassed ? "late" : "early", { at, since: watermark + 1 })];
  }

  private ask(pane: ModelPane, see: (state: Leaf) => boolean): boolean {
    const answers = pane.leaves.map(see);
    if (this.trigger.root !== "all") return answers.includes(true);
    for (const [index, state] of pane.leaves.entries()) state.hasFired ||= answers[index] === true;
    if (!answers.includes(true) || !pane.leaves.every(({ hasFired }) => hasFired)) return false;
    for (const state of pane.leaves) state.hasFired = false;
    return true;
  }

  private isGone(end: number, watermark: number): boolean {
    return end - 1 + this.window.allowedLateness <= watermark;
  }

  /** Undefined: it is late. */
  private panesFor(event: ModelEvent, watermark: number): readonly ModelPane[] | undefined {
    const { shape } = this.window;
    if (shape.type === "session") return this.sessionFor(event, watermark);
    const windows: readonly Bounds[] = isAligned(shape)
      ? windowsAt(shape, event.time)
      : [[Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]];
    const alive = windows.filter(([, end]) => !this.isGone(end, watermark));
    if (alive.length === 0 && windows.length > 0) return undefined;
    return alive.map(
      ([start, end]) =>
        this.panes.find((pane) => pane.start === start && pane.end === end) ?? this.open({ start, end }),
    );
  }

  private open({ start, end }: { readonly start: number; readonly end: number }): ModelPane {
    const leaves = this.trigger.leaves.map((leaf) => ({
      leaf,
      count: 0,
      dueAt: Number.POSITIVE_INFINITY,
      hasFired: false,
    }));
    const pane = { start, end, events: [], leaves, isDone: false };
    this.panes.push(pane);
    return pane;
  }

  joins({ time }: ModelEvent, deadline: number): boolean {
    const { shape } = this.window;
    if (shape.type !== "session") return false;
    return this.panes.some((pane) => !pane.isDone && pane.end === deadline && this.touches(pane, time));
  }

  private touches({ start, end }: ModelPane, time: number): boolean {
    const { shape } = this.window;
    if (shape.type === "session" && shape.maxSize !== undefined && time >= start + shape.maxSize) return false;
    return start <= time + this.gap && time <= end;
  }

  private sessionFor({ time }: ModelEvent, watermark: number): readonly ModelPane[] | undefined {
    const { shape } = this.window;
    const most = shape.type === "session" ? (shape.maxSize ?? Number.POSITIVE_INFINITY) : 0;
    const joined = this.panes.filter((pane) => this.touches(pane, time));
    const start = Math.min(time, ...joined.map((pane) => pane.start));
    const end = Math.min(start + most, Math.max(time + this.gap, ...joined.map((pane) => pane.end)));
    if (this.isGone(end, watermark)) return undefined;
    const merged = this.open({ start, end });
    merged.events = joined.flatMap(({ events }) => events);
    merged.leaves = merged.leaves.map((state, index) => {
      const others = joined.map((pane) => pane.leaves[index]).filter((other) => other !== undefined);
      return {
        leaf: state.leaf,
        count: others.reduce((sum, { count }) => sum + count, 0),
        dueAt: Math.min(Number.POSITIVE_INFINITY, ...others.map(({ dueAt }) => dueAt)),
        hasFired: others.some(({ hasFired }) => hasFired),
      };
    });
    this.panes = this.panes.filter((pane) => !joined.includes(pane));
    return [merged];
  }

  private fire(
    pane: ModelPane,
    firing: string,
    { at, since }: { readonly at: number; readonly since: number },
  ): ModelFiring {
    const [start, end] = this.shown(pane);
    const fact = { ...valuesOf(pane.events), start, end, firing };
    const previous = this.previousFor(pane.start, since);
    this.last = fact;
    if (this.trigger.purge) pane.events = [];
    return { fact: { ...fact, previous }, at };
  }

  /** Of sessions: the last one, where this one begins within one more gap of its end, and until that has passed. */
  private previousFor(start: number, since: number): JsonValue {
    if (this.last === undefined) return null;
    const until = Number(this.last["end"]) + this.gap;
    return start < until && since < until ? this.last : null;
  }

  private shown(pane: ModelPane): Bounds {
    return this.window.shape.type === "global" ? boundsOf(pane.events) : [pane.start, pane.end];
  }

  read(at: number, watermark: number): JsonObject | undefined {
    const { shape } = this.window;
    if (shape.type === "session") {
      const open = this.panes.filter(({ start, end }) => start <= at && at <= end && end - 1 > watermark);
      const [first] = open.sort((a, b) => a.start - b.start);
      const { start, end, events } = first ?? { start: at, end: at, events: [] };
      return { ...valuesOf(events), start, end, firing: "early", previous: this.previousFor(start, watermark + 1) };
    }
    if (!isAligned(shape)) return undefined;
    const bounds = windowsAt(shape, at).find(([, end]) => !this.isGone(end, watermark));
    if (bounds === undefined) return undefined;
    const [start, end] = bounds;
    const events = this.panes.find((pane) => pane.start === start && pane.end === end)?.events ?? [];
    return { ...valuesOf(events), start, end, firing: end - 1 <= watermark ? "late" : "early", previous: null };
  }
}
