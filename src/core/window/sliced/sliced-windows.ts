import type { ByteReader, ByteWriter } from "../../base/bytes.ts";
import type { JsonValue } from "../../base/json.ts";
import { type EventTimeMs, eventTimeMs } from "../../time/instant.ts";
import { aggregateInput, conditionHolds, isNothing } from "../aggregate-input.ts";
import type { FiredWindow, Firing, WindowEvidence, WindowFact } from "../window-fact.ts";
import type { WindowIntake, WindowMoment, WindowOutcome, WindowState } from "../window-state.ts";
import { type AlignedAssigner, floorTo } from "./aligned-assigner.ts";
import { type Combined, combineAll, CombinedSlices } from "./combined-slices.ts";
import {
  countFiring,
  endOf,
  type Ending,
  fateOf,
  firstEnd,
  forgetCombined,
  isVisible,
  latenessOf,
  memberLetsGoAt,
  MemberState,
  previousGoesAt,
  previousOf,
} from "./member-state.ts";
import { evidenceOf, Slice } from "./slice.ts";
import { createStates, sliceEndAt, type SlicedPlan, sliceStartAt } from "./sliced-plan.ts";
import { decodeSliced, encodeSliced, type SavedSliced } from "./sliced-codec.ts";

/**
 * Slices that one key's windows of one store have at once. They are as many as lie between the bounds within the greatest size, `ago`,
 * out-of-orderness and allowed lateness. At the limit an event that would open another is not taken, and the outcome says so.
 */
export const sliceCountMax = 100_000;

/** Up to so many slices a window is merged from them directly. */
const directCountMax = 8;

/**
 * Windows whose bounds all keys share, and that fire by their own time: tumbling, hopping, cumulative, calendar, and sliding ones with a
 * resolution. The bounds of all members cut time into slices, each event goes into one of them, and a window is what its slices come to
 * together (P. Carbone and others, "Cutty", CIKM 2016; J. Traub and others, "Scotty", ICDE 2018).
 *
 * With `ago` all that a window's end causes comes so much later, the end of its lateness, too.
 */
export class SlicedWindows implements WindowState {
  readonly plan: SlicedPlan;
  /** By start. */
  slices: Slice[];
  readonly members: readonly MemberState[];
  /** Of slices and members that begin now. */
  readonly generation: number;
  skippedCount: number;
  /** Events taken so far. */
  arrivalCount: number;
  /** When something is to fire or to go; plus infinity: nothing is left. */
  deadline = Infinity;

  constructor(plan: SlicedPlan, saved?: SavedSliced) {
    this.plan = plan;
    this.slices = saved?.slices ?? [];
    this.members = saved?.members ?? plan.members.map(() => new MemberState(0));
    this.generation = saved?.generation ?? 0;
    this.skippedCount = saved?.skippedCount ?? 0;
    this.arrivalCount = saved?.arrivalCount ?? 0;
    if (saved !== undefined) this.letGo(-Infinity);
  }

  get isEmpty(): boolean {
    return this.deadline === Infinity;
  }

  add(intake: WindowIntake): readonly WindowOutcome[] {
    const { plan } = this;
    if (!conditionHolds(plan.program.where, intake.scope, intake.report)) return plan.filtered;
    const slice = this.findQuiet(intake.event.time, intake.watermark);
    if (slice === undefined) return this.addWithCare(intake);
    this.enter(slice, intake);
    return plan.added;
  }

  nextDeadline(): EventTimeMs | undefined {
    return this.deadline === Infinity ? undefined : eventTimeMs(this.deadline);
  }

  nextLogDeadline(): undefined {
    return undefined;
  }

  comeDue(deadline: EventTimeMs): readonly FiredWindow[] {
    const fired: FiredWindow[] = [];
    if (deadline < this.deadline) return fired;
    for (const ending of this.endings()) {
      const { state, assigner, member } = ending;
      const combined = () => (state.firingSlices ??= new CombinedSlices(this.plan));
      while (state.nextEnd + member.agoMs <= deadline) {
        const end = state.nextEnd;
        fired.push(this.fire(ending, end, "onTime", { since: end - 1, combined }));
        state.nextEnd = this.nextEndAfter(state, assigner, end);
      }
    }
    this.letGo(deadline);
    return fired;
  }

