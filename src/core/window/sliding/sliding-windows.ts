import type { ByteWriter } from "../../base/bytes.ts";
import type { JsonValue } from "../../base/json.ts";
import { type EventTimeMs, eventTimeMs } from "../../time/instant.ts";
import { type AggregateInput, aggregateInput, conditionHolds } from "../aggregate-input.ts";
import { evidenceNameCountMax } from "../window-evidence.ts";
import type { FiredWindow, WindowEvidence, WindowFact } from "../window-fact.ts";
import type { WindowIntake, WindowMoment, WindowOutcome, WindowState } from "../window-state.ts";
import { encodeSlidingWindows } from "./sliding-encoding.ts";
import { SlidingEntries } from "./sliding-entries.ts";
import { rangesOf, slidingEventCountMax, type SlidingLane } from "./sliding-lane.ts";
import type { SlidingLanePlan, SlidingMember, SlidingPlan } from "./sliding-plan.ts";
import { moveRange, putIntoRange, rangeValue, shedFront } from "./sliding-range.ts";

/**
 * Exact sliding windows of one key, of whatever sizes: over `(T - size, T]` for the T of each evaluation, less `ago`. A late
 * event that is allowed is put in its place by time, behind those of equal time, and read by later evaluations.
 */
export class SlidingWindows implements WindowState {
  readonly plan: SlidingPlan;
  readonly lanes: readonly SlidingLane[];
  skippedCount = 0;
  /** Events that left early so far, at the limit. */
  shedCount = 0;

  constructor(plan: SlidingPlan, lanes?: readonly SlidingLane[]) {
    this.plan = plan;
    this.lanes =
      lanes ?? plan.lanes.map((lane) => ({ entries: new SlidingEntries(plan.columnCount), ranges: rangesOf(lane) }));
  }

  get isEmpty(): boolean {
    return this.lanes.every(({ entries }) => entries.size === 0);
  }

  add({ event, scope, watermark, report }: WindowIntake): readonly WindowOutcome[] {
    const { plan } = this;
    if (!conditionHolds(plan.where, scope, report)) return plan.outcomes.filtered;
    const behind = watermark - event.time;
    if (plan.lanes.every(({ allowedLatenessMs }) => behind >= allowedLatenessMs)) return plan.outcomes.late;
    const inputs: AggregateInput[] = [];
    for (const { program, column } of plan.aggregates)
      if (column !== undefined) inputs.push(aggregateInput(program, scope, this, report));
    const [lane] = plan.lanes;
    if (plan.lanes.length === 1 && lane !== undefined)
      return plan.outcomes[this.addToLane(0, lane, event.time, event.id, inputs)];
    const kinds = plan.lanes.map((other, index) =>
      behind >= other.allowedLatenessMs ? "late" : this.addToLane(index, other, event.time, event.id, inputs),
    );
    return plan.places.map((place) => ({ kind: kinds[place.lane] ?? "late" }));
  }

  private addToLane(
    index: number,
    { members }: SlidingLanePlan,
    time: EventTimeMs,
    name: string | number,
    inputs: readonly AggregateInput[],
  ): "added" | "shed" {
    const lane = this.lanes[index];
    if (lane === undefined) return "added";
    const { entries, ranges } = lane;
    const latest = entries.latest();
    if (latest === undefined || time >= latest) this.moveLane(lane, members, time);
    // Every window has moved on beyond it.
    else if (hasLeft(members, latest, time)) return "added";
    const isAtLimit = entries.size >= slidingEventCountMax;
    if (isAtLimit) this.shedOldest(lane);
    const sequence = entries.firstBehind(time);
    entries.insert(sequence, time, name, inputs);
    for (const range of ranges) this.skippedCount += putIntoRange(entries, range, sequence);
    return isAtLimit ? "shed" : "added";
  }

