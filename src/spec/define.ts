import { z } from "zod";
import { conditionSchema, nameSchema } from "./value.ts";

/** Named conditions, for `{condition: name}` in JSON and `cond('name')` in CEL. */
export const defineSchema = z.strictObject({ define: z.record(nameSchema, conditionSchema) });

export type DefineDocument = z.infer<typeof defineSchema>;
