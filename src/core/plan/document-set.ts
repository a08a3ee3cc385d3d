import type { DocumentSet } from "../../spec/document-set.ts";
import { sha256Hex } from "../base/hash.ts";
import { canonicalJson } from "../base/json.ts";

export type { DocumentSet } from "../../spec/document-set.ts";

export const noDocuments: DocumentSet = { rules: [], patterns: [], named: [] };

/** The hash that names a set in checkpoints and journal: of its content, whatever files it came from and in what order. */
export function documentSetHash(set: DocumentSet): string {
  return sha256Hex(canonicalJson(ordered(set)));
}

/** The text that a set is stored as: its documents sorted by id, each with its keys as they were written. */
export function documentSetText(set: DocumentSet): string {
  return JSON.stringify(ordered(set));
}

function ordered({ rules, patterns, named }: DocumentSet): DocumentSet {
  const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);
  return {
    rules: rules.toSorted(byId),
    patterns: patterns.toSorted(byId),
    named: named.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
