import { effectIdOf, positionCause } from "../alert/alert-identity.ts";
import type { EffectId } from "../alert/effect.ts";
import type { DeadLetter } from "../event/dead-letter.ts";
import { type TocsinEvent, wholeOf } from "../event/event.ts";
import { formatDuration } from "../time/duration.ts";
import { type DurationMs, durationMs, type LogTimeMs } from "../time/instant.ts";

/** An effect: see `Output`. */
interface DeadLetterOutput {
  readonly kind: "dead-letter";
  readonly id: EffectId;
  readonly deadLetter: DeadLetter;
}

/** The dead letter of an event that is more than `maxFuture` ahead of log time. Its id is that of any at its position. */
export function letterOfFuture(event: TocsinEvent, logTime: LogTimeMs, maxFuture: DurationMs): DeadLetterOutput {
  const { source, sequence, index } = event.position;
  const detail = `its time is ${shownMs(event.time - logTime)} ahead of the log's, which was ${logTime}; the most is ${shownMs(maxFuture)}`;
  return {
    kind: "dead-letter",
    id: effectIdOf(["dead-letter", source, sequence, index]),
    deadLetter: { ...letterOf(event), reason: "too-far-ahead", detail },
  };
}

/** The dead letter of an event that came too late for a window: one for each rule that asks for it. */
export function letterOfLate(event: TocsinEvent, late: NonNullable<DeadLetter["late"]>): DeadLetterOutput {
  const { rule, window, byMs } = late;
  const detail = `it came too late for window ${window} of rule ${rule}: the watermark was ${byMs === null ? "at its end" : `${shownMs(byMs)} past it`}`;
  return {
    kind: "dead-letter",
    id: effectIdOf(["late", rule, ...positionCause(event.position)]),
    deadLetter: { ...letterOf(event), reason: "late", detail, late },
  };
}

/** Times may be further apart than the language of durations reaches. */
function shownMs(ms: number): string {
  return Number.isSafeInteger(ms) ? formatDuration(durationMs(ms)) : `${ms}ms`;
}

function letterOf(event: TocsinEvent): Pick<DeadLetter, "position" | "raw" | "encoding"> {
  return { position: event.position, raw: JSON.stringify(wholeOf(event)), encoding: "utf8" };
}
