import type { Position } from "./position.ts";

/**
 * The name of an event that has no id of its own: the sequence of its message (the 0-based line of a file) as a number, or
 * `"SEQUENCE.INDEX"` where the message is a batch, even a batch of one.
 */
export function eventNameOf(position: Position, isInBatch: boolean): string | number {
  return isInBatch ? `${position.sequence}.${position.index}` : position.sequence;
}
