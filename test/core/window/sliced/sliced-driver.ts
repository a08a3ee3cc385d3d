import type { JsonObject } from "../../../../src/core/base/json.ts";
import { eventTimeMs, logTimeMs } from "../../../../src/core/time/instant.ts";
import { slicedPlanOf } from "../../../../src/core/window/sliced/sliced-plan.ts";
import { decodeSlicedWindows, SlicedWindows } from "../../../../src/core/window/sliced/sliced-windows.ts";
import type { FiredWindow } from "../../../../src/core/window/window-fact.ts";
import type { WindowStore } from "../../../../src/core/window/window-program.ts";
import type { WindowOutcome, WindowState } from "../../../../src/core/window/window-state.ts";
import type { ByteReader } from "../../../../src/core/base/bytes.ts";
import { bytesOf, eventAt, readWhole, scopeOf } from "../window-kit.ts";

export interface DrivenEvent {
  readonly time: number;
  readonly fields: JsonObject;
}

/** What was seen of one member at one event, in the terms of test/oracle/aligned-window-definition.ts. */
export interface DrivenStep {
  readonly fate: string;
  readonly fired: readonly JsonObject[];
  readonly read: JsonObject | undefined;
  readonly due: readonly JsonObject[];
}

export function createSliced(store: WindowStore): SlicedWindows {
  return new SlicedWindows(slicedPlanOf(store));
}

export function decodeSliced(store: WindowStore, reader: ByteReader): SlicedWindows {
  return decodeSlicedWindows(slicedPlanOf(store), reader);
}

/** Offers one event; what became of it at each member. */
export function offer(
  state: WindowState,
  { time, fields }: DrivenEvent,
  { watermark = -Infinity, id = time }: { readonly watermark?: number; readonly id?: string | number } = {},
): readonly WindowOutcome[] {
  const event = eventAt(time, fields, id);
  return state.add({
    event,
    scope: scopeOf(event),
    watermark: eventTimeMs(watermark),
    logTime: logTimeMs(0),
    report: () => undefined,
  });
}

/** Lets all come due that a watermark has reached, deadline by deadline. */
export function reach(state: WindowState, watermark: number): readonly FiredWindow[] {
  const fired: FiredWindow[] = [];
  for (;;) {
    const deadline = state.nextDeadline();
    if (deadline === undefined || deadline - 1 > watermark) return fired;
    fired.push(...state.comeDue(deadline));
  }
}

/** Watermarks before each event and, last, at the end of input. */
export function watermarksOf(events: readonly DrivenEvent[], outOfOrderness: number): readonly number[] {
  const marks = [-Infinity];
  let greatest = -Infinity;
  for (const { time } of events) {
    greatest = Math.max(greatest, time);
    marks.push(greatest - outOfOrderness - 1);
  }
  marks[marks.length - 1] = Infinity;
  return marks;
}

/** Plays the events of one key and reads every member at each. `isChopped`: saved and restored after every event. */
export function drive(
  store: WindowStore,
  events: readonly DrivenEvent[],
  watermarks: readonly number[],
  isChopped = false,
): { readonly steps: readonly (readonly DrivenStep[])[]; readonly state: WindowState } {
  let state: WindowState = createSliced(store);
  const steps: DrivenStep[][] = store.members.map(() => []);
  for (const [index, event] of events.entries()) {
    const watermark = watermarks[index] ?? -Infinity;
    const outcomes = offer(state, event, { watermark, id: index });
    const seen = store.members.map((_, member) => {
      const moment = { at: eventTimeMs(event.time), watermark: eventTimeMs(watermark) };
      const fact = state.fact(member, moment);
      return fact === undefined ? undefined : { ...fact, ids: [...state.evidence(member, moment).ids] };
    });
    const due = reach(state, watermarks[index + 1] ?? Infinity);
    for (const [member, ofMember] of steps.entries()) {
      const outcome = outcomes[member];
      ofMember.push({
        fate: outcome === undefined ? "" : fateOf(outcome),
        fired: outcome?.kind === "fired" ? outcome.fired.map(tell) : [],
        read: seen[member],
        due: due.filter((fired) => fired.member === member).map(tell),
      });
    }
    if (isChopped) state = restored(store, state);
  }
  return { steps, state };
}

export function restored(store: WindowStore, state: WindowState): WindowState {
  return readWhole(
    bytesOf((writer) => state.encode(writer)),
    (reader) => decodeSliced(store, reader),
  );
}

function fateOf({ kind }: WindowOutcome): string {
  return kind === "added" || kind === "fired" ? "taken" : kind;
}

function tell({ fact, evidence, ordinal, at }: FiredWindow): JsonObject {
  return { ...fact, ids: [...evidence.ids], ordinal, at };
}
