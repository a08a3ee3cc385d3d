import type { ByteWriter } from "../base/bytes.ts";
import type { JsonValue } from "../base/json.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { AggregateInput } from "./aggregate-input.ts";

/** What a value is worked out against: bounds of the window (exclusive end; of a sliding one `(start, end]`) and the time of the evaluation. */
export interface ValueMoment {
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

/**
 * One aggregate over a set of events. What it gives depends on the set alone, not on the order in which its events were
 * added or its parts merged; where the kind asks for an order it is that of (event time, order of arrival).
 */
export interface AggregateState {
  /** False where a limit kept the input out; it is not `nothing`. `order` is the number of arrival within the key's window. */
  add(input: AggregateInput, time: EventTimeMs, order: number): boolean;
  /** Takes in the events of another state of the same program, which stays as it is. */
  merge(other: AggregateState): void;
  value(moment: ValueMoment): JsonValue;
  encode(writer: ByteWriter): void;
}

/** One that events can be taken out of again, exactly. */
export interface RemovableAggregateState extends AggregateState {
  /** The input was added with this time, and not removed since. */
  remove(input: AggregateInput, time: EventTimeMs): void;
  /** The events of `other` were merged or added, and not removed since. */
  unmerge(other: AggregateState): void;
}
