import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import type { EventTimeMs } from "../../time/instant.ts";
import { type AggregateInput, nothing } from "../aggregate-input.ts";
import { decodeInput, decodeName, decodeTime, encodeInput, encodeName } from "../input-codec.ts";

/** A front that has been left behind is cut off once it is this long and more than half of the column. */
const leftBehindMin = 32;
/** How far back an equal text is looked for, so that it stands once. */
const knownTextCount = 8;

/**
 * A key's events in event-time order, by columns: times, names, and of each aggregate that needs it what it takes in. Events
 * have sequence numbers, which go on as the oldest leave.
 */
export class EventColumns {
  times: EventTimeMs[] = [];
  names: (string | number)[] = [];
  /** By aggregate; undefined where every event adds 1. */
  readonly inputs: (AggregateInput[] | undefined)[];
  /** Place of the oldest event. */
  private head = 0;
  /** Its sequence number. */
  first = 0;

  constructor(hasInputs: readonly boolean[]) {
    this.inputs = hasInputs.map((has) => (has ? [] : undefined));
  }

  get size(): number {
    return this.times.length - this.head;
  }

  /** Sequence number of the next event. */
  get end(): number {
    return this.first + this.size;
  }

  timeAt(sequence: number): EventTimeMs | undefined {
    return this.times[sequence - this.first + this.head];
  }

  inputAt(aggregate: number, sequence: number): AggregateInput {
    return this.inputs[aggregate]?.[sequence - this.first + this.head] ?? nothing;
  }

  /** An input that a limit kept out is none. */
  blank(aggregate: number, sequence: number): void {
    const column = this.inputs[aggregate];
    if (column !== undefined) column[sequence - this.first + this.head] = nothing;
  }

  /** Names of the last events of `[from, to)`, at most `count`. */
  namesOf(from: number, to: number, count: number): (string | number)[] {
    const place = this.head - this.first;
    return this.names.slice(Math.max(from, to - count) + place, to + place);
  }

  lastTime(): EventTimeMs | undefined {
    return this.size === 0 ? undefined : this.times[this.times.length - 1];
  }

  /** Puts an event behind all that are not after it; gives its sequence number. */
  insert(time: EventTimeMs, name: string | number, inputs: readonly AggregateInput[]): number {
    let at = this.times.length;
    while (at > this.head && (this.times[at - 1] ?? time) > time) at -= 1;
    if (at === this.times.length) {
      this.times.push(time);
      this.names.push(name);
      for (const [index, column] of this.inputs.entries()) column?.push(known(column, inputs[index] ?? nothing));
    } else {
      this.times.splice(at, 0, time);
      this.names.splice(at, 0, name);
      for (const [index, column] of this.inputs.entries()) column?.splice(at, 0, inputs[index] ?? nothing);
    }
    return at - this.head + this.first;
  }

  /** Lets go of all events before a sequence number. */
  dropBefore(sequence: number): void {
    if (sequence <= this.first) return;
    this.head += sequence - this.first;
    this.first = sequence;
    const isEmpty = this.head === this.times.length;
    if (!isEmpty && (this.head < leftBehindMin || this.head * 2 <= this.times.length)) return;
    this.times = this.times.slice(this.head);
    this.names = this.names.slice(this.head);
    for (const [index, column] of this.inputs.entries()) this.inputs[index] = column?.slice(this.head);
    this.head = 0;
  }

  encode(writer: ByteWriter): void {
    writer.count(this.size);
    for (let at = this.head; at < this.times.length; at += 1) {
      writer.number(this.times[at] ?? 0);
      encodeName(this.names[at] ?? 0, writer);
      for (const column of this.inputs) if (column !== undefined) encodeInput(column[at] ?? nothing, writer);
    }
  }

  /** @throws {CorruptBytesError} */
  decode(reader: ByteReader): void {
    for (let left = reader.count(); left > 0; left -= 1) {
      const time = decodeTime(reader);
      const before = this.lastTime();
      if (before !== undefined && before > time)
        throw new CorruptBytesError(`state is damaged: events out of order at ${reader.at}`);
      const name = decodeName(reader);
      this.insert(
        time,
        name,
        this.inputs.map((column) => (column === undefined ? nothing : decodeInput(reader))),
      );
    }
  }
}

/** An equal text that stands near, in place of another copy of it. */
function known(column: readonly AggregateInput[], input: AggregateInput): AggregateInput {
  if (typeof input !== "string") return input;
  for (let at = column.length - 1; at >= Math.max(0, column.length - knownTextCount); at -= 1)
    if (column[at] === input) return column[at] ?? input;
  return input;
}
