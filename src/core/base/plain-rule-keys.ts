/** json-rules-engine's own keys of a rule, and its engine's options, which are set rule by rule here. */
export const plainRuleKeys: ReadonlySet<string> = new Set([
  "conditions",
  "event",
  "priority",
  "name",
  "allowUndefinedFacts",
  "allowUndefinedConditions",
  "replaceFactsInEventParams",
]);
