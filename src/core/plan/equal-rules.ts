import type { RuleDocument } from "../../spec/rule.ts";
import type { Fault } from "../base/fault.ts";
import { canonicalJson } from "../base/json.ts";
import { ExprTexts } from "../expr/check/expr-text.ts";
import type { RuleProgram } from "../rule/rule-program.ts";

/** What a rule says of itself or makes of a decision: it decides nothing. */
const describing = [
  "id",
  "name",
  "description",
  "severity",
  "tags",
  "priority",
  "event",
  "alert",
  "replaceFactsInEventParams",
];
/** What is compared by its compiled form. */
const compiledKeys = ["on", "where", "conditions"];

/** Finds rules that decide the same, though they may say it in other words: told of one rule after the other. */
export class EqualRules {
  readonly firstOf = new Map<string, string>();

  /** A warning for a rule that decides as one before it does. */
  check(id: string, document: RuleDocument, program: RuleProgram): readonly Fault[] {
    const decision = decisionText(document, program);
    const first = this.firstOf.get(decision);
    if (first === undefined) {
      this.firstOf.set(decision, id);
      return [];
    }
    const message = `decides exactly as the rule \`${first}\` does; take one of them out, or make one rule of both`;
    return [{ pointer: "", severity: "warning", code: "equal-rules", message }];
  }
}

function decisionText(
  document: RuleDocument,
  { filter, conditions, windows, patterns, lets, lookups }: RuleProgram,
): string {
  const nameOf = new Map<number, string>();
  for (const { name, slot } of [...windows, ...patterns, ...lets, ...lookups]) nameOf.set(slot, name);
  const texts = new ExprTexts((index) => nameOf.get(index) ?? String(index));
  const rest = Object.entries(document).filter(
    ([key, value]) => value !== null && value !== undefined && ![...describing, ...compiledKeys].includes(key),
  );
  return canonicalJson([
    Object.fromEntries(rest),
    [...new Set(document.on ?? [">"])].sort(),
    filter.where === undefined ? null : texts.of(filter.where.expr),
    conditions === undefined ? null : texts.of(conditions.expr),
  ]);
}
