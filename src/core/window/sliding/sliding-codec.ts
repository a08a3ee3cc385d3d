import { type ByteReader, CorruptBytesError } from "../../base/bytes.ts";
import { type AggregateInput, GroupedInput, isNothing } from "../aggregate-input.ts";
import type { AggregateForm } from "../aggregate-program.ts";
import { decodeInput, decodeName, decodeTime } from "../input-codec.ts";
import { SlidingEntries } from "./sliding-entries.ts";
import type { SlidingPlan } from "./sliding-plan.ts";
import { makeTotals, type SlidingRange } from "./sliding-range.ts";
import { codecVersion } from "./sliding-encoding.ts";
import { rangesOf, slidingEventCountMax } from "./sliding-lane.ts";
import { SlidingWindows } from "./sliding-windows.ts";

/** What is saved of one window. */
interface SavedRange {
  readonly tag: number;
  readonly head: number;
  readonly tail: number;
  /** By column; undefined where it had no totals. */
  readonly refused: readonly (readonly number[])[] | undefined;
}

/** @throws {CorruptBytesError} */
export function decodeSlidingWindows(plan: SlidingPlan, reader: ByteReader): SlidingWindows {
  if (reader.byte() !== codecVersion) throw new CorruptBytesError("state is of another version: sliding window");
  const skippedCount = reader.count();
  const shedCount = reader.count();
  const saved = new Map<number, { readonly entries: SlidingEntries; readonly ranges: readonly SavedRange[] }>();
  for (let left = reader.count(); left > 0; left -= 1) {
    const latenessMs = reader.count();
    if (saved.has(latenessMs)) throw damaged("events of one lateness twice", reader);
    const entries = decodeEntries(plan, reader);
    saved.set(latenessMs, { entries, ranges: decodeRanges(plan, entries.size, reader) });
  }
  let skippedNow = 0;
  const lanes = plan.lanes.map((lanePlan) => {
    const known = saved.get(lanePlan.allowedLatenessMs);
    const lane = { entries: known?.entries ?? new SlidingEntries(plan.columnCount), ranges: rangesOf(lanePlan) };
    for (const [index, range] of lane.ranges.entries()) {
      const { tag } = lanePlan.members[index] ?? {};
      const of = known?.ranges.find((other) => other.tag === tag);
      skippedNow += restoreRange(plan, lane.entries, range, of);
    }
    lane.entries.dropBefore(Math.min(...lane.ranges.map(({ head }) => head)));
    return lane;
  });
  const state = new SlidingWindows(plan, lanes);
  state.skippedCount = skippedCount + skippedNow;
  state.shedCount = shedCount;
  return state;
}

/** A window that is new begins with the next event. */
function restoreRange(
  plan: SlidingPlan,
  entries: SlidingEntries,
  range: SlidingRange,
  saved: SavedRange | undefined,
): number {
  range.head = saved?.head ?? entries.end;
  range.tail = saved?.tail ?? entries.end;
  return saved?.refused === undefined ? 0 : makeTotals(plan, entries, range, saved.refused);
}

function decodeEntries(plan: SlidingPlan, reader: ByteReader): SlidingEntries {
  const entries = new SlidingEntries(plan.columnCount);
  const size = reader.count();
  if (size > slidingEventCountMax) throw damaged("too many events", reader);
  const forms = plan.aggregates.flatMap(({ program, column }) => (column === undefined ? [] : [program]));
  for (let index = 0; index < size; index += 1) {
    const time = decodeTime(reader);
    if (time < (entries.latest() ?? time)) throw damaged("no order of time", reader);
    const name = decodeName(reader);
    const inputs = forms.map((form) => {
      const input = decodeInput(reader);
      if (!isInputOf(form, input)) throw damaged(`no input of ${form.kind}`, reader);
      return input;
    });
    entries.insert(index, time, name, inputs);
  }
  return entries;
}

function decodeRanges({ columnCount }: SlidingPlan, size: number, reader: ByteReader): readonly SavedRange[] {
  const ranges: SavedRange[] = [];
  for (let left = reader.count(); left > 0; left -= 1) {
    const tag = reader.count();
    const head = reader.count();
    const tail = reader.count();
    if (head > tail || tail > size) throw damaged("no part of a window's events", reader);
    const refused = reader.boolean() ? readRefused(columnCount, { head, tail }, reader) : undefined;
    ranges.push({ tag, head, tail, refused });
  }
  return ranges;
}

function readRefused(
  columnCount: number,
  { head, tail }: Pick<SavedRange, "head" | "tail">,
  reader: ByteReader,
): readonly (readonly number[])[] {
  return Array.from({ length: columnCount }, () => {
    const refused: number[] = [];
    for (let left = reader.count(); left > 0; left -= 1) {
      const sequence = reader.count();
      if (sequence < (refused.at(-1) ?? head - 1) + 1 || sequence >= tail)
        throw damaged("no event of a window", reader);
      refused.push(sequence);
    }
    return refused;
  });
}

/** True for what `aggregateInput` gives for an aggregate of the form. */
function isInputOf(form: AggregateForm, input: AggregateInput): boolean {
  if (isNothing(input)) return true;
  switch (form.kind) {
    case "count":
    case "rate":
      return input === 1;
    case "ratio":
      return input === 0 || input === 1;
    case "sum":
    case "avg":
    case "min":
    case "max":
    case "stddev":
    case "percentile":
    case "regression":
      return typeof input === "number";
    case "distinct":
    case "topK":
      return typeof input !== "object";
    case "first":
    case "last":
    case "collect":
    case "custom":
      return !(input instanceof GroupedInput);
    case "per":
      return input instanceof GroupedInput && isInputOf(form.inner, input.input);
  }
}

function damaged(what: string, reader: ByteReader): CorruptBytesError {
  return new CorruptBytesError(`state is damaged: ${what} at ${reader.at}`);
}
