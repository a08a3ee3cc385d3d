import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import { isJsonObject, type JsonValue, toJson } from "../../base/json.ts";
import { wholeOf } from "../../event/event.ts";
import { floorTo } from "../sliced/aligned-assigner.ts";
import type { CustomTriggerAnswer } from "../custom.ts";
import type { TriggerLeaf, TriggerProgram } from "../window-program.ts";
import type { WindowIntake } from "../window-state.ts";

/** What a pane's trigger knows, leaf by leaf. */
export class TriggerState {
  readonly leaves: LeafState[];

  constructor(leaves: LeafState[]) {
    this.leaves = leaves;
  }
}

interface LeafState {
  /** Events since it fired, of `count`; of `every` 1 where there are any. */
  count: number;
  /** When it is due next; infinity: never. Event time, or log time of `every-log-time`. */
  dueAt: number;
  /** It fired since all of `all` did. */
  hasFired: boolean;
  /** What a plug-in's trigger knows. */
  own: JsonValue;
}

/** A window that fires at its end, and again for each event behind it: Flink's EventTimeTrigger. */
export const watermarkTrigger: TriggerProgram = { root: { kind: "watermark" }, isPurging: false };

/** Bounds of the pane, and what is in it. */
export interface TriggerPane {
  readonly start: number;
  /** Infinity: none. */
  readonly end: number;
  readonly eventCount: number;
}

export function createTrigger(program: TriggerProgram): TriggerState {
  return new TriggerState(leavesOf(program).map(createLeaf));
}

function createLeaf(leaf: TriggerLeaf): LeafState {
  const own = leaf.kind === "custom" ? tried(() => leaf.custom.init(leaf.params), null) : null;
  return { count: 0, dueAt: Number.POSITIVE_INFINITY, hasFired: false, own };
}

function leavesOf({ root }: TriggerProgram): readonly TriggerLeaf[] {
  return root.kind === "any" || root.kind === "all" ? root.of : [root];
}

/** Each leaf sees what happens; then whether the whole fires. */
function decide(
  program: TriggerProgram,
  { leaves }: TriggerState,
  see: (leaf: TriggerLeaf, state: LeafState) => boolean,
): boolean {
  const programs = leavesOf(program);
  let isOneFired = false;
  for (const [index, leaf] of programs.entries()) {
    const state = leaves[index];
    if (state === undefined || !see(leaf, state)) continue;
    state.hasFired = true;
    isOneFired = true;
  }
  if (program.root.kind !== "all") return isOneFired;
  if (!leaves.every(({ hasFired }) => hasFired)) return false;
  for (const state of leaves) state.hasFired = false;
  return true;
}

/** An event entered the pane. `isMet` tries a condition over it and the pane as it stands. */
export function onEvent(
  program: TriggerProgram,
  state: TriggerState,
  pane: TriggerPane,
  intake: WindowIntake,
  isMet: (leaf: Extract<TriggerLeaf, { readonly kind: "when" }>) => boolean,
): boolean {
  return decide(program, state, (leaf, leafState) => {
    const isPassed = pane.end - 1 <= intake.watermark;
    switch (leaf.kind) {
      case "watermark":
        return isPassed;
      case "count":
        leafState.count += 1;
        if (leafState.count < leaf.count) return false;
        leafState.count = 0;
        return true;
      case "every":
        if (isPassed) return true;
        leafState.count = 1;
        if (leafState.dueAt === Number.POSITIVE_INFINITY) {
          const next = floorTo(intake.event.time, leaf.everyMs, 0) + leaf.everyMs;
          leafState.dueAt = next < pane.end ? next : Number.POSITIVE_INFINITY;
        }
        return false;
      case "every-log-time":
        if (leafState.dueAt === Number.POSITIVE_INFINITY && Number.isFinite(intake.logTime))
          leafState.dueAt = floorTo(intake.logTime, leaf.everyMs, 0) + leaf.everyMs;
        return false;
      case "when":
        return isMet(leaf);
      case "custom": {
        const { event } = intake;
        const moment = { ...boundsOf(pane), time: event.time, params: leaf.params };
        return answered(leafState, event.time, () => leaf.custom.onEvent(leafState.own, wholeOf(event), moment));
      }
    }
  });
}

