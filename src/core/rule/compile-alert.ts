import type { RuleDocument } from "../../spec/rule.ts";
import type { Severity } from "../alert/effect.ts";
import { pointerTo } from "../base/fault.ts";
import type { Fault } from "../base/fault.ts";
import { isJsonObject } from "../base/json.ts";
import { compileExpression } from "../expr/compile-expression.ts";
import { compileFactReference } from "../expr/compile-fact-reference.ts";
import type { CompiledExpression } from "../expr/compiled.ts";
import type { Compiling, ExprContext } from "../expr/context.ts";
import { parseDuration } from "../time/duration.ts";
import type { AlertProgram, EventParameter, RuleProgram } from "./rule-program.ts";

const severities: readonly Severity[] = ["info", "low", "medium", "high", "critical"];

export function severityOf(value: unknown): Severity | undefined {
  return severities.find((severity) => severity === value);
}

/** One of the five words, or an expression that gives one of them. */
export function compileSeverity(text: string, context: ExprContext): Compiling<RuleProgram["severity"]> {
  const severity = severityOf(text);
  if (severity !== undefined) return { compiled: { kind: "fixed", severity }, faults: [] };
  if (/^[A-Za-z]+$/.test(text) && context.names.resolve(text)?.kind !== "slot") {
    const message = `\`${text}\` is no severity; expected ${severities.join(", ")}, or an expression that gives one of them`;
    return { compiled: undefined, faults: [{ pointer: "/severity", severity: "error", code: "wrong-value", message }] };
  }
  const { compiled, faults } = compileExpression(text, "/severity", context);
  return { compiled: compiled === undefined ? undefined : { kind: "expression", expression: compiled }, faults };
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
  const throttleMs =
    document.throttle === undefined || document.throttle === null ? undefined : parseDuration(document.throttle);
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
