import type { InlinePatternDocument } from "../../spec/pattern.ts";
import { type Fault, pointerTo } from "../base/fault.ts";
import { parseDuration } from "../time/duration.ts";
import type { DurationMs } from "../time/instant.ts";

/** `within`, at a pattern or a step. Right borders are outside. */
export interface Bounds {
  /** First to last event. */
  readonly spanMs: DurationMs | undefined;
  /** Each event to the one taken before. */
  readonly gapMs: DurationMs | undefined;
}

const noBounds: Bounds = { spanMs: undefined, gapMs: undefined };

/** @param outer of the pattern, where this is a step's: a longer bound inside a shorter one never decides. */
export function compileBounds(
  document: InlinePatternDocument["within"],
  pointer: string,
  faults: Fault[],
  outer: Bounds = noBounds,
): Bounds {
  if (document === null || document === undefined) return noBounds;
  if (typeof document === "string") {
    const spanMs = compileBound(document, pointer, faults);
    checkInside({ spanMs, gapMs: undefined }, outer, pointer, faults);
    return { spanMs, gapMs: undefined };
  }
  const { span, gap } = document;
  if (span === undefined && gap === undefined) {
    faults.push({
      pointer,
      severity: "error",
      code: "missing-key",
      message: "`within` bounds nothing; give it a `span`, a `gap`, or both",
    });
    return noBounds;
  }
  const bounds = {
    spanMs: span === undefined ? undefined : compileBound(span, pointerTo(pointer, "span"), faults),
    gapMs: gap === undefined ? undefined : compileBound(gap, pointerTo(pointer, "gap"), faults),
  };
  if (isLonger(bounds.gapMs, bounds.spanMs)) {
    faults.push(
      longer(pointerTo(pointer, "gap"), "`gap` is longer than `span`, so it never decides; shorten it or leave it out"),
    );
  }
  checkInside(bounds, outer, pointer, faults);
  return bounds;
}

function compileBound(text: string, pointer: string, faults: Fault[]): DurationMs | undefined {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  const message =
    ms === undefined
      ? `"${text}" is no duration; write whole milliseconds with a unit, greatest unit first, such as "500ms", "30s" or "1h30m"`
      : `a bound of "${text}" lets no second event in; write a longer one, or leave it out`;
  faults.push({ pointer, severity: "error", code: "wrong-value", message });
  return undefined;
}

function checkInside({ spanMs, gapMs }: Bounds, outer: Bounds, pointer: string, faults: Fault[]): void {
  if (!isLonger(spanMs, outer.spanMs) && !isLonger(gapMs, outer.spanMs)) return;
  faults.push(
    longer(pointer, "this is longer than the pattern's own `within`, so it never decides; shorten it or leave it out"),
  );
}

function isLonger(ms: DurationMs | undefined, boundMs: DurationMs | undefined): boolean {
  return ms !== undefined && boundMs !== undefined && ms > boundMs;
}

function longer(pointer: string, message: string): Fault {
  return { pointer, severity: "error", code: "pattern", message };
}