/** Event time came to the deadline; that of the pane's end among them. */
export function onEventTime(
  program: TriggerProgram,
  state: TriggerState,
  pane: TriggerPane,
  deadline: number,
): boolean {
  const isEnd = pane.end === deadline;
  return decide(program, state, (leaf, leafState) => {
    switch (leaf.kind) {
      case "watermark":
        return isEnd;
      case "every": {
        if (leafState.dueAt > deadline) return isEnd;
        // A window without an end would tell the same for ever: it is quiet until another event.
        if (pane.end === Number.POSITIVE_INFINITY && leafState.count === 0) {
          leafState.dueAt = Number.POSITIVE_INFINITY;
          return false;
        }
        leafState.count = 0;
        const next = leafState.dueAt + leaf.everyMs;
        leafState.dueAt = next < pane.end ? next : Number.POSITIVE_INFINITY;
        return true;
      }
      case "custom": {
        if (leafState.dueAt > deadline) return false;
        leafState.dueAt = Number.POSITIVE_INFINITY;
        const moment = { ...boundsOf(pane), time: deadline, params: leaf.params };
        return answered(leafState, deadline, () => leaf.custom.onTimer(leafState.own, moment));
      }
      case "count":
      case "every-log-time":
      case "when":
        return false;
    }
  });
}

/** Log time came to `at`. */
export function onLogTime(program: TriggerProgram, state: TriggerState, at: number): boolean {
  return decide(program, state, (leaf, leafState) => {
    if (leaf.kind !== "every-log-time" || leafState.dueAt > at || !Number.isFinite(at)) return false;
    leafState.dueAt = floorTo(at, leaf.everyMs, 0) + leaf.everyMs;
    return true;
  });
}

/** When it is to be asked next, in event time; the pane's end not among it. Infinity: never. */
export function triggerDueAt(program: TriggerProgram, { leaves }: TriggerState): number {
  return leastDue(program, leaves, (leaf) => leaf.kind === "every" || leaf.kind === "custom");
}

/** The same in log time. */
export function triggerLogDueAt(program: TriggerProgram, { leaves }: TriggerState): number {
  return leastDue(program, leaves, (leaf) => leaf.kind === "every-log-time");
}

function leastDue(program: TriggerProgram, leaves: readonly LeafState[], isIn: (leaf: TriggerLeaf) => boolean): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [index, leaf] of leavesOf(program).entries())
    if (isIn(leaf)) least = Math.min(least, leaves[index]?.dueAt ?? least);
  return least;
}

/** Panes became one: counts add up, of two times the first stays, as in Flink's `onMerge`. */
export function mergeTriggers(program: TriggerProgram, into: TriggerState, from: TriggerState): void {
  for (const [index, leaf] of leavesOf(program).entries()) {
    const state = into.leaves[index];
    const other = from.leaves[index];
    if (state === undefined || other === undefined) continue;
    state.count += other.count;
    state.dueAt = Math.min(state.dueAt, other.dueAt);
    state.hasFired ||= other.hasFired;
    if (leaf.kind !== "custom" || leaf.custom.merge === undefined) continue;
    const { merge } = leaf.custom;
    state.own = tried(() => merge(state.own, other.own, leaf.params), state.own);
  }
}

function boundsOf({ start, end, eventCount }: TriggerPane) {
  return { start, end, eventCount };
}

/** What a plug-in throws, and an answer that is none, fire nothing; nor is a timer taken that is not behind `after`. */
function answered(state: LeafState, after: number, ask: () => CustomTriggerAnswer): boolean {
  const answer = tried(() => {
    const { fire, state: own, timer } = ask();
    return { fire, own: toJson(own), timer: timer ?? null };
  }, null);
  if (!isJsonObject(answer)) return false;
  state.own = answer["own"] ?? null;
  const { timer } = answer;
  if (typeof timer === "number" && Number.isFinite(timer) && timer > after) state.dueAt = timer;
  return answer["fire"] === true;
}

function tried(work: () => JsonValue, otherwise: JsonValue): JsonValue {
  try {
    return toJson(work());
  } catch {
    return otherwise;
  }
}

export function encodeTrigger({ leaves }: TriggerState, writer: ByteWriter): void {
  for (const { count, dueAt, hasFired, own } of leaves) {
    writer.count(count);
    writer.number(dueAt);
    writer.boolean(hasFired);
    writer.json(own);
  }
}

/** @throws {CorruptBytesError} */
export function decodeTrigger(program: TriggerProgram, reader: ByteReader): TriggerState {
  return new TriggerState(
    leavesOf(program).map(() => {
      const leaf = {
        count: reader.count(),
        dueAt: reader.number(),
        hasFired: reader.boolean(),
        own: toJson(reader.json()),
      };
      if (Number.isNaN(leaf.dueAt)) throw new CorruptBytesError(`state is damaged: no trigger at ${reader.at}`);
      return leaf;
    }),
  );
}
