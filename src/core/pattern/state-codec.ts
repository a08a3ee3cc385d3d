import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import type { TocsinEvent } from "../event/event.ts";
import { decodeEvent, encodeEvent } from "../event/event-codec.ts";
import { eventTimeMs } from "../time/instant.ts";
import { earliestDeadline, onwardOf } from "./deadline.ts";
import { compareTaken } from "./match-order.ts";
import { type CompletedMatch, PartialMatch, PatternState, Taken } from "./partial-match.ts";
import type { PatternProgram } from "./pattern-program.ts";

const version = 1;

/** An event and its number, once for all that hold it. */
interface HeldEvent {
  readonly event: TocsinEvent;
  readonly ordinal: number;
}

/**
 * Writes a state: the events held, each once, in the order in which they came; then the sequences taken as a tree, what is
 * before what is behind, so that what partial matches share is written once and shared again; then the partial matches and
 * the completed ones held back.
 */
export function encodePatternState(program: PatternProgram, state: PatternState, writer: ByteWriter): void {
  const indexes = indexTree(state);
  const events = new Map<number, TocsinEvent>();
  for (const { ordinal, event } of indexes.keys()) events.set(ordinal, event);
  const ordinals = [...events.keys()].sort((a, b) => a - b);
  writer.byte(version);
  writer.count(program.chain.length);
  writer.count(state.nextOrdinal);
  writer.count(ordinals.length);
  const eventIndexes = new Map<number, number>();
  for (const [index, ordinal] of ordinals.entries()) {
    eventIndexes.set(ordinal, index);
    const event = events.get(ordinal);
    if (event === undefined) continue;
    writer.count(ordinal);
    encodeEvent(event, writer);
  }
  writer.count(indexes.size);
  for (const taken of indexes.keys()) {
    writer.count(taken.previous === undefined ? 0 : (indexes.get(taken.previous) ?? 0) + 1);
    writer.count(taken.step);
    writer.count(eventIndexes.get(taken.ordinal) ?? 0);
  }
  writer.count(state.partialMatches.length);
  for (const { taken, waiting, isFresh } of state.partialMatches) {
    writer.count(indexes.get(taken) ?? 0);
    writer.boolean(isFresh);
    writer.count(waiting.length);
    for (const way of waiting) writer.count(way);
  }
  writer.count(state.completed.length);
  for (const { taken, time, deadline } of state.completed) {
    writer.count(indexes.get(taken) ?? 0);
    writer.number(time);
    writer.boolean(deadline !== undefined);
  }
}

/** Everything taken, each behind what was taken before it, with its index. */
function indexTree({ partialMatches, completed }: PatternState): Map<Taken, number> {
  const indexes = new Map<Taken, number>();
  for (const { taken: last } of [...partialMatches, ...completed]) {
    const unknown: Taken[] = [];
    for (let taken: Taken | undefined = last; taken !== undefined && !indexes.has(taken); taken = taken.previous)
      unknown.push(taken);
    for (const taken of unknown.reverse()) indexes.set(taken, indexes.size);
  }
  return indexes;
}

/**
 * Reads back what `encodePatternState` wrote for an equal program. Everything that the matcher relies on is checked here,
 * so that damage is found before it decides anything.
 *
 * @throws {CorruptBytesError} where the bytes are no state of this pattern.
 */
export function decodePatternState(program: PatternProgram, reader: ByteReader): PatternState {
  demand(reader.byte() === version, "its version is not known");
  demand(reader.count() === program.chain.length, "it is of another pattern");
  const state = new PatternState();
  state.nextOrdinal = reader.count();
  const events = readEvents(reader, state.nextOrdinal);
  const tree = readTree(program, reader, events);
  readPartialMatches(program, reader, tree, state);
  readCompleted(program, reader, tree, state);
  state.heldEventCountBound = events.length;
  state.nextDeadlineAt = earliestDeadline(program, state.partialMatches);
  return state;
}

