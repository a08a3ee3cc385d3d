import type { Lint } from "../../src/spec/lint.ts";

/** A lint as one line of a test's table: place, severity, code and message. */
export function lintLine({ line, column, length, severity, code, message }: Lint): string {
  return `${line}:${column}+${length} ${severity}[${code}] ${message}`;
}
