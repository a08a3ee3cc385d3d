import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { effectIdOf } from "../../../src/core/alert/alert-identity.ts";
import {
  decodeFiring,
  encodeFiring,
  endByTime,
  type FiringProgram,
  FiringState,
  nextFiringDeadline,
  noteEvaluation,
  noteGiven,
  noteWindow,
  rememberedWindowCountMax,
  resolveNow,
  retract,
} from "../../../src/core/alert/firing.ts";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { durationMs, eventTimeMs } from "../../../src/core/time/instant.ts";

interface Settings {
  readonly forMs: number;
  readonly keepMs: number | undefined;
  readonly whenFalse: boolean;
  readonly afterMs: number | undefined;
}

interface Evaluation {
  readonly at: number;
  readonly holds: boolean;
}

function programOf({ forMs, keepMs, whenFalse, afterMs }: Settings): FiringProgram {
  return {
    forMs: durationMs(forMs),
    keepFiringForMs: keepMs === undefined ? undefined : durationMs(keepMs),
    resolvesWhenFalse: whenFalse,
    isOnChange: whenFalse || forMs > 0,
    resolveAfterMs: afterMs === undefined ? undefined : durationMs(afterMs),
    isResolvable: whenFalse || afterMs !== undefined,
  };
}

const resolvable = programOf({ forMs: 0, keepMs: undefined, whenFalse: true, afterMs: undefined });

function givenAt(at: number) {
  return { id: effectIdOf(["test", at]), at: eventTimeMs(at), fingerprint: "f" };
}

function recoded(state: FiringState): FiringState {
  const writer = new ByteWriter();
  encodeFiring(state, writer);
  return decodeFiring(new ByteReader(writer.finish()));
}

/** Plays evaluations as a shard does: what is due by time first. Saved and restored after each. */
function play(settings: Settings, evaluations: readonly Evaluation[]): readonly string[] {
  const program = programOf(settings);
  let state = new FiringState();
  const told: string[] = [];
  const reach = (to: number) => {
    for (let due = nextFiringDeadline(program, state); due !== undefined && due < to; ) {
      const ended = endByTime(program, state, due);
      if (ended !== undefined) told.push(`${ended.cause} @${ended.at} of ${ended.given.at}`);
      due = nextFiringDeadline(program, state);
    }
  };
  for (const { at, holds } of evaluations) {
    reach(at);
    const { acts, alerts, resolved } = noteEvaluation(program, state, holds, eventTimeMs(at));
    if (resolved !== undefined) told.push(`whenFalse @${at} of ${resolved.at}`);
    if (acts) told.push(`acts @${at}`);
    if (acts && alerts) {
      told.push(`alert @${at}`);
      noteGiven(program, state, givenAt(at));
    }
    state = recoded(state);
  }
  reach(Number.POSITIVE_INFINITY);
  return told;
}

/** The same from the words of the page: no state but what has been told and the evaluations so far. */
function defined(
  { forMs, keepMs, whenFalse, afterMs }: Settings,
  evaluations: readonly Evaluation[],
): readonly string[] {
  const told: string[] = [];
  let alertedAt: number | undefined;
  let isFiring = false;
  const onChange = whenFalse || forMs > 0;
  const endsBefore = (to: number, seen: readonly Evaluation[]) => {
    const lastTrue = seen.findLast(({ holds }) => holds)?.at;
    const ends: [number, string][] = [];
    if (keepMs !== undefined && isFiring && lastTrue !== undefined) ends.push([lastTrue + keepMs, "keepFiringFor"]);
    if (afterMs !== undefined && alertedAt !== undefined) ends.push([alertedAt + afterMs, "resolveAfter"]);
    for (const [at, cause] of ends.sort((a, b) => a[0] - b[0])) {
      if (at + 0.5 >= to) continue;
      if (alertedAt !== undefined) told.push(`${cause} @${at} of ${alertedAt}`);
      alertedAt = undefined;
      if (cause === "keepFiringFor") isFiring = false;
    }
  };
  for (const [index, { at, holds }] of evaluations.entries()) {
    const before = evaluations.slice(0, index);
    endsBefore(at, before);
    if (!holds) {
      if (whenFalse && keepMs === undefined) {
        if (alertedAt !== undefined) told.push(`whenFalse @${at} of ${alertedAt}`);
        alertedAt = undefined;
        isFiring = false;
      } else if (keepMs === undefined) {
        isFiring = false;
      }
      continue;
    }
    let first = index;
    while (first > 0 && evaluations[first - 1]?.holds === true) first -= 1;
    const hasHeld = at >= (evaluations[first]?.at ?? at) + forMs;
    if (!hasHeld && !isFiring) continue;
    told.push(`acts @${at}`);
    if (!onChange || !isFiring) {
      told.push(`alert @${at}`);
      if (whenFalse || afterMs !== undefined) alertedAt = at;
    }
    isFiring = onChange;
  }
  endsBefore(Number.POSITIVE_INFINITY, evaluations);
  return told;
}

