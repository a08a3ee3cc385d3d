import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Severity } from "../../../src/core/alert/effect.ts";
import { isRise, severities, severityOf } from "../../../src/core/alert/severity.ts";
import {
  admitAlert,
  decodeThrottle,
  encodeThrottle,
  endThrottlePeriods,
  nextThrottleEnd,
  throttlePeriodCountMax,
  ThrottleState,
} from "../../../src/core/alert/throttle.ts";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { durationMs, eventTimeMs } from "../../../src/core/time/instant.ts";

const throttleMs = durationMs(10);

function admit(state: ThrottleState, at: number, fingerprint = "f", severity: Severity = "medium") {
  return admitAlert(state, { fingerprint, at: eventTimeMs(at), severity, throttleMs });
}

const given = (heldCount: number, shedCount = 0) => ({ kind: "given", heldCount, shedCount });
const held = { kind: "held" };

function recoded(state: ThrottleState): ThrottleState {
  const writer = new ByteWriter();
  encodeThrottle(state, writer);
  return decodeThrottle(new ByteReader(writer.finish()));
}

describe("an alert", () => {
  interface Asked {
    readonly at: number;
    readonly fingerprint?: string;
    readonly severity?: Severity;
    readonly is: object;
  }
  const rows: readonly { readonly why: string; readonly asked: readonly Asked[] }[] = [
    {
      why: "right before the end is held, at the end given",
      asked: [
        { at: 0, is: given(0) },
        { at: 9, is: held },
        { at: 10, is: given(1) },
      ],
    },
    {
      why: "held ones start no new period",
      asked: [
        { at: 0, is: given(0) },
        { at: 9, is: held },
        { at: 11, is: given(1) },
        { at: 20, is: held },
        { at: 21, is: given(1) },
      ],
    },
    {
      why: "fingerprints do not touch each other",
      asked: [
        { at: 0, fingerprint: "f", is: given(0) },
        { at: 1, fingerprint: "g", is: given(0) },
        { at: 2, fingerprint: "f", is: held },
        { at: 11, fingerprint: "g", is: given(0) },
      ],
    },
    {
      why: "of an earlier time is held too",
      asked: [
        { at: 100, is: given(0) },
        { at: 1, is: held },
      ],
    },
    {
      why: "more severe than the last one given passes; than a held one is not enough",
      asked: [
        { at: 0, severity: "medium", is: given(0) },
        { at: 1, severity: "low", is: held },
        { at: 2, severity: "medium", is: held },
        { at: 3, severity: "high", is: given(2) },
        { at: 12, severity: "high", is: held },
        { at: 13, severity: "info", is: given(1) },
      ],
    },
  ];
  test.each(rows)("$why", ({ asked }) => {
    let state = new ThrottleState();
    for (const { at, fingerprint, severity, is } of asked) {
      state = recoded(state);
      expect(admit(state, at, fingerprint, severity)).toEqual(is);
    }
  });
});

test("a period that holds nothing back ends; one that does waits for the next alert to tell", () => {
  const state = new ThrottleState();
  admit(state, 5, "quiet");
  admit(state, 0, "held");
  admit(state, 1, "held");
  const keptMs = durationMs(12);
  expect(nextThrottleEnd(state, keptMs)).toBe(17);
  endThrottlePeriods(state, eventTimeMs(16), keptMs);
  expect([...state.periods.keys()]).toEqual(["quiet", "held"]);
  endThrottlePeriods(state, eventTimeMs(17), keptMs);
  expect([...state.periods.keys()]).toEqual(["held"]);
  expect(nextThrottleEnd(state, keptMs)).toBeUndefined();
  expect(admit(state, 1_000, "held")).toEqual(given(1));
});

test("at the limit the period whose alert was given longest ago is forgotten", () => {
  const state = new ThrottleState();
  for (let index = 0; index < throttlePeriodCountMax; index += 1) admit(state, index, `f${index}`);
  expect(admit(state, throttlePeriodCountMax, "f0")).toEqual(given(0));
  expect(admit(state, throttlePeriodCountMax, "new")).toEqual(given(0, 1));
  expect(state.periods.size).toBe(throttlePeriodCountMax);
  expect([state.periods.has("f0"), state.periods.has("f1")]).toEqual([true, false]);
});

test("the codec keeps everything, the order too", () => {
  const asked = fc.array(
    fc.record({
      at: fc.nat(40),
      fingerprint: fc.constantFrom("f", "g", "h"),
      severity: fc.constantFrom(...severities),
    }),
  );
  fc.assert(
    fc.property(asked, (all) => {
      const state = new ThrottleState();
      for (const { at, fingerprint, severity } of all) admit(state, at, fingerprint, severity);
      expect([...recoded(state).periods]).toEqual([...state.periods]);
    }),
  );
});

test("damage is a CorruptBytesError", () => {
  const state = new ThrottleState();
  admit(state, 1);
  const writer = new ByteWriter();
  encodeThrottle(state, writer);
  const bytes = writer.finish();
  expect(() => decodeThrottle(new ByteReader(bytes.with(0, 9)))).toThrow(CorruptBytesError);
  expect(() => decodeThrottle(new ByteReader(bytes.with(-2, severities.length)))).toThrow(CorruptBytesError);
  expect(() => decodeThrottle(new ByteReader(bytes.slice(0, -1)))).toThrow(CorruptBytesError);
  const nan = new ByteWriter();
  nan.byte(1);
  nan.count(1);
  nan.string("f");
  nan.number(Number.NaN);
  nan.byte(0);
  nan.count(0);
  expect(() => decodeThrottle(new ByteReader(nan.finish()))).toThrow(CorruptBytesError);
});

test("severities have an order", () => {
  expect(severityOf("high")).toBe("high");
  for (const none of ["High", "huge", 3, undefined, null]) expect(severityOf(none)).toBeUndefined();
  for (const [from, lower] of severities.entries()) {
    for (const [to, upper] of severities.entries()) expect(isRise(lower, upper)).toBe(to > from);
  }
});
