import { z } from "zod";
import { conditionSchema, durationSchema, expressionSchema, idSchema, nameSchema, typeFilterSchema } from "./value.ts";

const boundSchema = z
  .union([durationSchema, z.strictObject({ span: durationSchema.optional(), gap: durationSchema.optional() })])
  .nullable()
  .describe("A span from the first to the last event, or {gap} from each event to the one taken before, or both. The right border is outside.");

const timesSchema = z
  .union([z.int().min(1), z.string().regex(/^\d+(?:\+|\.\.\d+)$/, { error: 'expected a number, "n+" or "n..m"' })])
  .describe('How often: n, "n+" or "n..m"; default 1.');

/** One step. Exactly one of the six keys that say its name and its contiguity is there. */
export const stepSchema = z.strictObject({
  begin: nameSchema.optional(),
  next: nameSchema.optional(),
  followedBy: nameSchema.optional(),
  followedByAny: nameSchema.optional(),
  notNext: nameSchema.optional(),
  notFollowedBy: nameSchema.optional(),
  on: z.array(typeFilterSchema).optional(),
  where: conditionSchema.nullable().optional(),
  times: timesSchema.optional(),
  inner: z.enum(["relaxed", "strict", "combinations"]).optional().describe("Contiguity inside the loop; default relaxed."),
  greedy: z.boolean().optional(),
  optional: z.boolean().optional(),
  within: boundSchema.optional(),
  until: conditionSchema.nullable().optional().describe("Ends an open loop; the event that meets it is not taken."),
});

const skipSchema = z.union([
  z.enum(["none", "toNext", "pastLastEvent"]),
  z.strictObject({ toFirst: nameSchema }),
  z.strictObject({ toLast: nameSchema }),
]);

/** What a pattern says, wherever it stands; an inline one has no `id` and `key`. */
const patternBody = {
  on: z.array(typeFilterSchema).min(1).optional(),
  where: conditionSchema.nullable().optional(),
  within: boundSchema.optional(),
  skip: skipSchema.optional().describe("After-match skip strategy; default none."),
  emitTimeouts: z.boolean().optional(),
  without: z.record(nameSchema, conditionSchema).optional(),
  limits: z.strictObject({ maxPartialMatches: z.int().min(1).optional(), maxBufferedEvents: z.int().min(1).optional() }).optional(),
  sequence: z.array(stepSchema).min(1),
};

export const inlinePatternSchema = z.strictObject(patternBody);
export const patternSchema = z.strictObject({ id: idSchema.optional(), description: z.string().optional(), key: z.array(expressionSchema).optional(), ...patternBody });

export type StepDocument = z.infer<typeof stepSchema>;
export type InlinePatternDocument = z.infer<typeof inlinePatternSchema>;
export type PatternDocument = z.infer<typeof patternSchema>;
