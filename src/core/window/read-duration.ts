import type { Fault } from "../base/fault.ts";
import { parseDuration } from "../time/duration.ts";
import { type DurationMs, durationMs } from "../time/instant.ts";

/** A fault where it is none; the duration then given is never used. */
export function readDuration(text: string, pointer: string, faults: Fault[]): DurationMs {
  const duration = parseDuration(text);
  if (duration !== undefined) return duration;
  faults.push({
    pointer,
    severity: "error",
    code: "wrong-value",
    message: `"${text}" is no duration; write whole milliseconds with units from the greatest to the least, such as "500ms", "10m", "1h30m" or "PT10M".`,
  });
  return durationMs(1);
}

/** Likewise of a duration that may not be 0; `why` says what it would mean. */
export function readPositiveDuration(text: string, pointer: string, why: string, faults: Fault[]): DurationMs {
  const duration = readDuration(text, pointer, faults);
  if (duration > 0) return duration;
  faults.push({
    pointer,
    severity: "error",
    code: "wrong-value",
    message: `${why}; give more than 0, such as "10m".`,
  });
  return durationMs(1);
}