  comeDueInLogTime(): readonly FiredWindow[] {
    return [];
  }

  fact(index: number, moment: WindowMoment): WindowFact | undefined {
    const state = this.members[index];
    const member = this.plan.members[index];
    const open = this.openWindow(index, moment);
    if (state === undefined || member === undefined || open === undefined) return undefined;
    const { from, upTo, start, end, firing } = open;
    const readSlices = () => (state.readSlices ??= new CombinedSlices(this.plan));
    const closedTo = this.closedTo(moment.watermark, upTo);
    const combined = this.combine(index, { from, upTo, closedTo }, readSlices);
    const values = this.valuesOf(combined, { start, end, at: moment.at });
    const previous =
      member.assigner === undefined
        ? undefined
        : previousOf({ state, assigner: member.assigner }, moment.watermark + 1 - member.agoMs);
    return { ...values, start, end, firing, previous: previous ?? null };
  }

  evidence(index: number, moment: WindowMoment): WindowEvidence {
    const open = this.openWindow(index, moment);
    return open === undefined ? { ids: [], count: 0 } : evidenceOf(this.visible(index, open.from, open.upTo));
  }

  encode(writer: ByteWriter): void {
    encodeSliced(this, writer);
  }

  /** The slice of a time where all windows that it is in are still to fire, for every member: nothing else is to be known of its events. */
  private findQuiet(time: number, watermark: number): Slice | undefined {
    const { slices, plan } = this;
    const last = slices[slices.length - 1];
    const slice = last !== undefined && last.start <= time ? last : slices[this.indexAt(time + 1) - 1];
    if (slice === undefined || slice.end <= time || slice.end - 1 <= watermark || !plan.isGapless) return undefined;
    if (slice.generation !== this.generation || slice.lateness !== 0) return undefined;
    return plan.hasSliding && time <= watermark ? undefined : slice;
  }

  private enter(slice: Slice, { event, scope, report }: WindowIntake): void {
    const { kept } = this.plan;
    for (let index = 0; index < kept.length; index += 1) {
      const program = kept[index];
      if (program === undefined) continue;
      const input = aggregateInput(program, scope, this, report);
      if (isNothing(input)) continue;
      if (slice.states[index]?.add(input, event.time, this.arrivalCount) === false) this.skippedCount += 1;
    }
    slice.note(event.id, this.arrivalCount);
    this.arrivalCount += 1;
  }

  private addWithCare(intake: WindowIntake): readonly WindowOutcome[] {
    const { time } = intake.event;
    const { watermark } = intake;
    const fates = this.plan.members.map((member) => fateOf(member, time, watermark));
    if (!fates.includes("added")) return fates.map((kind) => ({ kind }));
    const slice = this.sliceFor(time, latenessOf(this.plan, time, watermark));
    if (slice === undefined) return fates.map((kind) => ({ kind: kind === "added" ? "refused" : kind }));
    this.enter(slice, intake);
    for (const state of this.members) forgetCombined(state, slice.start);
    const outcomes = fates.map((kind): WindowOutcome => ({ kind }));
    for (const ending of this.endings()) {
      if (fates[ending.index] !== "added") continue;
      const fired = this.settleEvent(ending, time, watermark);
      if (fired.length > 0) outcomes[ending.index] = { kind: "fired", fired };
    }
    this.letGo(watermark + 1);
    return outcomes;
  }

  /** Fires the windows of an event that have passed and are not gone, and notes the first that is to come. */
  private settleEvent(ending: Ending, time: number, watermark: number): FiredWindow[] {
    const { member, assigner, state } = ending;
    const passed = watermark + 1 - member.agoMs;
    const fired: FiredWindow[] = [];
    let sweep: CombinedSlices | undefined;
    const combined = () => (sweep ??= new CombinedSlices(this.plan));
    let end = firstEnd(member, assigner, time, watermark);
    for (; end <= passed && assigner.startOf(end) <= time; end = assigner.firstEndAfter(end))
      fired.push(this.fire(ending, end, "late", { since: passed, combined }));
    if (end > passed && assigner.startOf(end) <= time) state.nextEnd = Math.min(state.nextEnd, end);
    return fired;
  }

