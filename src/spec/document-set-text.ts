import { z } from "zod";
import type { ListContent } from "../core/table/list-change.ts";
import type { DocumentSet, ListEntry } from "./document-set.ts";
import { listSchema } from "./list.ts";
import { patternSchema } from "./pattern.ts";
import { pluginRecordSchema } from "./plugin-record.ts";
import { ruleSchema } from "./rule.ts";
import { conditionSchema } from "./value.ts";

/** Documents as their text has them: of a list's file everything but the bytes, which are kept apart. */
export interface StoredDocumentSet extends Omit<DocumentSet, "lists"> {
  readonly lists: readonly StoredListEntry[];
}

interface StoredListEntry extends Omit<ListEntry, "content"> {
  readonly content?: StoredListContent | undefined;
}

export interface StoredListContent extends Omit<ListContent, "bytes"> {
  /** How many bytes there are. */
  readonly size: number;
}

const contentSchema = z.strictObject({
  format: z.enum(["txt", "csv", "mmdb"]),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
});

const setSchema = z.strictObject({
  rules: z.array(z.strictObject({ id: z.string(), document: ruleSchema })),
  patterns: z.array(z.strictObject({ id: z.string(), document: patternSchema })),
  named: z.array(z.strictObject({ name: z.string(), document: conditionSchema })),
  // Written only where there are any.
  lists: z
    .array(z.strictObject({ id: z.string(), document: listSchema, content: contentSchema.optional() }))
    .default([]),
  // As lists are.
  plugins: z.array(pluginRecordSchema).optional(),
});

/** Documents from the text that the store keeps them as; undefined where it is none that this version reads. */
export function readDocumentSet(text: string): StoredDocumentSet | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return setSchema.safeParse(value).data;
}
