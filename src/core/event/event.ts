import type { JsonObject } from "../base/json.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { Position } from "./position.ts";

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
  /** The object as it came: `input` in conditions, and its top-level fields by name. */
  readonly fields: JsonObject;
}