  /** `since`: a `previous` that has run out by then is none. */
  private fire(
    ending: Ending,
    end: number,
    firing: Firing,
    { since, combined }: { readonly since: number; readonly combined: () => CombinedSlices },
  ): FiredWindow {
    const { index, member, assigner, state } = ending;
    const start = assigner.startOf(end);
    const at = eventTimeMs(end - 1 + member.agoMs);
    const values = this.valuesOf(this.combine(index, { from: start, upTo: end, closedTo: end }, combined), {
      start,
      end,
      at,
    });
    const previous = previousOf(ending, since) ?? null;
    const fact = { ...values, start, end, firing };
    if (state.lastFiring === undefined || end >= endOf(state.lastFiring)) state.lastFiring = fact;
    return {
      member: index,
      start: eventTimeMs(start),
      end: eventTimeMs(end),
      at,
      isByEvent: false,
      firing,
      ordinal: countFiring(member, state, end),
      fact: { ...fact, previous },
      values,
      evidence: evidenceOf(this.visible(index, start, end)),
    };
  }

  /** The slices of a member that begin in `[from, upTo)`, together. Those that begin before `closedTo` take no more events, unless late ones. */
  private combine(
    index: number,
    { from, upTo, closedTo }: { readonly from: number; readonly upTo: number; readonly closedTo: number },
    combinedSlices: () => CombinedSlices,
  ): Combined {
    if (this.indexAt(upTo) - this.indexAt(from) <= directCountMax)
      return combineAll(this.plan, this.visible(index, from, upTo));
    const middle = Math.max(from, closedTo);
    const combined = combinedSlices();
    combined.moveTo(from, middle, (low, high) => this.visible(index, low, high));
    return combined.combined(this.visible(index, middle, upTo));
  }

  private valuesOf(
    { eventCount, states }: Combined,
    moment: { readonly start: number; readonly end: number; readonly at: number },
  ): Readonly<Record<string, JsonValue>> {
    const values: Record<string, JsonValue> = {};
    for (const [index, name] of this.plan.program.aggregateNames.entries())
      values[name] =
        states[this.plan.places[index] ?? -1]?.value(moment) ?? (this.isCounted(index) ? eventCount : null);
    return values;
  }

  private isCounted(index: number): boolean {
    return this.plan.places[index] === -1;
  }

  /** The window that is read at a moment: of a sliding one its slices, of others the first that ends of those that hold the time. */
  private openWindow(index: number, { at, watermark }: WindowMoment) {
    const member = this.plan.members[index];
    if (member === undefined) return undefined;
    const { assigner, sizeMs, resolutionMs, agoMs } = member;
    if (assigner === undefined) {
      // What has run out by the watermark may be gone.
      const time = Math.max(at, Number.isFinite(watermark) ? watermark : at) - agoMs;
      const from = floorTo(time - sizeMs + 1, resolutionMs, 0);
      const upTo = floorTo(time, resolutionMs, 0) + resolutionMs;
      return { from, upTo, start: time - sizeMs, end: time, firing: "onTime" } as const;
    }
    const time = at - agoMs;
    const end = firstEnd(member, assigner, time, watermark);
    const start = end === Infinity ? Infinity : assigner.startOf(end);
    if (start > time) return undefined;
    const firing = end <= watermark + 1 - agoMs ? "late" : "early";
    return { from: start, upTo: end, start, end, firing } as const;
  }

  private closedTo(watermark: number, upTo: number): number {
    if (watermark >= upTo) return upTo;
    return Number.isFinite(watermark) ? Math.min(upTo, sliceStartAt(this.plan, watermark + 1)) : -Infinity;
  }

