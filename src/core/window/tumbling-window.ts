import { assert } from "../base/assert.ts";
import type { JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { ReportExprError } from "../expr/context.ts";
import type { Scope } from "../expr/scope.ts";
import { isLate } from "../time/watermark.ts";
import { type EventTimeMs, eventTimeMs } from "../time/instant.ts";
import { conditionHolds, type SkipCounter } from "./aggregate-input.ts";
import { addToPane, createPane, paneEvidence, type Pane, paneValues } from "./pane.ts";
import type { FiredWindow, Firing, WindowEvidence, WindowFact } from "./window-fact.ts";
import type { TumblingWindowProgram } from "./first-programs.ts";

/**
 * Panes that one key's window has at once. They are as many as sizes fit into the out-of-orderness and allowed lateness.
 * At the limit an event that would open another is not taken, and the outcome says so.
 */
export const tumblingPaneCountMax = 10_000;

/** A tumbling window of one key. Change it only through the functions here. */
export class TumblingWindowState implements SkipCounter {
  /** By start. Those that have fired stand before those that have not. */
  panes: Pane[] = [];
  /** The fact of the last firing, without its `previous`. */
  lastFiring: WindowFact | undefined = undefined;
  /** Values skipped so far: absent, not numeric, in error, or over a limit. */
  skippedCount = 0;
}

export function createTumblingState(): TumblingWindowState {
  return new TumblingWindowState();
}

/**
 * What became of an event. `filtered` by the window's `where`; `late`: its pane is gone; `refused` at the limit of panes:
 * these three leave the state as it was. `added`; `fired`: it was behind its pane's end but within the allowed lateness,
 * and the pane fired at once, with it.
 */
export type TumblingOutcome =
  | { readonly kind: "filtered" }
  | { readonly kind: "late" }
  | { readonly kind: "refused" }
  | { readonly kind: "added" }
  | { readonly kind: "fired"; readonly fired: FiredWindow };

const filtered: TumblingOutcome = { kind: "filtered" };
const late: TumblingOutcome = { kind: "late" };
const refused: TumblingOutcome = { kind: "refused" };
const added: TumblingOutcome = { kind: "added" };

/**
 * Start of the pane that holds `at`: the greatest `offsetMs + n * sizeMs` not after `at`. The pane is
 * `[start, start + sizeMs)`.
 *
 * Floors toward minus infinity: `%` keeps the sign of its left side and would put an event from before the epoch one pane
 * too late.
 */
export function tumblingPaneStart(at: EventTimeMs, { sizeMs, offsetMs }: TumblingWindowProgram): EventTimeMs {
  assert(sizeMs > 0, "a tumbling window has a positive size");
  const intoPaneMs = (((at - offsetMs) % sizeMs) + sizeMs) % sizeMs;
  return eventTimeMs(at - intoPaneMs);
}

/**
 * Offers the event that `scope` holds, in any order of time. `watermark` is the one before the event, and the panes that
 * it has passed have fired. Errors of conditions and expressions go to `report`.
 */
export function addToTumbling(
  program: TumblingWindowProgram,
  state: TumblingWindowState,
  event: TocsinEvent,
  scope: Scope,
  watermark: EventTimeMs,
  report: ReportExprError,
): TumblingOutcome {
  if (!conditionHolds(program.where, scope, report)) return filtered;
  const start = tumblingPaneStart(event.time, program);
  if (isGone(start, program, watermark)) return late;
  const pane = findPane(state, start) ?? openPane(program, state, start);
  if (pane === undefined) return refused;
  addToPane(program, pane, event, scope, state, report);
  if (!hasPassedEnd(start, program, watermark)) return added;
  return { kind: "fired", fired: firePane(program, state, pane, "late") };
}

/**
 * Where the next pane is to fire or to go, or where there is none, the last firing; undefined where nothing is left, and
 * the key may be let go. It is due when the watermark is at least it - 1.
 */
export function nextTumblingDeadline(
  program: TumblingWindowProgram,
  state: TumblingWindowState,
): EventTimeMs | undefined {
  const unfired = state.panes[firstUnfiredIndex(state.panes)];
  const first = state.panes[0];
  if (first === undefined) return previousGoesAt(program, state);
  const goesAt = first.firingCount > 0 ? first.start + program.sizeMs + program.allowedLatenessMs : Infinity;
  const firesAt = unfired === undefined ? Infinity : unfired.start + program.sizeMs;
  return eventTimeMs(Math.min(goesAt, firesAt));
}

/**
 * The watermark came to `watermark`: fires every pane whose end - 1 it has passed and that has not fired, in order of
 * their ends, and lets go of those that not even a late event can reach. To keep the order of deadlines over keys and
 * operators, call it with each deadline - 1 in turn.
 */
export function fireTumbling(
  program: TumblingWindowProgram,
  state: TumblingWindowState,
  watermark: EventTimeMs,
): readonly FiredWindow[] {
  const fired: FiredWindow[] = [];
  for (let index = firstUnfiredIndex(state.panes); index < state.panes.length; index += 1) {
    const pane = state.panes[index];
    if (pane === undefined || !hasPassedEnd(pane.start, program, watermark)) break;
    fired.push(firePane(program, state, pane, "onTime"));
  }
  let goneCount = 0;
  for (const pane of state.panes) {
    if (!isGone(pane.start, program, watermark)) break;
    goneCount += 1;
  }
  if (goneCount > 0) state.panes = state.panes.slice(goneCount);
  const previousEnd = previousGoesAt(program, state);
  if (state.panes.length === 0 && previousEnd !== undefined && previousEnd - 1 <= watermark)
    state.lastFiring = undefined;
  return fired;
}

/**
 * The window as it stands at an evaluation at `at`: the pane that holds `at`, an event of that time included, or what an
 * empty one would say. `firing` is `early`, and `late` where the watermark has passed its end; `previous` is the last
 * firing. Undefined where the pane is gone.
 */
export function openTumblingFact(
  program: TumblingWindowProgram,
  state: TumblingWindowState,
  at: EventTimeMs,
  watermark: EventTimeMs,
): WindowFact | undefined {
  const start = tumblingPaneStart(at, program);
  if (isGone(start, program, watermark)) return undefined;
  const pane = findPane(state, start) ?? createPane(program, start);
  const firing = hasPassedEnd(start, program, watermark) ? "late" : "early";
  return factOf(program, state, pane, { firing, values: paneValues(program, pane) });
}

/** The events behind `openTumblingFact`. */
export function openTumblingEvidence(
  program: TumblingWindowProgram,
  state: TumblingWindowState,
  at: EventTimeMs,
): WindowEvidence {
  const pane = findPane(state, tumblingPaneStart(at, program));
  return pane === undefined ? { ids: [], count: 0 } : paneEvidence(pane);
}

/** The last firing is the `previous` of the pane right after it, and goes with that pane's end. */
function previousGoesAt(
  { sizeMs }: TumblingWindowProgram,
  { lastFiring }: TumblingWindowState,
): EventTimeMs | undefined {
  const end = lastFiring?.["end"];
  return typeof end === "number" ? eventTimeMs(end + sizeMs) : undefined;
}

/** Due when the watermark is at least end - 1: no event of the pane is expected any more. */
function hasPassedEnd(start: EventTimeMs, { sizeMs }: TumblingWindowProgram, watermark: EventTimeMs): boolean {
  return isLate(eventTimeMs(start + sizeMs - 1), watermark);
}

function isGone(
  start: EventTimeMs,
  { sizeMs, allowedLatenessMs }: TumblingWindowProgram,
  watermark: EventTimeMs,
): boolean {
  return isLate(eventTimeMs(start + sizeMs - 1 + allowedLatenessMs), watermark);
}

function firePane(program: TumblingWindowProgram, state: TumblingWindowState, pane: Pane, firing: Firing): FiredWindow {
  const values = paneValues(program, pane);
  const fact = factOf(program, state, pane, { firing, values });
  const ordinal = pane.firingCount;
  pane.firingCount += 1;
  const end = eventTimeMs(pane.start + program.sizeMs);
  state.lastFiring = { ...values, start: pane.start, end, firing };
  return {
    member: 0,
    at: eventTimeMs(end - 1),
    isByEvent: false,
    start: pane.start,
    end,
    firing,
    ordinal,
    fact,
    values,
    evidence: paneEvidence(pane),
  };
}

function factOf(
  program: TumblingWindowProgram,
  state: TumblingWindowState,
  pane: Pane,
  { firing, values }: { readonly firing: Firing; readonly values: Readonly<Record<string, JsonValue>> },
): WindowFact {
  return { ...values, start: pane.start, end: pane.start + program.sizeMs, firing, previous: state.lastFiring ?? null };
}

function findPane(state: TumblingWindowState, start: EventTimeMs): Pane | undefined {
  const pane = state.panes[paneIndex(state.panes, start)];
  return pane?.start === start ? pane : undefined;
}

function openPane(program: TumblingWindowProgram, state: TumblingWindowState, start: EventTimeMs): Pane | undefined {
  if (state.panes.length >= tumblingPaneCountMax) return undefined;
  const pane = createPane(program, start);
  state.panes.splice(paneIndex(state.panes, start), 0, pane);
  return pane;
}

/** Index of the first pane that starts at or after `start`. */
function paneIndex(panes: readonly Pane[], start: EventTimeMs): number {
  return firstIndexWhere(panes, (pane) => pane.start >= start);
}

function firstUnfiredIndex(panes: readonly Pane[]): number {
  return firstIndexWhere(panes, (pane) => pane.firingCount === 0);
}

/** Binary search: `claim` is false for a front part of the panes and true for the rest. */
function firstIndexWhere(panes: readonly Pane[], claim: (pane: Pane) => boolean): number {
  let low = 0;
  let high = panes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const pane = panes[middle];
    if (pane === undefined || claim(pane)) high = middle;
    else low = middle + 1;
  }
  return low;
}
