/**
 * Where an event stands in the log. `index` is its place in a message that holds a batch; it counts every element, bad
 * ones too, and is 0 where the message is one event.
 */
export interface Position {
  /** The configured source's name. */
  readonly source: string;
  /** The log's own number of the message: a stream sequence, or the 0-based line of a file. */
  readonly sequence: number;
  readonly index: number;
  /** Of a derived event its id; the rest is then the position of the event at which it was made, where there was one. */
  readonly derived?: string | undefined;
}

export function comparePositions(a: Position, b: Position): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.sequence - b.sequence || a.index - b.index || compareDerived(a.derived ?? "", b.derived ?? "");
}

/** A derived event comes behind the one at which it was made. */
function compareDerived(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
