import { z } from "zod";
import { expectations } from "./expectation.ts";
import { conditionSchema, durationSchema, eventTypeSchema, expressionSchema, nameSchema } from "./value.ts";

const filtered = {
  where: conditionSchema
    .nullable()
    .optional()
    .describe("Which events are aggregated; default all that enter the window."),
};

const countOf = (most: number) => z.number().int().min(1).max(most);

/** Parameters of what a plug-in adds, as they are written. */
const parametersSchema = z.record(z.string(), z.unknown()).optional().describe("Handed to the plug-in as it is.");

const simpleAggregates = [
  z.literal("count"),
  z.strictObject({ count: z.literal(true), ...filtered }),
  z.strictObject({ sum: expressionSchema, ...filtered }),
  z.strictObject({ avg: expressionSchema, ...filtered }),
  z.strictObject({ min: expressionSchema, ...filtered }),
  z.strictObject({ max: expressionSchema, ...filtered }),
  z.strictObject({ stddev: expressionSchema, ...filtered }),
  z.strictObject({ first: expressionSchema, ...filtered }),
  z.strictObject({ last: expressionSchema, ...filtered }),
  z.strictObject({ distinct: expressionSchema, ...filtered }),
  z.strictObject({
    percentile: expressionSchema,
    p: z.number().min(0).max(1).describe("Which one: 0.5 is the median, 0.99 the 99th."),
    ...filtered,
  }),
  z.strictObject({ topK: expressionSchema, k: countOf(1000).describe("How many values."), ...filtered }),
  z.strictObject({
    collect: expressionSchema,
    limit: countOf(10_000).optional().describe("Most values, the first by event time; default 100."),
    ...filtered,
  }),
  z.strictObject({
    ratio: z.strictObject({ where: conditionSchema }).describe("Share of the events that meet this condition."),
    ...filtered,
  }),
  z.strictObject({ rate: durationSchema.describe("Events in so much time, such as 1s."), ...filtered }),
  z.strictObject({ regression: expressionSchema, ...filtered }),
  z.strictObject({
    use: nameSchema.describe("A plug-in's aggregate."),
    of: expressionSchema.optional(),
    params: parametersSchema,
    ...filtered,
  }),
] as const;

const simpleAggregateSchema = z.union(simpleAggregates);

export const aggregateSchema = z
  .union([
    ...simpleAggregates,
    z.strictObject({
      per: expressionSchema.describe("What the inner aggregate is kept by."),
      of: simpleAggregateSchema,
      give: z.enum(["max", "min", "avg", "sum", "count"]).describe("What is made of the inner ones."),
      ...filtered,
    }),
  ])
  .register(expectations, {
    text: "an aggregate: count, or an object with sum, avg, min, max, stddev, first, last, distinct, percentile, topK, collect, ratio, rate, per, regression or use",
  });

const simpleTriggers = [
  z.strictObject({ on: z.literal("watermark") }),
  z.strictObject({ count: countOf(1_000_000_000) }),
  z.strictObject({ every: durationSchema.describe("In event time, at its multiples.") }),
  z.strictObject({ everyLogTime: durationSchema.describe("In log time, at its multiples.") }),
  z.strictObject({
    when: conditionSchema.describe("Tried on each event that entered, over it and the window so far."),
  }),
  z.strictObject({ use: nameSchema.describe("A plug-in's trigger."), params: parametersSchema }),
] as const;

const innerTriggerSchema = z.union(simpleTriggers);

const purging = { purge: z.boolean().optional().describe("True: a firing empties the window. Default false.") };

const withPurge = <T extends z.ZodRawShape>(schema: z.ZodObject<T>) => schema.extend(purging);

