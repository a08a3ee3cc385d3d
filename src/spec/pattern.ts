import { z } from "zod";
import { expectations, refinesObjects } from "./expectation.ts";
import { conditionSchema, durationSchema, idSchema, keySchema, nameSchema, typeFilterSchema } from "./value.ts";

const spanAndGapSchema = z
  .strictObject({ span: durationSchema.optional(), gap: durationSchema.optional() })
  .refine(({ span, gap }) => span !== undefined || gap !== undefined, {
    when: refinesObjects,
    error: "expected `span`, `gap` or both",
  })
  .meta({ minProperties: 1 });

const boundSchema = z
  .union([durationSchema, spanAndGapSchema])
  .nullable()
  .describe(
    "A span from the first to the last event, or {gap} from each event to the one taken before, or both. The right border is outside.",
  );

const timesSchema = z
  .union([z.int().min(1), z.string().regex(/^\d+(?:\+|\.\.\d+)$/)])
  .describe('How often: n, "n+" or "n..m"; default 1.')
  .register(expectations, { text: 'a whole number from 1, "n+" or "n..m"' });

/** The keys that say a step's name and its contiguity to the step before. */
const stepNameKeys = ["begin", "next", "followedBy", "followedByAny", "notNext", "notFollowedBy"] as const;

/** One step. Exactly one of the six keys that say its name and its contiguity is there. */
export const stepSchema = z
  .strictObject({
    begin: nameSchema.optional().describe("Name of the first step."),
    next: nameSchema.optional().describe("Name; strict contiguity: the very next event."),
    followedBy: nameSchema.optional().describe("Name; relaxed contiguity: the next event that fits."),
    followedByAny: nameSchema
      .optional()
      .describe("Name; non-deterministic relaxed contiguity: any later event that fits."),
    notNext: nameSchema.optional().describe("Name; the very next event must not fit."),
    notFollowedBy: nameSchema.optional().describe("Name; no event that fits may come before the next step."),
    on: z.array(typeFilterSchema).optional(),
    where: conditionSchema.nullable().optional(),
    times: timesSchema.optional(),
    inner: z
      .enum(["relaxed", "strict", "combinations"])
      .optional()
      .describe("Contiguity inside the loop; default relaxed."),
    greedy: z.boolean().optional(),
    optional: z.boolean().optional(),
    within: boundSchema.optional(),
    until: conditionSchema.nullable().optional().describe("Ends an open loop; the event that meets it is not taken."),
  })
  .refine((step) => stepNameKeys.filter((key) => step[key] !== undefined).length === 1, {
    when: refinesObjects,
    error: `a step has exactly one of the keys ${stepNameKeys.map((key) => `\`${key}\``).join(", ")}: it names the step`,
  })
  .meta({ oneOf: stepNameKeys.map((key) => ({ required: [key] })) });

const skipSchema = z
  .union([
    z.enum(["none", "toNext", "pastLastEvent"]),
    z.strictObject({ toFirst: nameSchema }),
    z.strictObject({ toLast: nameSchema }),
  ])
  .register(expectations, { text: "none, toNext, pastLastEvent, {toFirst: step} or {toLast: step}" });

/** What a pattern says, wherever it stands; an inline one has no `id` and `key`. */
const patternBody = {
  on: z.array(typeFilterSchema).min(1).optional(),
  where: conditionSchema.nullable().optional(),
  within: boundSchema.optional(),
  skip: skipSchema.optional().describe("After-match skip strategy; default none."),
  emit: z.literal("each").optional().describe("Which matches come out; this version knows each, the default."),
  limit: z.null().optional().describe("Most matches for each closing event; this version knows none."),
  emitTimeouts: z.boolean().optional(),
  without: z.record(nameSchema, conditionSchema).optional(),
  limits: z
    .strictObject({ maxPartialMatches: z.int().min(1).optional(), maxBufferedEvents: z.int().min(1).optional() })
    .optional(),
  sequence: z.array(stepSchema).min(1),
};

export const inlinePatternSchema = z.strictObject(patternBody);
export const patternSchema = z
  .strictObject({
    id: idSchema.optional(),
    description: z.string().optional(),
    key: keySchema.optional(),
    ...patternBody,
  })
  .register(expectations, { text: "a pattern: an object with `sequence`" });

export type StepDocument = z.infer<typeof stepSchema>;
export type InlinePatternDocument = z.infer<typeof inlinePatternSchema>;
export type PatternDocument = z.infer<typeof patternSchema>;
