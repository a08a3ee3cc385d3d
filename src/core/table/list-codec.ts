import { ByteReader, ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { isJsonObject } from "../base/json.ts";
import { logTimeMs } from "../time/instant.ts";
import { entryAddress } from "./list-entry.ts";
import type { ListEntry } from "./list-entry.ts";
import { ListState } from "./list-state.ts";
import type { ListProgram } from "./list-program.ts";
import { keyedMember } from "./member-key.ts";

const codecVersion = 1;

/** An entry's bytes; its kind and key stand in its address. */
export function encodeListEntry(entry: ListEntry): Uint8Array {
  const writer = new ByteWriter(64);
  writer.byte(codecVersion);
  if (entry.kind === "added") {
    writer.json(entry.member);
    writer.json(entry.fields);
    writer.number(entry.sinceMs);
    writer.number(entry.expiresAt ?? Number.POSITIVE_INFINITY);
    writer.count(entry.sequence);
  }
  return writer.finish();
}

/** What belongs to the list as a whole. */
export function encodeListCounts({ nextSequence, shedCount }: ListState): Uint8Array {
  const writer = new ByteWriter(16);
  writer.byte(codecVersion);
  writer.count(nextSequence);
  writer.count(shedCount);
  return writer.finish();
}

/**
 * A list's state out of its counts and its entries by address, in whatever order.
 *
 * @throws {CorruptBytesError} where the bytes are damaged, or of a newer version.
 */
export function decodeListState(
  program: ListProgram,
  counts: Uint8Array,
  entries: Iterable<readonly [address: string, bytes: Uint8Array]>,
): ListState {
  const state = new ListState(program);
  const reader = startReading(counts);
  state.nextSequence = reader.count();
  state.shedCount = reader.count();
  checkEnd(reader);
  const decoded: ListEntry[] = [];
  for (const [address, bytes] of entries) decoded.push(decodeEntry(program, address, bytes));
  decoded.sort((a, b) => sequenceOf(a) - sequenceOf(b));
  let last = -1;
  for (const entry of decoded) {
    if (entry.kind === "added") {
      if (entry.sequence <= last || entry.sequence >= state.nextSequence)
        throw new CorruptBytesError(`state is damaged: no order of members in the list ${program.id}`);
      last = entry.sequence;
    }
    // A removal of what the documents of another version no longer have says nothing any more.
    if (entry.kind === "added" || isOfDocuments(program, entry.key)) state.restore(entry);
  }
  return state;
}

function decodeEntry(program: ListProgram, address: string, bytes: Uint8Array): ListEntry {
  const reader = startReading(bytes);
  const key = address.slice(1);
  if (address.startsWith("-")) {
    checkEnd(reader);
    return { kind: "hidden", key };
  }
  const member = reader.json();
  const fields = reader.json();
  const sinceMs = reader.number();
  const expiresAt = reader.number();
  const sequence = reader.count();
  checkEnd(reader);
  const isMember = typeof member === "string" || typeof member === "number";
  if (!isMember || !isJsonObject(fields) || Number.isNaN(sinceMs) || Number.isNaN(expiresAt))
    throw new CorruptBytesError(`state is damaged: no member of the list ${program.id}`);
  const entry: ListEntry = {
    kind: "added",
    key,
    member,
    fields,
    sinceMs: logTimeMs(sinceMs),
    expiresAt: expiresAt === Number.POSITIVE_INFINITY ? undefined : logTimeMs(expiresAt),
    sequence,
  };
  if (entryAddress(entry) !== address || keyedMember(program.kind, member).key !== key)
    throw new CorruptBytesError(`state is damaged: a member of the list ${program.id} is not that of its address`);
  return entry;
}

/** Keys of members of documents are texts of members, but for the tag of those that are a text and a number. */
function isOfDocuments({ kind, base }: ListProgram, key: string): boolean {
  if (kind !== "exact") return base.keyOf(key) === key;
  const text = key.slice(1);
  const member = key.startsWith("n") ? Number(text) : key.startsWith("j") ? textOfJson(text) : text;
  return base.keyOf(member) === key;
}

/** A text with half a surrogate pair is kept as its JSON. */
function textOfJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : text;
  } catch {
    return text;
  }
}

function sequenceOf(entry: ListEntry): number {
  return entry.kind === "added" ? entry.sequence : -1;
}

function startReading(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== codecVersion) throw new CorruptBytesError("state is damaged or newer: no list of version 1");
  return reader;
}

function checkEnd(reader: ByteReader): void {
  if (!reader.isAtEnd) throw new CorruptBytesError(`state is damaged: more than was written, from ${reader.at} on`);
}
