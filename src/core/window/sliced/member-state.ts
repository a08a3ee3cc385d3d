import type { WindowFact } from "../window-fact.ts";
import { type AlignedAssigner, floorTo } from "./aligned-assigner.ts";
import type { CombinedSlices } from "./combined-slices.ts";
import type { Slice } from "./slice.ts";
import type { SlicedMember, SlicedPlan } from "./sliced-plan.ts";

/** What one member of the store knows besides the slices. */
export class MemberState {
  /** The plan's changes before it joined: it sees slices that began since. */
  readonly generation: number;
  /** The first window that is to fire ends there; plus infinity: none. */
  nextEnd = Infinity;
  /** The fact of the last firing of the latest window, without its `previous`. */
  lastFiring: WindowFact | undefined = undefined;
  /** Firings so far of windows that can fire again, by end. */
  firingCounts: Map<number, number> | undefined = undefined;
  /** Made again when they are missing: for what fires by time, and for what is read. */
  firingSlices: CombinedSlices | undefined = undefined;
  readSlices: CombinedSlices | undefined = undefined;

  constructor(generation: number) {
    this.generation = generation;
  }
}

/** A window that has an end, and its place in the store. */
export interface Ending {
  readonly index: number;
  readonly member: SlicedMember;
  readonly assigner: AlignedAssigner;
  readonly state: MemberState;
}

/** What becomes of an event at a member, but for limits. */
export function fateOf(member: SlicedMember, time: number, watermark: number): "added" | "late" | "filtered" {
  const { assigner, allowedLatenessMs } = member;
  if (assigner === undefined) return time + allowedLatenessMs <= watermark ? "late" : "added";
  if (!assigner.isGapless && assigner.startOf(assigner.firstEndAfter(time)) > time) return "filtered";
  const end = firstEnd(member, assigner, time, watermark);
  return end !== Infinity && assigner.startOf(end) <= time ? "added" : "late";
}

/** End of the first window that ends after `time` and is not gone; it may begin after `time`. */
export function firstEnd(
  { agoMs, allowedLatenessMs }: SlicedMember,
  assigner: AlignedAssigner,
  time: number,
  watermark: number,
): number {
  const gone = watermark + 1 - agoMs - allowedLatenessMs;
  return gone === Infinity ? Infinity : assigner.firstEndAfter(Math.max(time, gone));
}

/** The least lateness that lets a sliding member see an event which others of them must not. */
export function latenessOf({ members, hasSliding }: SlicedPlan, time: number, watermark: number): number {
  if (!hasSliding || time > watermark) return 0;
  const allowed = members.filter(({ assigner }) => assigner === undefined).map((member) => member.allowedLatenessMs);
  const isForAll = allowed.every((allowedMs) => time + allowedMs > watermark);
  return isForAll ? 0 : Math.min(...allowed.filter((allowedMs) => time + allowedMs > watermark));
}

export function isVisible(
  { assigner, allowedLatenessMs }: SlicedMember,
  { generation }: MemberState,
  slice: Slice,
): boolean {
  return slice.generation >= generation && (assigner !== undefined || slice.lateness <= allowedLatenessMs);
}

export function memberLetsGoAt(
  { assigner, agoMs, allowedLatenessMs, sizeMs, resolutionMs }: SlicedMember,
  slice: Slice,
): number {
  if (assigner === undefined) return floorTo(slice.start, resolutionMs, 0) + resolutionMs + sizeMs + agoMs;
  const end = assigner.lastEndAt(slice.start);
  return end > slice.start ? end + agoMs + allowedLatenessMs : -Infinity;
}

export function forgetCombined(state: MemberState, changedAt: number): void {
  if (state.firingSlices !== undefined && state.firingSlices.upTo > changedAt) state.firingSlices = undefined;
  if (state.readSlices !== undefined && state.readSlices.upTo > changedAt) state.readSlices = undefined;
}

/** Ordinal of a firing. Where no late event can make the window fire again nothing is noted. */
export function countFiring({ allowedLatenessMs }: SlicedMember, state: MemberState, end: number): number {
  if (allowedLatenessMs === 0) return 0;
  state.firingCounts ??= new Map();
  const ordinal = state.firingCounts.get(end) ?? 0;
  state.firingCounts.set(end, ordinal + 1);
  return ordinal;
}

export function endOf(fact: WindowFact): number {
  return Number(fact["end"]);
}

/** The last firing is the `previous` of windows up to the next one's end, and goes with that. */
export function previousGoesAt({ state, assigner }: Pick<Ending, "state" | "assigner">): number {
  return state.lastFiring === undefined ? Infinity : assigner.firstEndAfter(endOf(state.lastFiring));
}

export function previousOf(ending: Pick<Ending, "state" | "assigner">, since: number): WindowFact | undefined {
  return previousGoesAt(ending) > since ? ending.state.lastFiring : undefined;
}
