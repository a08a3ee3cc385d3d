import type { WindowDocument } from "../../spec/window.ts";
import { type Fault, pointerTo } from "../base/fault.ts";
import { didYouMean } from "../base/text-distance.ts";
import type { Compiling } from "../expr/context.ts";
import { parseDuration } from "../time/duration.ts";
import { durationMs } from "../time/instant.ts";
import { isTimeZone } from "../time/time-zone.ts";
import { readDuration, readPositiveDuration } from "./read-duration.ts";
import type { SessionGap, WindowContext, WindowShape } from "./window-program.ts";

/** Compiles what says which times a window is over; `pointer` leads to the window. */
export function compileShape(
  document: WindowDocument,
  pointer: string,
  context: WindowContext,
): Compiling<WindowShape> {
  const faults: Fault[] = [];
  const positive = (key: string, text: string, why = `A window with \`${key}: ${text}\` can hold no event`) =>
    readPositiveDuration(text, pointerTo(pointer, key), why, faults);
  const offset = (text: string | undefined) => readDuration(text ?? "0s", pointerTo(pointer, "offset"), faults);
  const wrong = (key: string, message: string) =>
    faults.push({ pointer: pointerTo(pointer, key), severity: "error", code: "wrong-value", message });
  const done = (compiled: WindowShape | undefined) => ({ compiled, faults });

  switch (document.type) {
    case "sliding": {
      const sizeMs = positive("size", document.size);
      if (document.resolution === undefined) return done({ kind: "sliding", sizeMs, resolutionMs: undefined });
      const resolutionMs = positive("resolution", document.resolution);
      if (resolutionMs > sizeMs) wrong("resolution", "`resolution` is greater than `size`: make it a part of it");
      return done({ kind: "sliding", sizeMs, resolutionMs });
    }
    case "tumbling":
      return done({ kind: "tumbling", sizeMs: positive("size", document.size), offsetMs: offset(document.offset) });
    case "hopping": {
      const sizeMs = positive("size", document.size);
      const everyMs = positive("every", document.every);
      return done({ kind: "hopping", sizeMs, everyMs, offsetMs: offset(document.offset) });
    }
    case "cumulative": {
      const sizeMs = positive("size", document.size);
      const stepMs = positive("step", document.step);
      if (sizeMs % stepMs !== 0)
        wrong("step", "`size` is no multiple of `step`: the last step would not end with the window");
      return done({ kind: "cumulative", sizeMs, stepMs, offsetMs: offset(document.offset) });
    }
    case "calendar": {
      const timeZone = document.timeZone ?? "UTC";
      if (!isTimeZone(timeZone))
        wrong("timeZone", `no time zone is called "${timeZone}": write an IANA name such as Europe/Berlin`);
      return done({ kind: "calendar", unit: document.unit, timeZone });
    }
    case "session": {
      const gap = compileGap(document.gap, pointerTo(pointer, "gap"), context, faults);
      const sizeMsMax = document.maxSize === undefined ? undefined : positive("maxSize", document.maxSize);
      return done(gap === undefined ? undefined : { kind: "session", gap, sizeMsMax });
    }
    case "count":
      return done({ kind: "count", size: document.size, every: document.every ?? document.size });
    case "global": {
      const ttlMs =
        document.ttl === undefined
          ? undefined
          : positive("ttl", document.ttl, "A `ttl` of 0 forgets each event at once");
      return done({ kind: "global", ttlMs });
    }
    case "plugin": {
      const { use, params = {} } = document;
      const assigners = context.extensions?.assigners;
      const custom = assigners?.get(use);
      if (custom !== undefined) return done({ kind: "custom", custom, params });
      const hint = didYouMean(use, [...(assigners?.keys() ?? [])]) || ": name a plug-in that has it under `plugins`";
      faults.push({
        pointer: pointerTo(pointer, "use"),
        severity: "error",
        code: "unknown-name",
        message: `no plug-in has an assigner \`${use}\`${hint}`,
      });
      return done(undefined);
    }
  }
}

/** What reads as a duration is one; all else is an expression. */
function compileGap(text: string, pointer: string, context: WindowContext, faults: Fault[]): SessionGap | undefined {
  const gapMs = parseDuration(text);
  if (gapMs !== undefined) {
    if (gapMs > 0) return { kind: "fixed", gapMs };
    faults.push({
      pointer,
      severity: "error",
      code: "wrong-value",
      message: 'A gap of 0 makes a session of each event; give more, such as "10m".',
    });
    return { kind: "fixed", gapMs: durationMs(1) };
  }
  const { compiled, faults: found } = context.expressions(text, pointer, context.names);
  faults.push(...found);
  return compiled === undefined ? undefined : { kind: "expression", expression: compiled };
}
