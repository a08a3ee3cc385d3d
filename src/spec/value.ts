import { z } from "zod";

/** `"10m"`, `"1h30m"`, `"500ms"`, or ISO 8601 `"PT10M"`. Parsed by `parseDuration` of core/time; here only its form is checked. */
export const durationSchema = z
  .string()
  .regex(/^(?:(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+|P(?!$)(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?)$/, {
    error: 'expected a duration with a unit, such as "500ms", "30s", "10m", "1h30m", "7d" or "PT10M"',
  })
  .describe('A length of time: "500ms", "30s", "10m", "1h30m", "7d", or ISO 8601 "PT10M".');

export const idSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, { error: "expected an id: a letter or _, then letters, digits, _, . and -" })
  .describe("Names the document; unique among those of its kind.");

/** A name that conditions use. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "expected a name: a letter or _, then letters, digits and _" });

export const typeFilterSchema = z
  .string()
  .regex(/^(?:[^\s.*>]+|\*)(?:\.(?:[^\s.*>]+|\*))*(?:\.>)?$|^>$/, {
    error: 'expected an event type filter in NATS subject syntax, such as "auth.login", "auth.*" or "payment.>"',
  })
  .describe("Event type filter in NATS subject syntax.");

/** A field path or a CEL expression. */
export const expressionSchema = z.string().min(1).describe("A field path such as device.id, or a CEL expression.");

/** A CEL string, or json-rules-engine's JSON. What stands inside is checked by the condition compiler, which knows the names. */
export const conditionSchema = z
  .union([z.string().min(1), z.record(z.string(), z.unknown())])
  .describe("A condition: a CEL string, or a json-rules-engine condition (all, any, not, condition, or fact with operator and value).");

export type ConditionDocument = z.infer<typeof conditionSchema>;
export type ExpressionDocument = z.infer<typeof expressionSchema>;
