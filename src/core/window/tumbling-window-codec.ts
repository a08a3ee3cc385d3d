import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { isJsonObject } from "../base/json.ts";
import { decodeName, decodeTime, encodeName } from "./input-codec.ts";
import { Pane } from "./pane.ts";
import { decodePaneAggregate } from "./pane-aggregate.ts";
import { TumblingWindowState, tumblingPaneStart } from "./tumbling-window.ts";
import { evidenceNameCountMax } from "./window-evidence.ts";
import type { WindowFact } from "./window-fact.ts";
import type { TumblingWindowProgram } from "./first-programs.ts";

const codecVersion = 1;

export function encodeTumblingState(state: TumblingWindowState, writer: ByteWriter): void {
  writer.byte(codecVersion);
  writer.count(state.skippedCount);
  writer.json(state.lastFiring);
  writer.count(state.panes.length);
  for (const pane of state.panes) encodePane(pane, writer);
}

function encodePane(pane: Pane, writer: ByteWriter): void {
  writer.number(pane.start);
  writer.count(pane.firingCount);
  writer.count(pane.eventCount);
  const names = pane.names.latest(evidenceNameCountMax);
  writer.count(names.length);
  for (const name of names) encodeName(name, writer);
  for (const aggregate of pane.aggregates) aggregate.encode(writer);
}

/**
 * `program` is the one that the state was made with, or one of equal content.
 *
 * @throws {CorruptBytesError}
 */
export function decodeTumblingState(program: TumblingWindowProgram, reader: ByteReader): TumblingWindowState {
  if (reader.byte() !== codecVersion) throw new CorruptBytesError("state is of another version: tumbling window");
  const state = new TumblingWindowState();
  state.skippedCount = reader.count();
  state.lastFiring = decodeFact(reader);
  const paneCount = reader.count();
  for (let index = 0; index < paneCount; index += 1) {
    const pane = decodePane(program, reader);
    const before = state.panes.at(-1);
    const isInOrder =
      before === undefined || (before.start < pane.start && (before.firingCount > 0 || pane.firingCount === 0));
    if (!isInOrder || tumblingPaneStart(pane.start, program) !== pane.start) {
      throw new CorruptBytesError(`state is damaged: no pane in order at ${reader.at}`);
    }
    state.panes.push(pane);
  }
  return state;
}

function decodeFact(reader: ByteReader): WindowFact | undefined {
  const fact = reader.json();
  if (fact === undefined || isJsonObject(fact)) return fact;
  throw new CorruptBytesError(`state is damaged: no window fact at ${reader.at}`);
}

function decodePane(program: TumblingWindowProgram, reader: ByteReader): Pane {
  const start = decodeTime(reader);
  const firingCount = reader.count();
  const eventCount = reader.count();
  const nameCount = reader.count();
  if (nameCount !== Math.min(eventCount, evidenceNameCountMax)) {
    throw new CorruptBytesError(`state is damaged: no evidence of a pane at ${reader.at}`);
  }
  const names: (string | number)[] = [];
  for (let index = 0; index < nameCount; index += 1) names.push(decodeName(reader));
  const pane = new Pane(
    start,
    program.aggregates.map((aggregate) => decodePaneAggregate(aggregate, reader)),
  );
  for (const name of names) pane.names.pushBack(name);
  pane.eventCount = eventCount;
  pane.firingCount = firingCount;
  return pane;
}
