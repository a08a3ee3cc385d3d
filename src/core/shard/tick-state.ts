import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { type DurationMs, type EventTimeMs, eventTimeMs } from "../time/instant.ts";

const version = 1;

/** When a rule that is evaluated at ticks is evaluated next for one key. */
export class TickState {
  nextAt: EventTimeMs;
  /** Greatest event time of the key: after the end of input ticks go on for so long as something can still change. */
  lastEventAt: EventTimeMs;

  constructor(nextAt: EventTimeMs, lastEventAt: EventTimeMs) {
    this.nextAt = nextAt;
    this.lastEventAt = lastEventAt;
  }
}

/** The first tick at or after `at`: the least multiple of a period. */
export function firstTickFrom(periods: readonly DurationMs[], at: number): EventTimeMs {
  let first = Number.POSITIVE_INFINITY;
  for (const period of periods) first = Math.min(first, Math.ceil(at / period) * period + 0);
  return eventTimeMs(first);
}

/** The first one after `at`. */
export function nextTickAfter(periods: readonly DurationMs[], at: number): EventTimeMs {
  return firstTickFrom(periods, at + 1);
}

export function encodeTick({ nextAt, lastEventAt }: TickState, writer: ByteWriter): void {
  writer.byte(version);
  writer.number(nextAt);
  writer.number(lastEventAt);
}

/** @throws {CorruptBytesError} where the bytes hold no tick of this version. */
export function decodeTick(reader: ByteReader): TickState {
  if (reader.byte() !== version) throw new CorruptBytesError("state is damaged or newer: no tick of version 1");
  const nextAt = reader.number();
  const lastEventAt = reader.number();
  if (!Number.isInteger(nextAt) || Number.isNaN(lastEventAt))
    throw new CorruptBytesError(`state is damaged: no tick at ${reader.at}`);
  return new TickState(eventTimeMs(nextAt), eventTimeMs(lastEventAt));
}
