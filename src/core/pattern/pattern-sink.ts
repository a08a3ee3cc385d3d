import type { ExprError } from "../expr/expr-error.ts";
import type { Match } from "./match.ts";

/** Where a matcher tells what came of an event or of time. Called before the matcher returns, in order. */
export interface PatternSink {
  match(match: Match): void;
  /** A condition of `step` ended in an error, and so does not hold; `without` has the step `"without"`. */
  error(error: ExprError, step: string): void;
  /** So many of the oldest partial matches were given up at a limit. */
  shed(count: number): void;
}
