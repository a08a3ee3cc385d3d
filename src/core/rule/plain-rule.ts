import type { RuleDocument } from "../../spec/rule.ts";
import { plainRuleKeys } from "../base/plain-rule-keys.ts";

/** True for a rule that has only json-rules-engine's keys: it sees only event fields. */
export function isPlainRule(document: RuleDocument): boolean {
  return Object.keys(document).every((key) => plainRuleKeys.has(key));
}