  private shedOldest({ entries, ranges }: SlidingLane): void {
    for (const range of ranges) this.skippedCount += shedFront(this.plan, entries, range);
    entries.dropBefore(entries.front + 1);
    this.shedCount += 1;
  }

  /** Moves the windows of a lane on to `at`, and lets go of what has left all of them. */
  private moveLane({ entries, ranges }: SlidingLane, members: readonly SlidingMember[], at: number): void {
    let head = entries.end;
    for (let index = 0; index < ranges.length; index += 1) {
      const range = ranges[index];
      const member = members[index];
      if (range === undefined || member === undefined) continue;
      const end = at - member.agoMs;
      this.skippedCount += moveRange(this.plan, entries, range, end - member.sizeMs, end);
      head = Math.min(head, range.head);
    }
    entries.dropBefore(head);
  }

  nextDeadline(): EventTimeMs | undefined {
    let deadline: number | undefined;
    for (const [index, { entries }] of this.lanes.entries()) {
      const latest = entries.latest();
      const keptMs = this.plan.lanes[index]?.keptMs;
      if (latest !== undefined && keptMs !== undefined) deadline = Math.max(deadline ?? latest, latest + keptMs);
    }
    return deadline === undefined ? undefined : eventTimeMs(deadline);
  }

  nextLogDeadline(): undefined {
    return undefined;
  }

  comeDue(deadline: EventTimeMs): readonly FiredWindow[] {
    const due = this.nextDeadline();
    if (due === undefined || due > deadline) return [];
    for (const [index, lane] of this.lanes.entries())
      this.moveLane(lane, this.plan.lanes[index]?.members ?? [], deadline);
    return [];
  }

  comeDueInLogTime(): readonly FiredWindow[] {
    return [];
  }

  /** At an `at` behind the latest event it is at that event's time; what has left does not come again. */
  fact(member: number, { at }: WindowMoment): WindowFact | undefined {
    const read = this.read(member, at);
    if (read === undefined) return undefined;
    const { plan } = this;
    const { entries, range, ...moment } = read;
    const fact: Record<string, JsonValue> = {};
    for (let index = 0; index < plan.aggregates.length; index += 1) {
      const aggregate = plan.aggregates[index];
      const name = plan.aggregateNames[index];
      if (aggregate !== undefined && name !== undefined) fact[name] = rangeValue(aggregate, entries, range, moment);
    }
    fact["start"] = moment.start;
    fact["end"] = moment.end;
    fact["firing"] = "onTime";
    fact["previous"] = null;
    return fact;
  }

  evidence(member: number, { at }: WindowMoment): WindowEvidence {
    const read = this.read(member, at);
    if (read === undefined) return { ids: [], count: 0 };
    const { entries, range } = read;
    const ids: (string | number)[] = [];
    for (let sequence = Math.max(range.head, range.tail - evidenceNameCountMax); sequence < range.tail; sequence += 1)
      ids.push(entries.name(sequence));
    return { ids, count: range.size };
  }

  /** A member's range, moved on to `at`. */
  private read(member: number, moment: EventTimeMs) {
    const place = this.plan.places[member];
    if (place === undefined) return undefined;
    const lane = this.lanes[place.lane];
    const range = lane?.ranges[place.inLane];
    const program = this.plan.lanes[place.lane]?.members[place.inLane];
    if (lane === undefined || range === undefined || program === undefined) return undefined;
    const { entries } = lane;
    const at = Math.max(moment, entries.latest() ?? moment);
    const end = at - program.agoMs;
    const start = end - program.sizeMs;
    this.skippedCount += moveRange(this.plan, entries, range, start, end);
    return { entries, range, start, end, at };
  }

  encode(writer: ByteWriter): void {
    encodeSlidingWindows(this, writer);
  }
}

/** True where an event of `time` is in none of the windows at `at`, nor will be. */
function hasLeft(members: readonly SlidingMember[], at: number, time: number): boolean {
  return members.every(({ sizeMs, agoMs }) => time <= at - agoMs - sizeMs);
}
