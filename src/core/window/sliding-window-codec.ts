import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { decodeName, decodeTime, encodeName } from "./input-codec.ts";
import { decodeSlidingAggregate, type SlidingAggregate } from "./sliding-aggregate.ts";
import { SlidingWindowState } from "./sliding-window.ts";
import type { SlidingWindowProgram } from "./first-programs.ts";

const codecVersion = 1;

/**
 * A sliding window's entries: time, name and what each aggregate took of them. Totals are not saved but made again, and
 * come out the same, for sums are exact.
 */
export function encodeSlidingState(state: SlidingWindowState, writer: ByteWriter): void {
  writer.byte(codecVersion);
  writer.count(state.skippedCount);
  writer.count(state.shedCount);
  const { size } = state.times;
  writer.count(size);
  for (let index = 0; index < size; index += 1) {
    writer.number(state.times.at(index) ?? 0);
    encodeName(state.names.at(index) ?? 0, writer);
  }
  for (const aggregate of state.aggregates) aggregate.encode(writer, state.firstSequence);
}

/**
 * `program` is the one that the state was made with, or one of equal content.
 *
 * @throws {CorruptBytesError}
 */
export function decodeSlidingState(program: SlidingWindowProgram, reader: ByteReader): SlidingWindowState {
  if (reader.byte() !== codecVersion) throw new CorruptBytesError("state is of another version: sliding window");
  const skippedCount = reader.count();
  const shedCount = reader.count();
  const size = reader.count();
  const aggregates: SlidingAggregate[] = [];
  const state = new SlidingWindowState(aggregates);
  state.skippedCount = skippedCount;
  state.shedCount = shedCount;
  for (let index = 0; index < size; index += 1) {
    const time = decodeTime(reader);
    const latest = state.times.back();
    if (latest !== undefined && time < latest)
      throw new CorruptBytesError(`state is damaged: no order of time at ${reader.at}`);
    state.times.pushBack(time);
    state.names.pushBack(decodeName(reader));
  }
  for (const aggregate of program.aggregates) aggregates.push(decodeSlidingAggregate(aggregate, reader, size));
  return state;
}
