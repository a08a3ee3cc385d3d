import { isJsonObject } from "../base/json.ts";
import type { ConditionDocument } from "../../spec/value.ts";

const celReference = /\bcond\(\s*(?:'([^']*)'|"([^"]*)")\s*\)/g;

/**
 * The named conditions that documents lead to, through each other too, sorted by name: part of what decides in a rule,
 * and of the identity of an operator that uses them.
 */
export function namedConditionsIn(
  documents: readonly unknown[],
  named: ReadonlyMap<string, ConditionDocument>,
): readonly (readonly [name: string, document: ConditionDocument])[] {
  const found = new Map<string, ConditionDocument>();
  const waiting: unknown[] = [...documents];
  for (let next = waiting.pop(); next !== undefined || waiting.length > 0; next = waiting.pop()) {
    for (const name of namesReferredTo(next, waiting)) {
      const document = named.get(name);
      if (document === undefined || found.has(name)) continue;
      found.set(name, document);
      waiting.push(document);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Names that `value` itself refers to; what it contains is appended to `waiting`. */
function namesReferredTo(value: unknown, waiting: unknown[]): string[] {
  if (typeof value === "string")
    return [...value.matchAll(celReference)].map(([, single, double]) => single ?? double ?? "");
  if (Array.isArray(value)) for (const item of value) waiting.push(item);
  if (!isJsonObject(value)) return [];
  waiting.push(...Object.values(value));
  return typeof value["condition"] === "string" ? [value["condition"]] : [];
}
