import type { DocumentSet, ListEntry } from "../../spec/document-set.ts";
import { sha256Hex } from "../base/hash.ts";
import { canonicalJson } from "../base/json.ts";
import type { ListContent } from "../table/list-change.ts";

export type { DocumentSet } from "../../spec/document-set.ts";

export const noDocuments: DocumentSet = { rules: [], patterns: [], named: [], lists: [] };

/** The hash that names a set in checkpoints and journal: of its content, whatever files it came from and in what order. */
export function documentSetHash(set: DocumentSet): string {
  return sha256Hex(canonicalJson(ordered(set)));
}

/** The text that a set is stored as: its documents sorted by id, each with its keys as they were written. */
export function documentSetText(set: DocumentSet): string {
  return JSON.stringify(ordered(set));
}

/** What is hashed and stored of a set: of a list's file its format and hash, not its bytes. A set without lists says nothing of them. */
interface SetText extends Omit<DocumentSet, "lists"> {
  readonly lists?: readonly StoredListEntry[];
}

export interface StoredListEntry extends Omit<ListEntry, "content"> {
  readonly content?: Omit<ListContent, "bytes"> & { readonly size: number };
}

function ordered({ rules, patterns, named, lists, plugins = [] }: DocumentSet): SetText {
  const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);
  return {
    rules: rules.toSorted(byId),
    patterns: patterns.toSorted(byId),
    named: named.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ...(lists.length > 0 ? { lists: lists.toSorted(byId).map(storedEntry) } : {}),
    ...(plugins.length > 0 ? { plugins } : {}),
  };
}

function storedEntry({ id, document, content }: ListEntry): StoredListEntry {
  if (content === undefined) return { id, document };
  const { format, sha256, bytes } = content;
  return { id, document, content: { format, sha256, size: bytes.length } };
}
