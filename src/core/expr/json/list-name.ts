import { didYouMean } from "../../base/text-distance.ts";
import type { ExprContext } from "../context.ts";

/** The operators of JSON conditions, and the functions of CEL, that ask a list. */
export type ListTestName = "inList" | "notInList";

export function isListTest(name: string): name is ListTestName {
  return name === "inList" || name === "notInList";
}

/** Notes that what is compiled reads a list. False where there is no such list. */
export function useList({ lists, noteList }: ExprContext, id: string): boolean {
  if (lists?.has(id) !== true) return false;
  noteList?.(id);
  return true;
}

/** `no list "blockd" is loaded; did you mean "blocked"?` */
export function unknownListMessage({ lists }: ExprContext, id: string): string {
  const hint = didYouMean(id, [...(lists?.keys() ?? [])]) || "; add a document with that id to lists/";
  return `no list "${id}" is loaded${hint}`;
}
