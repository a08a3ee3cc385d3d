import { z } from "zod";

/**
 * A plug-in as documents are kept with it: what it adds to the language, and what tells its versions apart. Its code is not
 * kept: docs/guarantees.md.
 */
export const pluginRecordSchema = z.strictObject({
  name: z.string(),
  /** The version it gives itself, else the hash of its file. */
  identity: z.string(),
  facts: z.array(
    z.strictObject({ name: z.string(), isAsync: z.boolean(), isCached: z.boolean(), priority: z.number() }),
  ),
  operators: z.array(z.string()),
  decorators: z.array(z.string()),
});

export type PluginRecord = Readonly<z.infer<typeof pluginRecordSchema>>;
