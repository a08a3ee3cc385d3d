import type { Severity } from "./effect.ts";

/** From the least to the greatest. */
export const severities: readonly Severity[] = ["info", "low", "medium", "high", "critical"];

/** The severity that a value is the word of. */
export function severityOf(value: unknown): Severity | undefined {
  return severities.find((severity) => severity === value);
}

/** True where `to` is more severe than `from`. */
export function isRise(from: Severity, to: Severity): boolean {
  return severities.indexOf(to) > severities.indexOf(from);
}
