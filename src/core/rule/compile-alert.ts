import type { RuleDocument } from "../../spec/rule.ts";
import { severities, severityOf } from "../alert/severity.ts";
import { pointerTo } from "../base/fault.ts";
import type { Fault } from "../base/fault.ts";
import { isJsonObject } from "../base/json.ts";
import { nearestOf } from "../base/text-distance.ts";
import { compileExpression } from "../expr/compile-expression.ts";
import { compileFactReference } from "../expr/compile-fact-reference.ts";
import type { CompiledExpression } from "../expr/compiled.ts";
import type { Compiling, ExprContext } from "../expr/context.ts";
import { parseDuration } from "../time/duration.ts";
import type { AlertProgram, EventParameter, RuleProgram } from "./rule-program.ts";

/**
 * One of the five words, or an expression that gives one of them. Another word may be an event field; one that is nearly
 * a severity is refused, for it is more likely a slip.
 */
export function compileSeverity(text: string, context: ExprContext): Compiling<RuleProgram["severity"]> {
  const severity = severityOf(text);
  if (severity !== undefined) return { compiled: { kind: "fixed", severity }, faults: [] };
  const { compiled, faults } = compileExpression(text, "/severity", context);
  const expression = compiled === undefined ? undefined : ({ kind: "expression", expression: compiled } as const);
  if (!/^[A-Za-z]+$/.test(text) || context.names.resolve(text)?.kind !== "field")
    return { compiled: expression, faults };
  const nearest = nearestOf(text, severities);
  const message =
    nearest === undefined
      ? `\`${text}\` is read as a field of the event; the severities are ${severities.join(", ")}; write \`input.${text}\` where the field is meant`
      : `\`${text}\` is no severity; did you mean \`${nearest}\`? A field of that name is \`input.${text}\``;
  const fault: Fault = {
    pointer: "/severity",
    severity: nearest === undefined ? "warning" : "error",
    code: "wrong-value",
    message,
  };
  return { compiled: nearest === undefined ? expression : undefined, faults: [...faults, fault] };
}

/** `program` is undefined for `alert: false`. */
export function compileAlert(
  document: NonNullable<RuleDocument["alert"]>,
  context: ExprContext,
): Compiling<{ readonly program: AlertProgram | undefined }> {
  if (document === false) return { compiled: { program: undefined }, faults: [] };
  const faults: Fault[] = [];
  const fingerprint: CompiledExpression[] = [];
  for (const [index, text] of (document.fingerprint ?? []).entries()) {
    const { compiled, faults: found } = compileExpression(text, pointerTo("/alert/fingerprint", index), context);
    faults.push(...found);
    if (compiled !== undefined) fingerprint.push(compiled);
  }
  const throttle = document.throttle ?? undefined;
  const throttleMs = throttle === undefined ? undefined : parseDuration(throttle);
  if (throttle !== undefined && throttleMs === undefined) {
    const message = `"${throttle}" is no duration in whole milliseconds; write one such as "30s" or "10m"`;
    faults.push({ pointer: "/alert/throttle", severity: "error", code: "wrong-value", message });
  }
  return {
    compiled: {
      program: {
        summary: document.summary,
        fingerprint: document.fingerprint === undefined ? undefined : fingerprint,
        throttleMs,
        labels: document.labels ?? {},
        channels: document.channels ?? [],
      },
    },
    faults,
  };
}

/** Top-level parameters of the event that are `{fact: …}`, as json-rules-engine takes them. */
export function compileEventParameters(
  params: Readonly<Record<string, unknown>> | undefined,
  context: ExprContext,
): Compiling<readonly EventParameter[]> {
  const faults: Fault[] = [];
  const compiled: EventParameter[] = [];
  for (const [name, value] of Object.entries(params ?? {})) {
    if (!isJsonObject(value) || !Object.hasOwn(value, "fact")) continue;
    const reference = compileFactReference(value, pointerTo("/event/params", name), context);
    faults.push(...reference.faults);
    if (reference.compiled !== undefined) compiled.push({ name, value: reference.compiled });
  }
  return { compiled, faults };
}
