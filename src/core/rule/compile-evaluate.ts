import type { RuleDocument } from "../../spec/rule.ts";
import { pointerTo } from "../base/fault.ts";
import type { Fault } from "../base/fault.ts";
import { nearestOf } from "../base/text-distance.ts";
import type { Compiling } from "../expr/context.ts";
import type { Declared } from "./compile-declared.ts";
import type { RuleProgram } from "./rule-program.ts";

/**
 * When the rule is evaluated. The default is its pattern where it has exactly one; else its window where it has exactly
 * one and that fires on its own; else each event.
 */
export function compileEvaluate(
  document: RuleDocument,
  { windows }: Pick<Declared, "windows">,
): Compiling<RuleProgram["evaluate"]> {
  const faults: Fault[] = [];
  const evaluate = { atEvents: false, windows: new Set<string>(), patterns: new Set<string>() };
  const declaredPatterns = Object.keys(document.patterns ?? {});
  const declaredWindows = Object.keys(document.windows ?? {});
  for (const [index, text] of askedOf(document).entries()) {
    const pointer = Array.isArray(document.evaluate) ? pointerTo("/evaluate", index) : "/evaluate";
    const [kind = "", name = ""] = text.split(":");
    if (kind === "event") evaluate.atEvents = true;
    else if (kind === "window") evaluate.windows.add(name);
    else evaluate.patterns.add(name);
    const candidates = kind === "window" ? declaredWindows : declaredPatterns;
    if (kind !== "event" && !candidates.includes(name)) {
      const nearest = nearestOf(name, candidates);
      const hint = nearest === undefined ? `declare it under \`${kind}s\`` : `did you mean \`${kind}:${nearest}\`?`;
      faults.push({
        pointer,
        severity: "error",
        code: "unknown-name",
        message: `the rule declares no ${kind} \`${name}\`; ${hint}`,
      });
    }
  }
  if (document.conditions === undefined && evaluate.atEvents) {
    const message =
      "a rule that is evaluated at events needs `conditions`; they may be left out where a pattern or a window that fires decides";
    faults.push({ pointer: "", severity: "error", code: "missing-key", message });
  }
  return { compiled: evaluate, faults };

  function askedOf({ evaluate: asked }: RuleDocument): readonly string[] {
    if (asked !== undefined) return typeof asked === "string" ? [asked] : asked;
    const [pattern] = declaredPatterns;
    if (pattern !== undefined && declaredPatterns.length === 1) return [`pattern:${pattern}`];
    const [window] = windows;
    if (window !== undefined && declaredWindows.length === 1 && window.program.kind !== "sliding")
      return [`window:${window.name}`];
    return ["event"];
  }
}