describe("an alert's life", () => {
  const rows = [
    {
      why: "nothing asked: each evaluation that holds alerts",
      settings: {},
      truths: "1T 2T 3F 4T",
      told: ["acts @1", "alert @1", "acts @2", "alert @2", "acts @4", "alert @4"],
    },
    {
      why: "for of Prometheus: pending until it held so long",
      settings: { forMs: 5 },
      truths: "0T 4T 5T 6F 7T",
      told: ["acts @5", "alert @5"],
    },
    {
      why: "keep_firing_for: as long after the last true one",
      settings: { keepMs: 3, whenFalse: true },
      truths: "0T 1F 2T 3F 4F 6F",
      told: ["acts @0", "alert @0", "acts @2", "keepFiringFor @5 of 0"],
    },
    {
      why: "resolveAfter begins anew with each alert",
      settings: { afterMs: 3 },
      truths: "0T 2T 9F",
      told: ["acts @0", "alert @0", "acts @2", "alert @2", "resolveAfter @5 of 2"],
    },
  ];

  test.each(rows)("$why", ({ settings, truths, told }) => {
    const all = { forMs: 0, keepMs: undefined, whenFalse: false, afterMs: undefined, ...settings };
    const evaluations = truths.split(" ").map((text) => ({ at: Number.parseInt(text, 10), holds: text.endsWith("T") }));
    expect(play(all, evaluations)).toEqual(told);
  });

  test("is what its definition says", () => {
    const settings = fc.record({
      forMs: fc.constantFrom(0, 1, 3),
      keepMs: fc.constantFrom(undefined, 0, 2),
      whenFalse: fc.boolean(),
      afterMs: fc.constantFrom(undefined, 1, 4),
    });
    const evaluations = fc
      .array(fc.record({ pause: fc.nat(3), holds: fc.boolean() }), { maxLength: 14 })
      .map((steps) => {
        let at = -5;
        return steps.map(({ pause, holds }) => ({ at: (at += pause + 1), holds }));
      });
    fc.assert(
      fc.property(settings, evaluations, (given, series) => {
        const whole = { ...given, keepMs: given.whenFalse ? given.keepMs : undefined };
        expect(play(whole, series)).toEqual(defined(whole, series));
      }),
      { numRuns: 1_000 },
    );
  });

  test("a condition ends what stands, and nothing else", () => {
    const state = new FiringState();
    expect(resolveNow(state)).toBeUndefined();
    noteGiven(resolvable, state, givenAt(3));
    expect(resolveNow(state)?.at).toBe(3);
    expect(state.isEmpty).toBe(true);
  });

  test("a window's alert is taken back once, and only until the window can fire no more", () => {
    const state = new FiringState();
    noteWindow(state, "w 0 10", givenAt(9), eventTimeMs(20));
    noteWindow(state, "w 10 20", givenAt(19), eventTimeMs(30));
    expect(
      endByTime(
        programOf({ forMs: 0, keepMs: undefined, whenFalse: false, afterMs: undefined }),
        state,
        eventTimeMs(20),
      ),
    ).toBeUndefined();
    expect(retract(state, "w 0 10")).toBeUndefined();
    expect(retract(state, "w 10 20")?.at).toBe(19);
    expect(retract(state, "w 10 20")).toBeUndefined();
  });

  test("at the limit the window that was remembered first is forgotten", () => {
    const state = new FiringState();
    for (let index = 0; index <= rememberedWindowCountMax; index += 1)
      noteWindow(state, `w ${index}`, givenAt(index), eventTimeMs(index + 100));
    expect(retract(state, "w 0")).toBeUndefined();
    expect(retract(state, "w 1")?.at).toBe(1);
  });
});

describe("its bytes", () => {
  const full = new FiringState();
  full.trueSince = eventTimeMs(-1);
  full.lastTrueAt = eventTimeMs(5);
  full.isFiring = true;
  noteGiven(resolvable, full, givenAt(4));
  noteWindow(full, "w 0 10", givenAt(9), eventTimeMs(20));

  test("give it back", () => {
    expect(recoded(full)).toEqual(full);
    expect(recoded(new FiringState())).toEqual(new FiringState());
  });

  test("cut, they are refused", () => {
    const writer = new ByteWriter();
    encodeFiring(full, writer);
    const bytes = writer.finish();
    for (let size = 0; size < bytes.length; size += 1)
      expect(() => decodeFiring(new ByteReader(bytes.slice(0, size)))).toThrow(CorruptBytesError);
  });

  test("of another version or with an id that is none, too", () => {
    expect(() => decodeFiring(new ByteReader(Uint8Array.of(9, 0, 0, 0, 0, 0)))).toThrow(CorruptBytesError);
    const writer = new ByteWriter();
    for (const value of [1, 0, 0, 0, 1]) writer.byte(value);
    writer.string("no id");
    writer.number(1);
    writer.string("f");
    writer.count(0);
    expect(() => decodeFiring(new ByteReader(writer.finish()))).toThrow(CorruptBytesError);
  });
});
