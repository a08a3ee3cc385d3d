import { z } from "zod";

/** What a schema wants, in words that finish "expected …". Kept apart from descriptions, which say what a value is for. */
export const expectations = z.registry<{
  readonly text: string;
  /** The value itself is never shown, in no message. */
  readonly isSecret?: true;
}>();
