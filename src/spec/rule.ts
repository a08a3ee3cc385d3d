import { z } from "zod";
import { inlinePatternSchema } from "./pattern.ts";
import { conditionSchema, durationSchema, expressionSchema, idSchema, nameSchema, typeFilterSchema } from "./value.ts";

const filtered = { where: conditionSchema.nullable().optional().describe("Which events are aggregated; default all that enter the window.") };

export const aggregateSchema = z.union([
  z.literal("count"),
  z.strictObject({ count: z.literal(true), ...filtered }),
  z.strictObject({ sum: expressionSchema, ...filtered }),
  z.strictObject({ avg: expressionSchema, ...filtered }),
  z.strictObject({ min: expressionSchema, ...filtered }),
  z.strictObject({ max: expressionSchema, ...filtered }),
  z.strictObject({ distinct: expressionSchema, ...filtered }),
]);

const windowBody = {
  where: conditionSchema.nullable().optional().describe("Which events enter; default all that reach the rule."),
  aggregate: z.record(nameSchema, aggregateSchema).optional(),
};

export const windowSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("sliding"), size: durationSchema, ...windowBody }),
  z.strictObject({
    type: z.literal("tumbling"),
    size: durationSchema,
    offset: durationSchema.optional(),
    allowedLateness: durationSchema.optional(),
    ...windowBody,
  }),
]);

const severitySchema = z.string().describe("info, low, medium, high or critical, or an expression that gives one of them.");

const eventSchema = z
  .looseObject({ type: z.union([z.string(), z.number()]), params: z.record(z.string(), z.unknown()).nullable().optional() })
  .describe("json-rules-engine's event: its type, and params in which {fact} is replaced if replaceFactsInEventParams is true.");

const alertSchema = z.union([
  z.literal(false),
  z.strictObject({
    summary: z.string().optional().describe("LiquidJS template over the alert and the declared names."),
    fingerprint: z.array(expressionSchema).optional().describe("Alerts of one rule and fingerprint are one incident; default the key."),
    throttle: durationSchema.optional(),
    labels: z.record(z.string(), z.string()).optional(),
    channels: z.array(idSchema).optional(),
  }),
]);

const evaluateSchema = z
  .string()
  .regex(/^(?:event|window:[A-Za-z_][A-Za-z0-9_]*|pattern:[A-Za-z_][A-Za-z0-9_]*)$/, {
    error: 'expected "event", "window:<name>" or "pattern:<name>"',
  });

/** json-rules-engine's own keys; a rule that has only these sees only event fields. */
export const plainRuleKeys = ["conditions", "event", "priority", "name"] as const;

export const ruleSchema = z.strictObject({
  id: idSchema.optional(),
  name: z.union([z.string(), z.number()]).optional(),
  description: z.string().optional(),
  severity: severitySchema.optional(),
  tags: z.array(z.string()).optional(),
  priority: z.number().optional(),
  on: z.array(typeFilterSchema).min(1).optional(),
  where: conditionSchema.nullable().optional(),
  key: z.array(expressionSchema).optional(),
  windows: z.record(nameSchema, windowSchema).optional(),
  patterns: z.record(nameSchema, z.union([idSchema, inlinePatternSchema])).optional(),
  let: z.record(nameSchema, expressionSchema).optional(),
  conditions: conditionSchema.optional(),
  evaluate: z.union([evaluateSchema, z.array(evaluateSchema).min(1)]).optional(),
  event: eventSchema.optional(),
  alert: alertSchema.optional(),
  mode: z.enum(["live", "disabled"]).optional(),
  allowUndefinedFacts: z.boolean().optional(),
  allowUndefinedConditions: z.boolean().optional(),
  replaceFactsInEventParams: z.boolean().optional(),
});

export type AggregateDocument = z.infer<typeof aggregateSchema>;
export type WindowDocument = z.infer<typeof windowSchema>;
export type RuleDocument = z.infer<typeof ruleSchema>;
export type RuleEventDocument = z.infer<typeof eventSchema>;
