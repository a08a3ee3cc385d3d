import { z } from "zod";
import { expectations } from "./expectation.ts";
import { conditionSchema, nameSchema } from "./value.ts";

/** Named conditions, for `{condition: name}` in JSON and `cond('name')` in CEL. */
export const defineSchema = z
  .strictObject({ define: z.record(nameSchema, conditionSchema) })
  .register(expectations, { text: "an object with the single key `define`" });
