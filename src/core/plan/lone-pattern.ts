import type { KeyProgram } from "../rule/key-program.ts";
import type { DeclaredPattern } from "../rule/rule-program.ts";

/** A pattern document that no rule names, compiled with its own key. */
export interface CompiledLonePattern extends Pick<DeclaredPattern, "program" | "filter" | "identity"> {
  readonly id: string;
  readonly key: KeyProgram;
}
