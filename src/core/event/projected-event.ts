import { assert } from "../base/assert.ts";
import { isJsonObject, type JsonObject } from "../base/json.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { EventFields, TocsinEvent } from "./event.ts";
import type { Position } from "./position.ts";

/**
 * An event of which only what somebody reads is decoded; the rest is parsed when it is first asked for, and kept. It holds
 * its own text and nothing of the message around it.
 */
export class ProjectedEvent implements TocsinEvent {
  readonly position: Position;
  readonly id: string | number;
  readonly type: string;
  readonly time: EventTimeMs;
  readonly source: string;
  readonly fields: EventFields;
  /** JSON, checked to be one object. */
  private readonly text: string;
  private parsed: JsonObject | undefined = undefined;

  constructor(
    position: Position,
    { id, type, time, source }: Pick<TocsinEvent, "id" | "type" | "time" | "source">,
    fields: EventFields,
    text: string,
  ) {
    this.position = position;
    this.id = id;
    this.type = type;
    this.time = time;
    this.source = source;
    this.fields = fields;
    this.text = text;
  }

  get whole(): JsonObject {
    if (this.parsed !== undefined) return this.parsed;
    const value: unknown = JSON.parse(this.text);
    assert(isJsonObject(value), "an event's text was checked to be an object");
    this.parsed = value;
    return value;
  }
}
