import type { ByteReader, ByteWriter } from "../base/bytes.ts";
import { CorruptBytesError } from "../base/bytes.ts";
import type { TocsinEvent } from "../event/event.ts";
import { decodeEvent, encodeEvent } from "../event/event-codec.ts";
import type { EventTimeMs } from "../time/instant.ts";
import { eventTimeMs } from "../time/instant.ts";

const version = 1;

/** What a rule remembers of a key's events: `keySince`, and where it reads `prev` the last one taken. Never empty: it lasts until the key is shed. */
export class HistoryState {
  /** Time of the first event taken. */
  readonly since: EventTimeMs;
  /** The last one taken; undefined where nobody reads it. */
  last: TocsinEvent | undefined = undefined;

  constructor(since: EventTimeMs) {
    this.since = since;
  }
}

/** What an evaluation sees of it. */
export interface History {
  /** The event before the one at hand; where none is at hand the last one taken. */
  readonly prev: TocsinEvent | undefined;
  readonly since: EventTimeMs | undefined;
}

export const noHistory: History = { prev: undefined, since: undefined };

export function encodeHistory({ since, last }: HistoryState, writer: ByteWriter): void {
  writer.byte(version);
  writer.number(since);
  writer.boolean(last !== undefined);
  if (last !== undefined) encodeEvent(last, writer);
}

/** @throws {CorruptBytesError} where the bytes hold no history of this version. */
export function decodeHistory(reader: ByteReader): HistoryState {
  if (reader.byte() !== version) throw new CorruptBytesError("state is damaged or newer: no history of version 1");
  const since = reader.number();
  if (!Number.isFinite(since)) throw new CorruptBytesError(`state is damaged: no first event at ${reader.at}`);
  const state = new HistoryState(eventTimeMs(since));
  if (reader.boolean()) state.last = decodeEvent(reader);
  return state;
}
