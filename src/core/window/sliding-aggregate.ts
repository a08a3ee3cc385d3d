import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { Deque } from "../base/deque.ts";
import type { JsonValue } from "../base/json.ts";
import { type Accumulator, createAccumulator, firstKind } from "./accumulator.ts";
import { type AggregateInput, isNothing, nothing } from "./aggregate-input.ts";
import { decodeInput, encodeInput } from "./input-codec.ts";
import type { AggregateProgram } from "./aggregate-program.ts";

/**
 * One aggregate of a sliding window. Entries come in the order of their sequence numbers and leave in it, each once;
 * whoever owns the window numbers them.
 */
export interface SlidingAggregate {
  /** False where a limit kept the input out. */
  add(input: AggregateInput, sequence: number): boolean;
  /** The oldest entry, `sequence`, leaves. */
  evict(sequence: number): void;
  value(): JsonValue;
  /** For the entries from `firstSequence` on, which are all there are. */
  encode(writer: ByteWriter, firstSequence: number): void;
}

export function createSlidingAggregate(program: AggregateProgram): SlidingAggregate {
  switch (program.kind) {
    case "min":
    case "max":
      return new SlidingExtreme(program.kind);
    case "count":
      return new SlidingColumn(createAccumulator("count"), program.where === undefined ? undefined : new Deque());
    default:
      return new SlidingColumn(createAccumulator(firstKind(program.kind)), new Deque());
  }
}

/**
 * Of `entryCount` entries, numbered from 0.
 *
 * @throws {CorruptBytesError}
 */
export function decodeSlidingAggregate(
  program: AggregateProgram,
  reader: ByteReader,
  entryCount: number,
): SlidingAggregate {
  const aggregate = createSlidingAggregate(program);
  if (aggregate instanceof SlidingExtreme) {
    decodeExtreme(aggregate, reader, entryCount);
    return aggregate;
  }
  const hasInputs = program.kind !== "count" || program.where !== undefined;
  for (let sequence = 0; sequence < entryCount; sequence += 1) {
    const input = hasInputs ? decodeInput(reader) : 1;
    if (program.kind !== "distinct" && typeof input !== "number") {
      throw new CorruptBytesError(`state is damaged: no number of an aggregate at ${reader.at}`);
    }
    aggregate.add(input, sequence);
  }
  return aggregate;
}

/** Subtract on evict: what each entry added is kept beside the total of all, and taken away again. O(1) an entry. */
class SlidingColumn implements SlidingAggregate {
  readonly total: Accumulator;
  /** One an entry; undefined where every entry adds 1. */
  readonly inputs: Deque<AggregateInput> | undefined;

  constructor(total: Accumulator, inputs: Deque<AggregateInput> | undefined) {
    this.total = total;
    this.inputs = inputs;
  }

  add(input: AggregateInput): boolean {
    const isTaken = isNothing(input) || this.total.add(input);
    this.inputs?.pushBack(isTaken ? input : nothing);
    return isTaken;
  }

  evict(): void {
    const input = this.inputs === undefined ? 1 : this.inputs.popFront();
    if (input !== undefined && !isNothing(input)) this.total.remove(input);
  }

  value(): JsonValue {
    return this.total.value();
  }

  encode(writer: ByteWriter): void {
    const { inputs } = this;
    if (inputs === undefined) return;
    for (let index = 0; index < inputs.size; index += 1) encodeInput(inputs.at(index) ?? nothing, writer);
  }
}

/**
 * Least or greatest value by a monotonic deque: an entry that a later one is at least as extreme as can never be the
 * result again and is dropped at once, so the front is the result. Amortised O(1) an entry.
 */
class SlidingExtreme implements SlidingAggregate {
  readonly kind: "min" | "max";
  readonly sequences = new Deque<number>();
  readonly values = new Deque<number>();

  constructor(kind: "min" | "max") {
    this.kind = kind;
  }

  add(input: AggregateInput, sequence: number): boolean {
    if (typeof input !== "number" || isNothing(input)) return true;
    for (let back = this.values.back(); back !== undefined; back = this.values.back()) {
      if (this.kind === "min" ? back < input : back > input) break;
      this.values.popBack();
      this.sequences.popBack();
    }
    this.values.pushBack(input);
    this.sequences.pushBack(sequence);
    return true;
  }

  evict(sequence: number): void {
    if (this.sequences.front() !== sequence) return;
    this.sequences.popFront();
    this.values.popFront();
  }

  value(): JsonValue {
    return this.values.front() ?? null;
  }

  encode(writer: ByteWriter, firstSequence: number): void {
    writer.count(this.values.size);
    for (let index = 0; index < this.values.size; index += 1) {
      writer.count((this.sequences.at(index) ?? 0) - firstSequence);
      writer.number(this.values.at(index) ?? 0);
    }
  }
}

function decodeExtreme(aggregate: SlidingExtreme, reader: ByteReader, entryCount: number): void {
  const size = reader.count();
  let previousSequence = -1;
  for (let index = 0; index < size; index += 1) {
    const sequence = reader.count();
    const value = reader.number();
    if (sequence <= previousSequence || sequence >= entryCount || !Number.isFinite(value)) {
      throw new CorruptBytesError(`state is damaged: no extreme of a window at ${reader.at}`);
    }
    aggregate.add(value, sequence);
    previousSequence = sequence;
  }
}
