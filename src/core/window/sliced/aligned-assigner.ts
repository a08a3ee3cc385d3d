import { assert } from "../../base/assert.ts";
import { Calendar } from "../../time/calendar.ts";
import type { WindowShape } from "../window-program.ts";

/** Which windows there are, for shapes whose bounds are the same for all keys. Times are epoch milliseconds, ends are exclusive. */
export interface AlignedAssigner {
  /** The greatest start or end of a window that is not after `time`. */
  readonly boundaryAt: (time: number) => number;
  /** The least that is after it. */
  readonly boundaryAfter: (time: number) => number;
  /** The least end of a window that is after `time`. No window ends between it and `time`, so it also leads from one end to the next. */
  readonly firstEndAfter: (time: number) => number;
  /** Start of the window that ends at `end`. Of a later end it is no earlier one. */
  readonly startOf: (end: number) => number;
  /** End of the last window that begins at or before `time`. */
  readonly lastEndAt: (time: number) => number;
  /** Every time is in a window. */
  readonly isGapless: boolean;
}

/**
 * The greatest `offset + n * step` that is not after `time`.
 *
 * Floors toward minus infinity: `%` keeps the sign of its left side and would put an event from before the epoch one step too late.
 */
export function floorTo(time: number, step: number, offset: number): number {
  const rest = (time - offset) % step;
  return time - (rest < 0 ? rest + step : rest);
}

/** The windows of a shape; undefined for a sliding one, which has none that end. */
export function createAssigner(shape: WindowShape): AlignedAssigner | undefined {
  switch (shape.kind) {
    case "tumbling":
      return hoppingAssigner(shape.sizeMs, shape.sizeMs, shape.offsetMs);
    case "hopping":
      return hoppingAssigner(shape.sizeMs, shape.everyMs, shape.offsetMs);
    case "cumulative":
      return cumulativeAssigner(shape.sizeMs, shape.stepMs, shape.offsetMs);
    case "calendar":
      return calendarAssigner(new Calendar(shape.unit, shape.timeZone));
    case "sliding":
      return undefined;
    case "session":
    case "count":
    case "global":
    case "custom":
      assert(false, "a window whose bounds all keys share");
  }
}

function hoppingAssigner(size: number, every: number, offset: number): AlignedAssigner {
  const endOffset = offset + (size % every);
  const startAt = (time: number) => floorTo(time, every, offset);
  const endAt = (time: number) => floorTo(time, every, endOffset);
  return {
    boundaryAt: (time) => Math.max(startAt(time), endAt(time)),
    boundaryAfter: (time) => Math.min(startAt(time), endAt(time)) + every,
    firstEndAfter: (time) => endAt(time) + every,
    startOf: (end) => end - size,
    lastEndAt: (time) => startAt(time) + size,
    isGapless: every <= size,
  };
}

function cumulativeAssigner(size: number, step: number, offset: number): AlignedAssigner {
  return {
    boundaryAt: (time) => floorTo(time, step, offset),
    boundaryAfter: (time) => floorTo(time, step, offset) + step,
    firstEndAfter: (time) => floorTo(time, step, offset) + step,
    startOf: (end) => floorTo(end - 1, size, offset),
    lastEndAt: (time) => floorTo(time, size, offset) + size,
    isGapless: true,
  };
}

function calendarAssigner(calendar: Calendar): AlignedAssigner {
  return {
    boundaryAt: (time) => calendar.startOf(time),
    boundaryAfter: (time) => calendar.endOf(time),
    firstEndAfter: (time) => calendar.endOf(time),
    startOf: (end) => calendar.startOf(end - 1),
    lastEndAt: (time) => calendar.endOf(time),
    isGapless: true,
  };
}
