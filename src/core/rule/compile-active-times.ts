import type { ActiveTimesDocument } from "../../spec/rule.ts";
import { pointerTo } from "../base/fault.ts";
import type { Compiling } from "../expr/context.ts";
import { compileActiveTimes as compile } from "../time/active-times.ts";
import type { ActiveTimes } from "../time/active-times.ts";

/** A rule's `activeTimes`; nothing where it is always active. */
export function compileActiveTimes(document: ActiveTimesDocument | undefined): Compiling<ActiveTimes> {
  if (document === undefined) return { compiled: undefined, faults: [] };
  const { activeTimes, faults } = compile(document);
  return {
    compiled: activeTimes,
    faults: faults.map(({ at, index, message }) => ({
      pointer: at === "timeZone" ? "/activeTimes/timeZone" : pointerTo("/activeTimes", at, index),
      severity: "error",
      code: "wrong-value",
      message,
    })),
  };
}
