import type { Fault } from "../core/base/fault.ts";
import type { ParsedDocument } from "./document.ts";
import type { Lint } from "./lint.ts";

/** Finds the place of a fault whose pointer begins at the root of `source`. */
export function lintOfFault(source: ParsedDocument, fault: Fault): Lint {
  const place = source.locate(fault.pointer, {
    ...(fault.atKey === undefined ? {} : { atKey: fault.atKey }),
    ...(fault.at === undefined ? {} : { at: fault.at }),
  });
  return {
    file: source.file,
    pointer: source.base + fault.pointer,
    ...place,
    severity: fault.severity,
    code: fault.code,
    message: fault.message,
  };
}
