import { ByteReader, ByteWriter, CorruptBytesError } from "../core/base/bytes.ts";

const codecVersion = 1;
/** Marks within one horizon: how exactly it is kept, and how many there can be. */
const markCountMax = 256;

/** Address under which the marks are kept among the shard's records; no record's address is like it. */
export const ledgerMarksAddress = "ledger-marks";

/** Log time by ordinal, coarsely: which entries of the ledger are older than its horizon. */
export class LedgerMarks {
  /** Oldest first. */
  marks: { readonly ordinal: number; readonly logTime: number }[] = [];
  /** Entries below this ordinal are older than the horizon. */
  ordinalMin = 0;

  /** Log time has come to `logTime` at `ordinal`: sets a mark, and lets those go that are a horizon behind. */
  advance(ordinal: number, logTime: number, horizonMs: number): void {
    while ((this.marks[0]?.logTime ?? Infinity) <= logTime - horizonMs)
      this.ordinalMin = this.marks.shift()?.ordinal ?? this.ordinalMin;
    const last = this.marks.at(-1);
    if (last === undefined || logTime - last.logTime >= horizonMs / markCountMax) this.marks.push({ ordinal, logTime });
  }

  encode(): Uint8Array {
    const writer = new ByteWriter();
    writer.byte(codecVersion);
    writer.count(this.ordinalMin);
    writer.count(this.marks.length);
    for (const { ordinal, logTime } of this.marks) {
      writer.count(ordinal);
      writer.number(logTime);
    }
    return writer.finish();
  }
}

/** @throws {CorruptBytesError} where the bytes hold no marks of this version. */
export function decodeLedgerMarks(bytes: Uint8Array): LedgerMarks {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== codecVersion)
    throw new CorruptBytesError("state is damaged or newer: no ledger marks of version 1");
  const ledger = new LedgerMarks();
  ledger.ordinalMin = reader.count();
  for (let left = reader.count(); left > 0; left -= 1)
    ledger.marks.push({ ordinal: reader.count(), logTime: reader.number() });
  return ledger;
}
