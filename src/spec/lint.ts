import type { FaultCode } from "../core/base/fault.ts";

/** A fault of a document, with its place in the file. */
export interface Lint {
  readonly file: string;
  /** RFC 6901 pointer from the root of the file's (YAML) document: an array of documents shows as its first token. */
  readonly pointer: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  /** UTF-16 units at fault on that line; 0 where something is absent. */
  readonly length: number;
  readonly severity: "error" | "warning";
  /** Stable: scripts and editors match on it. */
  readonly code: FaultCode;
  readonly message: string;
}

/** In the order of the file; of one place, errors first. */
export function compareLints(a: Lint, b: Lint): number {
  return a.line - b.line || a.column - b.column || Number(a.severity === "warning") - Number(b.severity === "warning");
}

export function hasErrors(lints: readonly Lint[]): boolean {
  return lints.some(({ severity }) => severity === "error");
}
