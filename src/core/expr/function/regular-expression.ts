import { RE2JS } from "re2js";
import { ExprError } from "../expr-error.ts";

/** True where the pattern fits any part of the text. */
export type MatchText = (text: string) => boolean;

export interface PatternOptions {
  readonly ignoreCase: boolean;
}

/** Longer patterns are refused: they may come out of an event, and compiling takes time and memory by their length. */
const patternLengthMax = 4096;

/** RE2 syntax; time linear in the text. A pattern that is none gives an ExprError that says why. */
export function compilePattern(pattern: string, { ignoreCase }: PatternOptions): MatchText | ExprError {
  if (pattern.length > patternLengthMax) {
    return new ExprError("argument", `a regular expression of more than ${patternLengthMax} characters`);
  }
  try {
    const compiled = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    return (text) => compiled.test(text);
  } catch (cause) {
    return new ExprError("argument", cause instanceof Error ? cause.message : `no regular expression: ${pattern}`);
  }
}

/** Patterns that come from events, compiled once. At the limit the oldest goes. */
export class PatternCache {
  readonly patterns = new Map<string, MatchText | ExprError>();
  readonly countMax: number;
  readonly options: PatternOptions;

  constructor(countMax: number, options: PatternOptions) {
    this.countMax = countMax;
    this.options = options;
  }

  get(pattern: string): MatchText | ExprError {
    const known = this.patterns.get(pattern);
    if (known !== undefined) return known;
    if (this.patterns.size >= this.countMax) {
      for (const oldest of this.patterns.keys()) {
        this.patterns.delete(oldest);
        break;
      }
    }
    const compiled = compilePattern(pattern, this.options);
    this.patterns.set(pattern, compiled);
    return compiled;
  }
}
