/** json-rules-engine's own keys of a rule. */
export const plainRuleKeys: ReadonlySet<string> = new Set(["conditions", "event", "priority", "name"]);
