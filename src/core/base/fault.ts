/**
 * A fault in something a user wrote. Faults are collected, never thrown: a document shows all of its faults in one pass.
 * Where it stands in a file is worked out later, from `pointer` and `at`.
 */
export interface Fault {
  /** RFC 6901 JSON pointer from the document's root to the value at fault; `""` is the document itself. */
  readonly pointer: string;
  /** True where the key at `pointer` is at fault, not its value. */
  readonly atKey?: boolean;
  /** 0-based offset in UTF-16 units inside the string at `pointer`, for faults inside an expression. */
  readonly at?: number;
  readonly severity: "error" | "warning";
  readonly code: FaultCode;
  /** One sentence that says what is wrong and how to mend it. */
  readonly message: string;
}

/** Stable: scripts and editors match on it. */
export type FaultCode =
  | "syntax"
  | "unknown-key"
  | "unknown-name"
  | "wrong-type"
  | "wrong-value"
  | "missing-key"
  | "duplicate"
  | "expression"
  | "unsupported"
  | "pattern"
  | "cycle"
  | "hidden-field"
  | "never-holds"
  | "always-holds"
  | "unlike-types"
  | "unknown-field"
  | "unused-name"
  | "unseen-type"
  | "equal-rules"
  | "template";

/** Appends one token to a JSON pointer, escaping `~` and `/` as RFC 6901 asks. */
export function pointerTo(pointer: string, ...tokens: readonly (string | number)[]): string {
  let result = pointer;
  for (const token of tokens) result += `/${String(token).replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return result;
}
