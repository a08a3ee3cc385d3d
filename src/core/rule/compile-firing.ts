import type { RuleDocument } from "../../spec/rule.ts";
import { type Fault, pointerTo } from "../base/fault.ts";
import { compileCondition } from "../expr/compile-condition.ts";
import type { CompiledCondition } from "../expr/compiled.ts";
import type { Compiling, ExprContext } from "../expr/context.ts";
import { parseDuration } from "../time/duration.ts";
import { type DurationMs, durationMs } from "../time/instant.ts";
import { readDuration, readPositiveDuration } from "../window/read-duration.ts";
import type { CompiledWindow } from "./compile-declared.ts";
import type { DeclaredFiring } from "./rule-program.ts";

/** Undefined where every evaluation that holds simply gives an alert that never ends. */
export function compileFiring(
  document: RuleDocument,
  context: ExprContext,
  windows: readonly CompiledWindow[],
): Compiling<DeclaredFiring | undefined> {
  const faults: Fault[] = [];
  const alert = document.alert === false ? undefined : document.alert;
  const forMs = optional(document.for, "/for", faults) ?? durationMs(0);
  const keepFiringForMs = optional(document.keepFiringFor, "/keepFiringFor", faults);
  const after = alert?.resolveAfter ?? undefined;
  const resolveAfterMs =
    after === undefined
      ? undefined
      : readPositiveDuration(after, "/alert/resolveAfter", "An alert that ends at once tells nothing", faults);
  const written = alert?.resolve ?? "never";
  const resolvesWhenFalse = written === "whenFalse";
  let resolve: CompiledCondition | undefined;
  if (written !== "never" && written !== "whenFalse") {
    const { compiled, faults: found } = compileCondition(written, pointerTo("/alert", "resolve"), context);
    faults.push(...found);
    resolve = compiled;
  }
  if (keepFiringForMs !== undefined && !resolvesWhenFalse) {
    const message =
      "`keepFiringFor` delays the end that `resolve: whenFalse` brings: write that under `alert`, or leave it out";
    faults.push({ pointer: "/keepFiringFor", severity: "error", code: "wrong-value", message });
  }
  const late = windows.filter(({ program }) => program.allowedLatenessMs > 0 && program.shape.kind !== "sliding");
  const lateWindows = new Set(document.alert === false ? [] : late.map(({ name }) => name));
  const isOnChange = forMs > 0 || resolvesWhenFalse;
  const isResolvable = resolvesWhenFalse || resolveAfterMs !== undefined || resolve !== undefined;
  const isPlain = !isOnChange && !isResolvable && lateWindows.size === 0;
  if (isPlain) return { compiled: undefined, faults };
  const program = { forMs, keepFiringForMs, resolvesWhenFalse, isOnChange, resolveAfterMs, isResolvable };
  return { compiled: { program, resolve, lateWindows }, faults };
}

function optional(text: string | null | undefined, pointer: string, faults: Fault[]): DurationMs | undefined {
  return text === undefined || text === null ? undefined : readDuration(text, pointer, faults);
}

/** The longest duration that a rule's document has, in milliseconds: after so long without an event nothing of it changes. */
export function longestDurationOf(document: RuleDocument): DurationMs {
  const { windows = {}, evaluate, alert, for: held, keepFiringFor } = document;
  let longest = 0;
  const waiting: unknown[] = [evaluate, held, keepFiringFor];
  if (alert !== undefined && alert !== false) waiting.push(alert.throttle, alert.resolveAfter);
  for (const window of Object.values(windows)) {
    const { where: _where, aggregate: _aggregate, ...shape } = window;
    waiting.push(Object.values(shape));
  }
  for (let value = waiting.pop(); waiting.length > 0 || value !== undefined; value = waiting.pop()) {
    if (typeof value === "string") longest = Math.max(longest, parseDuration(value) ?? 0);
    else if (typeof value === "object" && value !== null)
      for (const member of Object.values({ ...value })) waiting.push(member);
  }
  return durationMs(longest);
}