  /** The least end after `end` of a window with an event in it. Gaps are jumped over. */
  private nextEndAfter(state: MemberState, assigner: AlignedAssigner, end: number): number {
    for (let next = assigner.firstEndAfter(end); ; ) {
      const start = assigner.startOf(next);
      let index = this.indexAt(start);
      let slice = this.slices[index];
      for (; slice !== undefined && slice.generation < state.generation; slice = this.slices[index]) index += 1;
      if (slice === undefined) return Infinity;
      if (slice.start < next) return next;
      next = assigner.firstEndAfter(slice.start);
    }
  }

  /** The slices that a member sees and that begin in `[from, upTo)`. */
  private visible(index: number, from: number, upTo: number): readonly Slice[] {
    const member = this.plan.members[index];
    const state = this.members[index];
    const found: Slice[] = [];
    if (member === undefined || state === undefined) return found;
    for (let at = this.indexAt(from); at < this.slices.length; at += 1) {
      const slice = this.slices[at];
      if (slice === undefined || slice.start >= upTo) break;
      if (isVisible(member, state, slice)) found.push(slice);
    }
    return found;
  }

  /** The slice that takes the events of a time; undefined at the limit. */
  private sliceFor(time: number, lateness: number): Slice | undefined {
    const { slices, generation } = this;
    const start = sliceStartAt(this.plan, time);
    const end = sliceEndAt(this.plan, time);
    let index = this.indexAt(start);
    for (let slice = slices[index]; slice?.start === start; slice = slices[index]) {
      if (slice.end === end && slice.generation === generation && slice.lateness === lateness) return slice;
      index += 1;
    }
    if (slices.length >= sliceCountMax) return undefined;
    const slice = new Slice({ start, end, generation, lateness }, createStates(this.plan));
    if (slices.length === 0) this.slices = [slice];
    else slices.splice(index, 0, slice);
    return slice;
  }

  /** Index of the first slice that begins at or after `start`. */
  private indexAt(start: number): number {
    const { slices } = this;
    let low = 0;
    let high = slices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const slice = slices[middle];
      if (slice === undefined || slice.start >= start) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Lets go of what has run out by `deadline`, and finds the next one. */
  letGo(deadline: number): void {
    let goneCount = 0;
    while (this.goesAt(this.slices[goneCount]) <= deadline) goneCount += 1;
    if (goneCount > 0) this.slices.splice(0, goneCount);
    this.deadline = this.goesAt(this.slices[0]);
    for (const { member, assigner, state } of this.endings()) {
      const passed = deadline - member.agoMs;
      for (const end of state.firingCounts?.keys() ?? []) {
        if (end > passed - member.allowedLatenessMs) break;
        state.firingCounts?.delete(end);
      }
      if (previousGoesAt({ state, assigner }) <= passed) state.lastFiring = undefined;
      this.deadline = Math.min(
        this.deadline,
        state.nextEnd + member.agoMs,
        previousGoesAt({ state, assigner }) + member.agoMs,
      );
    }
  }

  /** When no window can be asked for a slice any more. */
  private goesAt(slice: Slice | undefined): number {
    let goesAt = slice === undefined ? Infinity : -Infinity;
    if (slice === undefined) return goesAt;
    for (const [index, member] of this.plan.members.entries()) {
      const state = this.members[index];
      if (state !== undefined && isVisible(member, state, slice))
        goesAt = Math.max(goesAt, memberLetsGoAt(member, slice));
    }
    return goesAt;
  }

  private endings(): Ending[] {
    const endings: Ending[] = [];
    for (let index = 0; index < this.members.length; index += 1) {
      const member = this.plan.members[index];
      const state = this.members[index];
      const assigner = member?.assigner;
      if (member !== undefined && assigner !== undefined && state !== undefined)
        endings.push({ index, member, assigner, state });
    }
    return endings;
  }
}

/**
 * What `encode` wrote. Members are known by their tags. One that was not there then sees the slices that begin from now on, and where there
 * is one, none of the old slices takes another event.
 *
 * @throws {CorruptBytesError}
 */
export function decodeSlicedWindows(plan: SlicedPlan, reader: ByteReader): SlicedWindows {
  return new SlicedWindows(plan, decodeSliced(plan, sliceCountMax, reader));
}
