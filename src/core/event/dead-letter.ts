import type { Position } from "./position.ts";

export type DeadLetterReason = "not-json" | "not-utf8" | "not-an-object" | "no-usable-time" | "too-large" | "too-deep";

/** A message, or an element of one, that is no event. It is kept whole. */
export interface DeadLetter {
  readonly position: Position;
  readonly reason: DeadLetterReason;
  /** What was found, for a person. */
  readonly detail: string;
  /** The bytes as they came: as text where they are UTF-8, else in base64. */
  readonly raw: string;
  readonly encoding: "utf8" | "base64";
}
