import { z } from "zod";
import type { DocumentSet } from "./document-set.ts";
import { patternSchema } from "./pattern.ts";
import { ruleSchema } from "./rule.ts";
import { conditionSchema } from "./value.ts";

const setSchema = z.strictObject({
  rules: z.array(z.strictObject({ id: z.string(), document: ruleSchema })),
  patterns: z.array(z.strictObject({ id: z.string(), document: patternSchema })),
  named: z.array(z.strictObject({ name: z.string(), document: conditionSchema })),
});

/** Documents from the text that the store keeps them as; undefined where it is none that this version reads. */
export function readDocumentSet(text: string): DocumentSet | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return setSchema.safeParse(value).data;
}
