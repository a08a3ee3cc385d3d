import type { EvaluateDocument, RuleDocument } from "../../spec/rule.ts";
import { pointerTo } from "../base/fault.ts";
import type { Fault } from "../base/fault.ts";
import { nearestOf } from "../base/text-distance.ts";
import type { Compiling } from "../expr/context.ts";
import type { DurationMs } from "../time/instant.ts";
import { readPositiveDuration } from "../window/read-duration.ts";
import { firesByItself } from "../window/window-program.ts";
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
  const everyMs: DurationMs[] = [];
  const evaluate = {
    atEvents: false,
    windows: new Set<string>(),
    patterns: new Set<string>(),
    everyMs,
  };
  const declaredPatterns = Object.keys(document.patterns ?? {});
  const declaredWindows = Object.keys(document.windows ?? {});
  for (const [index, asked] of askedOf(document).entries()) {
    const pointer = Array.isArray(document.evaluate) ? pointerTo("/evaluate", index) : "/evaluate";
    if (typeof asked !== "string") {
      const everyMs = readPositiveDuration(
        asked.every,
        pointerTo(pointer, "every"),
        "A period of 0 never ends",
        faults,
      );
      evaluate.everyMs.push(everyMs);
      continue;
    }
    const [kind = "", name = ""] = asked.split(":");
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

  function askedOf({ evaluate: asked }: RuleDocument): readonly EvaluateDocument[] {
    if (asked !== undefined) return Array.isArray(asked) ? asked : [asked];
    const [pattern] = declaredPatterns;
    if (pattern !== undefined && declaredPatterns.length === 1) return [`pattern:${pattern}`];
    const [window] = windows;
    if (window !== undefined && declaredWindows.length === 1 && firesByItself(window.program.shape))
      return [`window:${window.name}`];
    return ["event"];
  }
}
