import type { ByteWriter } from "../../base/bytes.ts";
import { encodeInput, encodeName } from "../input-codec.ts";
import type { SlidingLane, SlidingState } from "./sliding-lane.ts";
import type { SlidingLanePlan } from "./sliding-plan.ts";

/** 1 was of sliding windows that shared nothing. */
export const codecVersion = 2;

/**
 * Entries, and where each window stands in them. Totals are not saved but made again, and come out the same, for they
 * depend on the entries alone; only what a limit kept out of them is saved.
 */
export function encodeSlidingWindows({ plan, lanes, skippedCount, shedCount }: SlidingState, writer: ByteWriter): void {
  writer.byte(codecVersion);
  writer.count(skippedCount);
  writer.count(shedCount);
  writer.count(lanes.length);
  for (const [index, lane] of lanes.entries()) {
    const of = plan.lanes[index];
    writer.count(of?.allowedLatenessMs ?? 0);
    encodeLane(of, lane, writer);
  }
}

function encodeLane(plan: SlidingLanePlan | undefined, { entries, ranges }: SlidingLane, writer: ByteWriter): void {
  const { end } = entries;
  // What a reading let leave every window is still there, and is not part of the state.
  const front = Math.max(entries.front, Math.min(end, ...ranges.map(({ head }) => head)));
  writer.count(end - front);
  for (let sequence = front; sequence < end; sequence += 1) {
    writer.number(entries.time(sequence));
    encodeName(entries.name(sequence), writer);
    for (let column = 0; column < entries.inputs.length; column += 1)
      encodeInput(entries.input(column, sequence), writer);
  }
  writer.count(ranges.length);
  for (const [index, { head, tail, totals }] of ranges.entries()) {
    writer.count(plan?.members[index]?.tag ?? 0);
    writer.count(head - front);
    writer.count(tail - front);
    writer.boolean(totals !== undefined);
    for (const { refused } of totals ?? []) {
      writer.count(refused.length);
      for (const sequence of refused) writer.count(sequence - front);
    }
  }
}
