import { ByteReader, ByteWriter } from "../base/bytes.ts";
import type { OperatorNode } from "../plan/plan.ts";
import type { KeyRecord, OperatorState } from "./key-record.ts";
import { decodeState, encodeState } from "./operator-state.ts";

/** The states of a record as a snapshot writes them, each behind its operator's place, as a string with a character for each byte. */
export function packStates(operators: readonly OperatorNode[], states: readonly (OperatorState | undefined)[]): string {
  const writer = new ByteWriter(64);
  for (const { place, bytes } of encodedParts(operators, states)) {
    writer.count(place);
    writer.bytes(bytes);
  }
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

export function unpackStates(operators: readonly OperatorNode[], packed: string): (OperatorState | undefined)[] {
  const states: (OperatorState | undefined)[] = [];
  for (const { place, bytes } of packedParts(packed)) {
    const node = operators[place];
    if (node !== undefined) states[place] = decodeState(node, new ByteReader(bytes));
  }
  return states;
}

/** The bytes of an operator's state, by its place in the dimension. */
interface StatePart {
  readonly place: number;
  readonly bytes: Uint8Array;
}

/** The states of a record as bytes; of packed ones those that are there. */
export function stateParts(
  operators: readonly OperatorNode[],
  { packed, states }: Pick<KeyRecord, "packed" | "states">,
): readonly StatePart[] {
  return packed === undefined ? encodedParts(operators, states) : packedParts(packed);
}

function encodedParts(
  operators: readonly OperatorNode[],
  states: readonly (OperatorState | undefined)[],
): readonly StatePart[] {
  const parts: StatePart[] = [];
  for (const [place, state] of states.entries()) {
    const node = operators[place];
    if (state === undefined || node === undefined) continue;
    const writer = new ByteWriter(64);
    encodeState(node, state, writer);
    parts.push({ place, bytes: writer.finish() });
  }
  return parts;
}

function packedParts(packed: string): readonly StatePart[] {
  const reader = new ByteReader(Buffer.from(packed, "latin1"));
  const parts: StatePart[] = [];
  while (!reader.isAtEnd) {
    const place = reader.count();
    parts.push({ place, bytes: reader.bytes() });
  }
  return parts;
}
