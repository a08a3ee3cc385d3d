import { z } from "zod";
import type { RuleDocument } from "./rule.ts";

/** json-rules-engine's options, as a service sets them for every rule that does not say otherwise. */
export const ruleDefaultsSchema = z
  .strictObject({
    allowUndefinedFacts: z.boolean().optional().describe("A fact that is absent is undefined, and no error."),
    allowUndefinedConditions: z
      .boolean()
      .optional()
      .describe("A named condition that is nowhere defined does not hold, and is no fault."),
    replaceFactsInEventParams: z
      .boolean()
      .optional()
      .describe("`{fact: …}` in the parameters of a rule's event is replaced by its value."),
  })
  .describe("json-rules-engine's options for every rule that does not set them itself.");

export type RuleDefaults = z.infer<typeof ruleDefaultsSchema>;

/** The names of the options. */
export const ruleDefaultNames = [
  "allowUndefinedFacts",
  "allowUndefinedConditions",
  "replaceFactsInEventParams",
] as const;

/** The rule as it is with the defaults: they are written into it, so that its stored form says what was in force. */
export function withRuleDefaults(document: RuleDocument, defaults: RuleDefaults): RuleDocument {
  return { ...defaults, ...document };
}
