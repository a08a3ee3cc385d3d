import { z } from "zod";
import { expectations, refinesObjects } from "./expectation.ts";
import { inlinePatternSchema } from "./pattern.ts";
import {
  conditionSchema,
  durationSchema,
  eventTypeSchema,
  expressionSchema,
  idSchema,
  keySchema,
  nameSchema,
  typeFilterSchema,
} from "./value.ts";
import { windowSchema } from "./window.ts";

const severitySchema = z
  .string()
  .min(1)
  .describe("info, low, medium, high or critical, or an expression that gives one of them.");

const eventSchema = z
  .looseObject({
    type: z.union([z.string(), z.number()]),
    params: z.record(z.string(), z.unknown()).nullable().optional(),
  })
  .describe(
    "json-rules-engine's event: its type, and params in which {fact} is replaced if replaceFactsInEventParams is true.",
  );

const alertSchema = z
  .union([
    z.literal(false),
    z.strictObject({
      summary: z.string().optional().describe("LiquidJS template over the alert and the declared names."),
      fingerprint: z
        .array(expressionSchema)
        .optional()
        .describe("Alerts of one rule and fingerprint are one incident; default the key."),
      throttle: durationSchema.nullable().optional(),
      resolve: z
        .union([z.enum(["never", "whenFalse"]), conditionSchema])
        .optional()
        .describe(
          "When the alert ends: never (the default), whenFalse, or a condition tried on each event of the key.",
        ),
      resolveAfter: durationSchema
        .nullable()
        .optional()
        .describe("Event time without a new alert after which the alert ends; default never."),
      labels: z.record(z.string(), z.string()).optional(),
      channels: z.array(idSchema).optional(),
    }),
  ])
  .register(expectations, {
    text: "false, or an object with summary, fingerprint, throttle, resolve, resolveAfter, labels or channels",
  });

const lookupSchema = z
  .strictObject({ table: idSchema, key: expressionSchema })
  .describe("A member of a table: the fact holds its fields, `since` and `expires`, or is null where it is not there.");

const memberFieldsSchema = z
  .union([z.array(nameSchema), z.record(nameSchema, expressionSchema)])
  .describe("The member's fields: names of event fields, or names with expressions.");

const listActionSchema = z
  .union([
    z.strictObject({
      add: idSchema.describe("The list that the member is added to."),
      member: expressionSchema,
      ttl: durationSchema.nullable().optional().describe("How long it stays, in log time; default the list's own."),
      fields: memberFieldsSchema.optional(),
    }),
    z.strictObject({
      remove: idSchema.describe("The list that the member is removed from."),
      member: expressionSchema,
    }),
  ])
  .register(expectations, { text: "a change of a list: an object with `add` or `remove`, and `member`" });

const evaluateSchema = z
  .union([
    z.string().regex(/^(?:event|window:[A-Za-z_][A-Za-z0-9_]*|pattern:[A-Za-z_][A-Za-z0-9_]*)$/),
    z.strictObject({ every: durationSchema.describe("In event time, at its multiples, for each key.") }),
  ])
  .register(expectations, { text: '"event", "window:<name>", "pattern:<name>" or {every: <duration>}' });

const emitSchema = z
  .strictObject({
    type: eventTypeSchema.describe("Type of the derived event."),
    fields: z.record(nameSchema, expressionSchema).optional().describe("Its fields, beside id, type and time."),
  })
  .describe("A derived event at each evaluation that holds, whatever `alert` says; not throttled.")
  .register(expectations, { text: "an object with `type` and `fields`" });

const day = "(?:mon|tue|wed|thu|fri|sat|sun)";
const clock = "(?:(?:[01][0-9]|2[0-3]):[0-5][0-9])";