export const triggerSchema = z
  .union([
    withPurge(simpleTriggers[0]),
    withPurge(simpleTriggers[1]),
    withPurge(simpleTriggers[2]),
    withPurge(simpleTriggers[3]),
    withPurge(simpleTriggers[4]),
    withPurge(simpleTriggers[5]),
    z.strictObject({ any: z.array(innerTriggerSchema).min(1), ...purging }),
    z.strictObject({ all: z.array(innerTriggerSchema).min(1), ...purging }),
  ])
  .describe("When the window fires, in place of its own time.")
  .register(expectations, {
    text: "a trigger: an object with on, count, every, everyLogTime, when, any, all or use, and `purge`",
  });

const windowBody = {
  where: conditionSchema.nullable().optional().describe("Which events enter; default all that reach the rule."),
  aggregate: z.record(nameSchema, aggregateSchema).optional(),
};

/** Of windows that know late events. */
const lateness = {
  allowedLateness: durationSchema
    .optional()
    .describe("How far behind the watermark an event still enters; default 0s."),
  lateTo: z
    .union([z.enum(["drop", "deadLetter"]), eventTypeSchema])
    .optional()
    .describe(
      "What becomes of events that came too late: drop (the default), deadLetter, or the type of an event to emit. All are counted.",
    ),
};

const ago = { ago: durationSchema.optional().describe("The window as it was so long before.") };
const triggered = { trigger: triggerSchema.optional() };
const timeZone = z.string().min(1).optional().describe("IANA name; default UTC.");

export const windowSchema = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("sliding"),
      size: durationSchema,
      resolution: durationSchema
        .optional()
        .describe("Events leave in steps of it, and state is bounded by size / resolution; default exact."),
      ...windowBody,
      ...lateness,
      ...ago,
    }),
    z.strictObject({
      type: z.literal("tumbling"),
      size: durationSchema,
      offset: durationSchema.optional(),
      ...windowBody,
      ...lateness,
      ...ago,
      ...triggered,
    }),
    z.strictObject({
      type: z.literal("hopping"),
      size: durationSchema,
      every: durationSchema.describe("Distance from one window's start to the next one's."),
      offset: durationSchema.optional(),
      ...windowBody,
      ...lateness,
      ...ago,
      ...triggered,
    }),
    z.strictObject({
      type: z.literal("cumulative"),
      size: durationSchema,
      step: durationSchema.describe("The window grows by it, up to the size, which is a multiple of it."),
      offset: durationSchema.optional(),
      ...windowBody,
      ...lateness,
      ...ago,
      ...triggered,
    }),
    z.strictObject({
      type: z.literal("session"),
      gap: z
        .union([durationSchema, expressionSchema])
        .describe("A duration, or an expression that gives milliseconds for each event."),
      maxSize: durationSchema.optional().describe("No session is longer; default unbounded."),
      ...windowBody,
      ...lateness,
      ...triggered,
    }),
    z.strictObject({
      type: z.literal("count"),
      size: countOf(1_000_000).describe("In events of the key."),
      every: countOf(1_000_000).optional().describe("Fires at each such event, over the last `size`."),
      ...windowBody,
    }),
    z.strictObject({
      type: z.literal("calendar"),
      unit: z.enum(["hour", "day", "week", "month"]),
      timeZone,
      ...windowBody,
      ...lateness,
      ...ago,
      ...triggered,
    }),
    z.strictObject({
      type: z.literal("global"),
      ttl: durationSchema.optional().describe("Log time without an event after which the window is forgotten."),
      trigger: triggerSchema,
      ...windowBody,
    }),
    z.strictObject({
      type: z.literal("plugin"),
      use: nameSchema.describe("A plug-in's assigner."),
      params: parametersSchema,
      ...windowBody,
      ...lateness,
      ...triggered,
    }),
  ])
  .register(expectations, { text: "a window: an object with `type` and what that type needs" });

export type AggregateDocument = z.infer<typeof aggregateSchema>;
export type TriggerDocument = z.infer<typeof triggerSchema>;
export type WindowDocument = z.infer<typeof windowSchema>;
