import { assert } from "../base/assert.ts";
import { isJsonObject, type JsonObject } from "../base/json.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { EventFields, TocsinEvent } from "./event.ts";
import type { Position } from "./position.ts";

/**
 * An event of which only what somebody reads is decoded; the rest is made when it is first asked for, and kept. Until then it
 * holds its message's bytes, which nobody may change; `detach` lets them go.
 */
export class ProjectedEvent implements TocsinEvent {
  readonly position: Position;
  readonly type: string;
  readonly time: EventTimeMs;
  readonly source: string;
  readonly fields: EventFields;
  private bytes: Uint8Array | undefined;
  private readonly start: number;
  private readonly end: number;
  /** Of the text of the id in `bytes`, where it is not made yet. */
  private readonly idStart: number;
  private readonly idEnd: number;
  private knownId: string | number | undefined;
  private text: string | undefined;
  private parsed: JsonObject | undefined = undefined;

  /** @param id the id, or where its text begins and ends in the message's bytes. Positional, as it is made for each event. */
  constructor(
    position: Position,
    type: string,
    time: EventTimeMs,
    source: string,
    fields: EventFields,
    bytes: Uint8Array | undefined,
    start: number,
    end: number,
    idStart: number,
    idEnd: number,
    id: string | number | undefined,
    text: string | undefined,
  ) {
    this.position = position;
    this.type = type;
    this.time = time;
    this.source = source;
    this.fields = fields;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.idStart = idStart;
    this.idEnd = idEnd;
    this.knownId = id;
    this.text = text;
  }

  get id(): string | number {
    this.knownId ??= this.textOf(this.idStart, this.idEnd);
    return this.knownId;
  }

  get whole(): JsonObject {
    if (this.parsed !== undefined) return this.parsed;
    const value: unknown = JSON.parse(this.text ?? this.textOf(this.start, this.end));
    assert(isJsonObject(value), "an event's text was checked to be an object");
    this.parsed = value;
    return value;
  }

  /** Makes what was left in the message's bytes, and lets them go. */
  detach(): void {
    if (this.bytes === undefined) return;
    this.knownId ??= this.textOf(this.idStart, this.idEnd);
    if (this.parsed === undefined) this.text ??= this.textOf(this.start, this.end);
    this.bytes = undefined;
  }

  private textOf(start: number, end: number): string {
    const { bytes } = this;
    assert(bytes !== undefined, "an event that has no text has its bytes");
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
  }
}
