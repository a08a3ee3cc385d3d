import { z } from "zod";
import { expectations } from "./expectation.ts";

const durationForm =
  /^(?:(?=\d)(?:\d+(?:\.\d+)?w)?(?:\d+(?:\.\d+)?d)?(?:\d+(?:\.\d+)?h)?(?:\d+(?:\.\d+)?m(?!s))?(?:\d+(?:\.\d+)?s)?(?:\d+(?:\.\d+)?ms)?|P(?!$)(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?)$/;

/** `"10m"`, `"1h30m"`, `"500ms"`, or ISO 8601 `"PT10M"`. Parsed by `parseDuration` of core/time; here only its form is checked. */
export const durationSchema = z
  .string()
  .regex(durationForm)
  .describe('A length of time: "500ms", "30s", "10m", "1h30m", "7d", or ISO 8601 "PT10M".')
  .register(expectations, { text: 'a duration with a unit, such as "500ms", "30s", "10m", "1h30m", "7d" or "PT10M"' });

/** The same, or `"never"`. Parsed by `parseDurationOrNever`. */
export const durationOrNeverSchema = z
  .string()
  .regex(new RegExp(`^never$|${durationForm.source}`))
  .register(expectations, { text: 'a duration with a unit, such as "30s" or "10m", or "never"' });

export const idSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/)
  .describe("Names the document; unique among those of its kind.")
  .register(expectations, { text: "an id: a letter or _, then letters, digits, _, . and -" });

/** A name that conditions use. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
  .register(expectations, { text: "a name: a letter or _, then letters, digits and _" });

export const typeFilterSchema = z
  .string()
  .regex(/^(?:[^\s.*>]+|\*)(?:\.(?:[^\s.*>]+|\*))*(?:\.>)?$|^>$/)
  .describe("Event type filter in NATS subject syntax.")
  .register(expectations, {
    text: 'an event type filter in NATS subject syntax, such as "auth.login", "auth.*" or "payment.>"',
  });

/** What an event type filter without wildcards fits. */
export const eventTypeSchema = z
  .string()
  .regex(/^[^\s.*>]+(?:\.[^\s.*>]+)*$/)
  .register(expectations, { text: "an event type such as risk.card_testing" });

/** A field path or a CEL expression. */
export const expressionSchema = z
  .string()
  .min(1)
  .describe("A field path such as device.id, or a CEL expression.")
  .register(expectations, { text: "a field path such as device.id, or a CEL expression" });

/** A CEL string, or json-rules-engine's JSON. What stands inside is checked by the condition compiler, which knows the names. */
export const conditionSchema = z
  .union([z.string().min(1), z.record(z.string(), z.unknown())])
  .describe(
    "A condition: a CEL string, or a json-rules-engine condition (all, any, not, condition, or fact with operator and value).",
  )
  .register(expectations, { text: "a condition: a CEL text, or an object with all, any, not, condition or fact" });

const keyPartSchema = z
  .union([
    expressionSchema,
    z.strictObject({ each: z.array(expressionSchema).min(1) }),
    z
      .record(typeFilterSchema, expressionSchema)
      .refine((choices) => Object.keys(choices).length > 0, "give at least one event type filter")
      .refine(
        (choices) => Object.keys(choices).every((filter) => !/^\d+$/.test(filter)),
        "a type of digits alone would lose its place in the order: put it behind another token",
      )
      .meta({ minProperties: 1 }),
  ])
  .describe(
    "An expression; or by event type filter, the first that fits; or {each: [from, to]}: the event is taken once for each distinct value.",
  )
  .register(expectations, {
    text: "an expression, {each: [expression, …]}, or a map from event type filters to expressions",
  });

export const keySchema = z
  .union([z.array(expressionSchema), z.record(nameSchema, keyPartSchema)])
  .describe("What the state is kept by; default one global key.")
  .register(expectations, { text: "a list of expressions, or a map from names to expressions" });

export type KeyPartDocument = z.infer<typeof keyPartSchema>;
export type KeyDocument = z.infer<typeof keySchema>;
export type ConditionDocument = z.infer<typeof conditionSchema>;
export type ExpressionDocument = z.infer<typeof expressionSchema>;
