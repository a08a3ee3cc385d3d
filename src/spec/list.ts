import { z } from "zod";
import { expectations } from "./expectation.ts";
import { conditionSchema, durationSchema, expressionSchema, idSchema, nameSchema, typeFilterSchema } from "./value.ts";

const memberSchema = z
  .union([z.string(), z.number(), z.object({ member: z.union([z.string(), z.number()]) }).catchall(z.json())])
  .register(expectations, { text: "a member: a text, a number, or an object with `member` and fields" });

const feedSchema = z
  .strictObject({
    on: z.array(typeFilterSchema).min(1).optional().describe("Event types that feed the list; default every event."),
    where: conditionSchema.nullable().optional(),
    member: expressionSchema.describe("What becomes a member. Absent or null: the event feeds nothing."),
    fields: z
      .union([z.array(nameSchema), z.record(nameSchema, expressionSchema)])
      .optional()
      .describe("The member's fields: names of event fields, or names with expressions. The last value stays."),
  })
  .describe("Members out of events: the last one of a member replaces the one before.");

export const listSchema = z
  .strictObject({
    id: idSchema.optional(),
    description: z.string().optional(),
    kind: z
      .enum(["exact", "cidr", "suffix"])
      .optional()
      .describe(
        "exact (default): equal values. cidr: addresses within blocks, the longest prefix first. suffix: domains, a member stands for itself and what is below it.",
      ),
    file: z
      .string()
      .min(1)
      .optional()
      .describe("Members in a file beside this document: .txt (one a line), .csv (with a header), .mmdb (MaxMind)."),
    members: z.array(memberSchema).optional().describe("Members written here, beside those of `file`."),
    fields: z
      .array(nameSchema)
      .min(1)
      .optional()
      .describe("The fields of a table's members: columns of the CSV; default all of its header but the first."),
    ttl: durationSchema.optional().describe("How long a member that was added stays, in log time; default for ever."),
    maxMembers: z
      .int()
      .positive()
      .optional()
      .describe("Most members that are added beside those of `file`; past it the oldest are shed. Default 1,000,000."),
    feed: feedSchema.optional(),
  })
  .register(expectations, { text: "a list: an object with `id`, and `file`, `members`, `feed` or none of them" });

export type ListDocument = z.infer<typeof listSchema>;
