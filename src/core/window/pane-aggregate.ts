import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import type { JsonValue } from "../base/json.ts";
import { createAccumulator, decodeAccumulator, firstKind } from "./accumulator.ts";
import { type AggregateInput, isNothing } from "./aggregate-input.ts";
import type { AggregateProgram } from "./aggregate-program.ts";

/** One aggregate of a pane, which events only enter. `add` is false where a limit kept the input out; it is not `nothing`. */
export interface PaneAggregate {
  add(input: AggregateInput): boolean;
  value(): JsonValue;
  encode(writer: ByteWriter): void;
}

export function createPaneAggregate({ kind }: AggregateProgram): PaneAggregate {
  return kind === "min" || kind === "max" ? new Extreme(kind) : createAccumulator(firstKind(kind));
}

/** @throws {CorruptBytesError} */
export function decodePaneAggregate({ kind }: AggregateProgram, reader: ByteReader): PaneAggregate {
  if (kind !== "min" && kind !== "max") return decodeAccumulator(firstKind(kind), reader);
  const aggregate = new Extreme(kind);
  if (!reader.boolean()) return aggregate;
  aggregate.extreme = reader.number();
  if (!Number.isFinite(aggregate.extreme)) throw new CorruptBytesError(`state is damaged: no extreme at ${reader.at}`);
  return aggregate;
}

class Extreme implements PaneAggregate {
  readonly kind: "min" | "max";
  extreme: number | undefined;

  constructor(kind: "min" | "max") {
    this.kind = kind;
    this.extreme = undefined;
  }

  add(input: AggregateInput): boolean {
    if (typeof input !== "number" || isNothing(input)) return true;
    const { extreme } = this;
    if (extreme === undefined || (this.kind === "min" ? input < extreme : input > extreme)) this.extreme = input;
    return true;
  }

  value(): JsonValue {
    return this.extreme ?? null;
  }

  encode(writer: ByteWriter): void {
    writer.boolean(this.extreme !== undefined);
    if (this.extreme !== undefined) writer.number(this.extreme);
  }
}