function readEvents(reader: ByteReader, nextOrdinal: number): HeldEvent[] {
  const events: HeldEvent[] = [];
  let last = -1;
  for (let left = reader.count(); left > 0; left -= 1) {
    const ordinal = reader.count();
    demand(ordinal > last && ordinal < nextOrdinal, "its events are out of order");
    last = ordinal;
    events.push({ event: decodeEvent(reader), ordinal });
  }
  return events;
}

function readTree(program: PatternProgram, reader: ByteReader, events: readonly HeldEvent[]): Taken[] {
  const tree: Taken[] = [];
  for (let left = reader.count(); left > 0; left -= 1) {
    const parent = reader.count();
    const previous = parent === 0 ? undefined : takenAt(tree, parent - 1);
    const step = reader.count();
    const held = events[reader.count()];
    demand(held !== undefined, "an event is missing");
    demand(previous === undefined || previous.ordinal < held.ordinal, "an event was taken before the one behind it");
    const taken = new Taken(step, held.event, held.ordinal, previous);
    demand(canBeTaken(program, taken), "a step took what it can't");
    tree.push(taken);
  }
  return tree;
}

function canBeTaken(program: PatternProgram, taken: Taken): boolean {
  const step = program.chain[taken.step];
  if (step === undefined || step.kind !== "taking" || taken.count > step.timesMax) return false;
  if (taken.previous === undefined) return program.starts.includes(taken.step);
  return waysFrom(program, taken.previous).includes(taken.step);
}

/** Every way that a partial match may have had when `taken` was its last event. */
function waysFrom(program: PatternProgram, taken: Taken): readonly number[] {
  const step = program.chain[taken.step];
  if (step === undefined || step.kind !== "taking") return [];
  const onward = onwardOf(program, taken);
  if (taken.count < step.timesMin) return onward.growing;
  return taken.count < step.timesMax ? onward.growingOrLeaving : onward.leaving;
}

function takenAt(tree: readonly Taken[], index: number): Taken {
  const taken = tree[index];
  demand(taken !== undefined, "what was taken is missing");
  return taken;
}

function readPartialMatches(
  program: PatternProgram,
  reader: ByteReader,
  tree: readonly Taken[],
  state: PatternState,
): void {
  let lastStart = -1;
  for (let left = reader.count(); left > 0; left -= 1) {
    const taken = takenAt(tree, reader.count());
    const isFresh = reader.boolean();
    const waiting: number[] = [];
    const possible = waysFrom(program, taken);
    for (let ways = reader.count(); ways > 0; ways -= 1) {
      const way = reader.count();
      demand(possible.includes(way) && way > (waiting.at(-1) ?? -1), "a partial match waits for what can't come");
      waiting.push(way);
    }
    demand(waiting.length > 0, "a partial match waits for nothing");
    demand(taken.start.ordinal >= lastStart, "its partial matches are out of order");
    lastStart = taken.start.ordinal;
    state.partialMatches.push(new PartialMatch(taken, waiting, isFresh));
  }
}

function readCompleted(program: PatternProgram, reader: ByteReader, tree: readonly Taken[], state: PatternState): void {
  for (let left = reader.count(); left > 0; left -= 1) {
    const taken = takenAt(tree, reader.count());
    const time = eventTimeMs(reader.number());
    demand(Number.isFinite(time), "a match has no time");
    const match: CompletedMatch = { taken, time, deadline: reader.boolean() ? time : undefined };
    const before = state.completed.at(-1);
    demand(before === undefined || compareTaken(before.taken, taken) <= 0, "its matches are out of order");
    state.completed.push(match);
  }
  demand(
    state.completed.length === 0 || program.skip.kind !== "none",
    "a pattern that skips nothing holds no match back",
  );
}

function demand(condition: boolean, fault: string): asserts condition {
  if (!condition) throw new CorruptBytesError(`the state of a pattern is damaged: ${fault}`);
}
