import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import { isJsonObject } from "../../base/json.ts";
import { decodeAggregateState } from "../aggregate/create-aggregate-state.ts";
import { decodeName, encodeName } from "../input-codec.ts";
import { evidenceNameCountMax } from "../window-evidence.ts";
import type { WindowFact } from "../window-fact.ts";
import { MemberState } from "./member-state.ts";
import { Slice } from "./slice.ts";
import type { SlicedMember, SlicedPlan } from "./sliced-plan.ts";

const codecVersion = 1;

/** Beyond the end of every window that holds an instant. */
const timeMax = Number.MAX_SAFE_INTEGER;

/** What is saved of one key. */
export interface SavedSliced {
  readonly slices: Slice[];
  /** In the order of the plan's. */
  readonly members: readonly MemberState[];
  readonly generation: number;
  readonly skippedCount: number;
  readonly arrivalCount: number;
}

export function encodeSliced(windows: SavedSliced & { readonly plan: SlicedPlan }, writer: ByteWriter): void {
  writer.byte(codecVersion);
  writer.count(windows.skippedCount);
  writer.count(windows.arrivalCount);
  writer.count(windows.generation);
  writer.count(windows.members.length);
  for (const [index, member] of windows.members.entries()) {
    writer.count(windows.plan.members[index]?.tag ?? 0);
    encodeMember(member, writer);
  }
  writer.count(windows.slices.length);
  for (const slice of windows.slices) encodeSlice(slice, writer);
}

function encodeMember(member: MemberState, writer: ByteWriter): void {
  writer.count(member.generation);
  writer.number(member.nextEnd);
  writer.json(member.lastFiring);
  writer.count(member.firingCounts?.size ?? 0);
  for (const [end, count] of member.firingCounts ?? []) {
    writer.number(end);
    writer.count(count);
  }
}

function encodeSlice(slice: Slice, writer: ByteWriter): void {
  writer.number(slice.start);
  writer.number(slice.end);
  writer.count(slice.generation);
  writer.number(slice.lateness);
  writer.count(slice.eventCount);
  for (let index = 0; index < slice.nameCount; index += 1) {
    encodeName(slice.nameAt(index), writer);
    writer.count(slice.arrivalAt(index));
  }
  for (const state of slice.states) state.encode(writer);
}

/**
 * Members are known by their tags; where there is a new one, a new generation begins.
 *
 * @throws {CorruptBytesError}
 */
export function decodeSliced(plan: SlicedPlan, sliceCountMax: number, reader: ByteReader): SavedSliced {
  if (reader.byte() !== codecVersion) throw new CorruptBytesError("state is of another version: sliced windows");
  const skippedCount = reader.count();
  const arrivalCount = reader.count();
  const before = reader.count();
  const known = decodeMembers(plan, before, reader);
  const isJoined = plan.members.some(({ tag }) => !known.has(tag));
  const generation = isJoined ? before + 1 : before;
  const members = plan.members.map(({ tag }) => known.get(tag) ?? new MemberState(generation));
  const sliceCount = reader.count();
  if (sliceCount > sliceCountMax) throw damaged("more slices than there can be", reader);
  const slices = decodeSlices(plan, sliceCount, { generation: before, arrivalCount }, reader);
  return { slices, members, generation, skippedCount, arrivalCount };
}

function decodeMembers(plan: SlicedPlan, generation: number, reader: ByteReader): Map<number, MemberState> {
  const known = new Map<number, MemberState>();
  for (let left = reader.count(); left > 0; left -= 1) {
    const tag = reader.count();
    const state = decodeMember(
      plan.members.find((member) => member.tag === tag),
      reader,
    );
    if (known.has(tag) || state.generation > generation) throw damaged("no window of its own", reader);
    known.set(tag, state);
  }
  return known;
}

/** `member`: undefined for one that is no longer there. */
function decodeMember(member: SlicedMember | undefined, reader: ByteReader): MemberState {
  const isEnd = (end: number) => member === undefined || member.assigner?.firstEndAfter(end - 1) === end;
  const state = new MemberState(reader.count());
  state.nextEnd = reader.number();
  if (state.nextEnd !== Infinity && !isEnd(checkedTime(state.nextEnd, reader))) throw damaged("no end", reader);
  state.lastFiring = decodeFact(reader);
  const count = reader.count();
  if (count > 0) state.firingCounts = new Map();
  for (let left = count; left > 0; left -= 1) {
    const end = checkedTime(reader.number(), reader);
    const firingCount = reader.count();
    if (firingCount === 0 || !isEnd(end) || state.firingCounts?.has(end) === true) throw damaged("no firing", reader);
    state.firingCounts?.set(end, firingCount);
  }
  return state;
}

function decodeFact(reader: ByteReader): WindowFact | undefined {
  const fact = reader.json();
  if (fact === undefined) return fact;
  if (!isJsonObject(fact) || typeof fact["end"] !== "number") throw damaged("no window fact", reader);
  checkedTime(fact["end"], reader);
  return fact;
}

interface Counts {
  readonly generation: number;
  readonly arrivalCount: number;
}

function decodeSlices(plan: SlicedPlan, sliceCount: number, counts: Counts, reader: ByteReader): Slice[] {
  const slices: Slice[] = [];
  for (let left = sliceCount; left > 0; left -= 1) {
    const slice = decodeSlice(plan, counts, reader);
    const before = slices.at(-1);
    if (before !== undefined && slice.start < before.start) throw damaged("no slice in order", reader);
    slices.push(slice);
  }
  return slices;
}

function decodeSlice(plan: SlicedPlan, { generation: generationMax, arrivalCount }: Counts, reader: ByteReader): Slice {
  const start = checkedTime(reader.number(), reader);
  const end = checkedTime(reader.number(), reader);
  const generation = reader.count();
  const lateness = reader.number();
  const eventCount = reader.count();
  if (end <= start || generation > generationMax || !(lateness >= 0) || eventCount === 0)
    throw damaged("no slice", reader);
  const names: (readonly [name: string | number, arrival: number])[] = [];
  for (let left = Math.min(eventCount, evidenceNameCountMax); left > 0; left -= 1) {
    const name = decodeName(reader);
    const arrival = reader.count();
    if (arrival >= arrivalCount || arrival <= (names.at(-1)?.[1] ?? -1)) throw damaged("no arrival in order", reader);
    names.push([name, arrival]);
  }
  const slice = new Slice(
    { start, end, generation, lateness },
    plan.kept.map((program) => decodeAggregateState(program, reader)),
  );
  slice.restore(eventCount, names);
  return slice;
}

function checkedTime(time: number, reader: ByteReader): number {
  if (Number.isInteger(time) && Math.abs(time) <= timeMax) return time;
  throw damaged("no time", reader);
}

function damaged(what: string, { at }: ByteReader): CorruptBytesError {
  return new CorruptBytesError(`state is damaged: ${what} at ${at}`);
}
