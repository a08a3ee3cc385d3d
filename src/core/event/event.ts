import { assert } from "../base/assert.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { Position } from "./position.ts";

/** Fields of an event by name; one that is not there is absent or `undefined`. */
export interface EventFields {
  readonly [name: string]: JsonValue | undefined;
}

/** A decoded event: the object as it came, and its envelope, normalised. */
export interface TocsinEvent {
  readonly position: Position;
  /** As it came; an event without one is named by its position, see `eventNameOf`. */
  readonly id: string | number;
  /** NATS subject syntax: `auth.login`. */
  readonly type: string;
  readonly time: EventTimeMs;
  /** The envelope's `source`, else the name of the configured source. */
  readonly source: string;
  /**
   * Top-level fields by name: those that the plan in force reads, at the least. For reading single fields; what shows an
   * event, keeps it or looks through its fields takes `wholeOf`.
   */
  readonly fields: EventFields;
  /** The object as it came, where `fields` may be less than that. */
  readonly whole?: JsonObject | undefined;
  /** Lets go of the message that the event came in, where it still holds it: see `keepEvent`. */
  detach?(): void;
}

/**
 * Called before an event is kept beyond the step that takes it: it holds nothing of its message from then on. An event that is
 * kept without this is right all the same, and keeps its message's bytes in memory, with the chunk they were received in.
 */
export function keepEvent(event: TocsinEvent): void {
  event.detach?.();
}

/** The object as it came. Of an event that was decoded for some of its fields it is parsed at the first call. */
export function wholeOf(event: TocsinEvent): JsonObject {
  const whole = event.whole ?? event.fields;
  assert(isJsonObject(whole), "an event is an object");
  return whole;
}
