import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptBytesError } from "../../src/core/base/bytes.ts";
import { decodeLedgerMarks, LedgerMarks } from "../../src/engine/ledger-marks.ts";

describe("which ledger entries are older than the horizon", () => {
  test("is never one that is not, and in the end each that is", () => {
    const steps = fc.array(
      fc.record({ entries: fc.integer({ min: 1, max: 9 }), ms: fc.integer({ min: 0, max: 60 }) }),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, fc.boolean(), (moves, isRestarted) => {
        const horizonMs = 1_000;
        let ledger = new LedgerMarks();
        const logTimes = new Map<number, number>();
        let ordinal = 0;
        let logTime = 0;
        for (const { entries, ms } of moves) {
          for (let taken = 0; taken < entries; taken += 1) logTimes.set((ordinal += 1), (logTime += ms));
          ledger.advance(ordinal, logTime, horizonMs);
          if (isRestarted) ledger = decodeLedgerMarks(ledger.encode());
          for (const [at, when] of logTimes)
            if (at < ledger.ordinalMin) expect(when).toBeLessThanOrEqual(logTime - horizonMs);
        }
        ledger.advance(ordinal + 1, logTime + horizonMs, horizonMs);
        ledger.advance(ordinal + 2, logTime + 2 * horizonMs, horizonMs);
        expect(ledger.ordinalMin).toBeGreaterThan(ordinal);
      }),
    );
  });

  test("takes no more marks than the horizon has parts, and one", () => {
    const ledger = new LedgerMarks();
    for (let ordinal = 1; ordinal <= 10_000; ordinal += 1) ledger.advance(ordinal, ordinal, 1_000);
    expect(ledger.marks.length).toBeLessThanOrEqual(257);
  });

  test("is refused where its bytes are cut or of another version", () => {
    const ledger = new LedgerMarks();
    ledger.advance(7, 1_000, 500);
    const bytes = ledger.encode();
    for (let size = 0; size < bytes.length; size += 1)
      expect(() => decodeLedgerMarks(bytes.subarray(0, size))).toThrow(CorruptBytesError);
    expect(() => decodeLedgerMarks(Uint8Array.from([9, ...bytes.subarray(1)]))).toThrow(CorruptBytesError);
  });
});