const activeTimesSchema = z
  .strictObject({
    timeZone: z.string().min(1).optional().describe("IANA name; default UTC."),
    days: z
      .array(
        z
          .string()
          .regex(new RegExp(`^${day}(?:-${day})?$`))
          .register(expectations, { text: "a day or a range of days, such as sat or mon-fri" }),
      )
      .min(1)
      .optional()
      .describe("Days of the week, by the time zone; default all."),
    hours: z
      .array(
        z
          .string()
          .regex(new RegExp(`^${clock}-(?:${clock}|24:00)$`))
          .register(expectations, {
            text: 'hours from, and until without the end, such as "09:00-17:00" or "22:00-06:00"',
          }),
      )
      .min(1)
      .optional()
      .describe("Hours of the day; one that goes over midnight belongs to the day on which it begins. Default all."),
  })
  .refine(({ days, hours }) => days !== undefined || hours !== undefined, {
    when: refinesObjects,
    error: "expected `days`, `hours` or both",
  })
  .describe("When results count: outside, state goes on and results are dropped.")
  .register(expectations, { text: "an object with `timeZone`, `days` and `hours`" });

const usedPatternSchema = z
  .union([idSchema, inlinePatternSchema])
  .register(expectations, { text: "the id of a pattern, or an inline pattern" });

/** As json-rules-engine takes it: 0 and null are the default, and of any other value `parseInt` decides. Comes out as a whole number from 1. */
const prioritySchema = z
  .union([z.number(), z.string()])
  .nullable()
  .transform((value, context) => {
    const priority = Number.parseInt(String(value || 1), 10);
    if (priority > 0) return priority;
    context.addIssue({
      code: "custom",
      message: `expected a priority greater than zero, as json-rules-engine does, found ${JSON.stringify(value)}`,
    });
    return z.NEVER;
  })
  .describe("Rules are taken by descending priority, then by id; default 1.")
  .register(expectations, { text: "a priority: a whole number from 1" });

export const ruleSchema = z
  .strictObject({
    id: idSchema.optional(),
    name: z.union([z.string(), z.number()]).optional(),
    description: z.string().optional(),
    severity: severitySchema.optional(),
    tags: z.array(z.string()).optional(),
    priority: prioritySchema.optional(),
    on: z.array(typeFilterSchema).min(1).optional(),
    keys: z
      .strictObject({ list: idSchema.describe("An exact list whose members are the values of the key's one part.") })
      .nullable()
      .optional()
      .describe("Keys that exist before their first event, so that `evaluate: {every: …}` sees their silence."),
    where: conditionSchema.nullable().optional(),
    key: keySchema.optional(),
    windows: z.record(nameSchema, windowSchema).optional(),
    patterns: z.record(nameSchema, usedPatternSchema).optional(),
    lookup: z.record(nameSchema, lookupSchema).optional(),
    let: z.record(nameSchema, expressionSchema).optional(),
    conditions: conditionSchema.optional(),
    evaluate: z.union([evaluateSchema, z.array(evaluateSchema).min(1)]).optional(),
    for: durationSchema
      .nullable()
      .optional()
      .describe("How long the conditions must hold at every evaluation before the alert; default at once."),
    keepFiringFor: durationSchema
      .nullable()
      .optional()
      .describe("How long an alert outlives the last evaluation that held; with `resolve: whenFalse`."),
    limits: z
      .strictObject({
        maxKeys: z.number().int().min(1).optional().describe("Most keys; past it those least recently seen are shed."),
      })
      .optional(),
    event: eventSchema.optional(),
    alert: alertSchema.optional(),
    emit: emitSchema.nullable().optional(),
    lists: z
      .array(listActionSchema)
      .optional()
      .describe("What each evaluation that holds does to lists; it applies to what comes after."),
    mode: z
      .enum(["live", "shadow", "disabled"])
      .optional()
      .describe("shadow: evaluated and recorded, never notified; disabled: checked, and left out."),
    activeTimes: activeTimesSchema.nullable().optional(),
    order: z
      .enum(["eventTime", "arrival"])
      .optional()
      .describe(
        "The order in which events are taken; default eventTime: as the watermark reaches them, where something needs it.",
      ),
    allowUndefinedFacts: z.boolean().optional(),
    allowUndefinedConditions: z.boolean().optional(),
    replaceFactsInEventParams: z.boolean().optional(),
  })
  .register(expectations, { text: "a rule: an object with `conditions`, `event` and the other keys of a rule" });

export type EvaluateDocument = z.infer<typeof evaluateSchema>;
export type EmitDocument = z.infer<typeof emitSchema>;
export type ActiveTimesDocument = z.infer<typeof activeTimesSchema>;
export type RuleDocument = z.infer<typeof ruleSchema>;
