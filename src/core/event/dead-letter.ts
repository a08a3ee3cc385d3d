import type { Position } from "./position.ts";

export type DeadLetterReason =
  | "not-json"
  | "not-utf8"
  | "not-an-object"
  | "no-usable-time"
  | "too-large"
  | "too-deep"
  /** Of an event further ahead of log time than its source allows. */
  | "too-far-ahead"
  /** Of an event that came too late for a window of a rule that asks for it. */
  | "late";

/** A message, or an element of one, that is no event or that nothing may take. It is kept whole. */
export interface DeadLetter {
  readonly position: Position;
  readonly reason: DeadLetterReason;
  /** What was found, for a person. */
  readonly detail: string;
  /** The bytes as they came: as text where they are UTF-8, else in base64. Of what was an event its JSON, written anew. */
  readonly raw: string;
  readonly encoding: "utf8" | "base64";
  /** Of a late event: for whom, and how far the watermark was past it; null at the end of input. */
  readonly late?: { readonly rule: string; readonly window: string; readonly byMs: number | null };
}
