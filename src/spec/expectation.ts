import { z } from "zod";
import { isJsonObject } from "../core/base/json.ts";

/** What a schema wants, in words that finish "expected …". Kept apart from descriptions, which say what a value is for. */
export const expectations = z.registry<{
  readonly text: string;
  /** The value itself is never shown, in no message. */
  readonly isSecret?: true;
}>();

/**
 * For the `when` of a refinement of an object: zod else skips it where any member has a fault, and the document would
 * show its faults one after the other.
 */
export function refinesObjects({ value }: { readonly value: unknown }): boolean {
  return isJsonObject(value);
}
