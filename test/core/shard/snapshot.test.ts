import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { keyGroupCount } from "../../../src/core/event/key.ts";
import { readSegment, segmentBytesMax, SegmentPacker } from "../../../src/core/shard/segment.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import { activatePlan, restoreShard, snapshotChanges } from "../../../src/core/shard/snapshot.ts";
import { step } from "../../../src/core/shard/step.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { draftsOf, entriesOf, entryOf, planOf, restored, settingsOf, textOf } from "./scenario.ts";

const sliding = { type: "sliding", size: "20ms", aggregate: { n: "count", s: { sum: "v" }, d: { distinct: "v" } } };
const tumbling = { type: "tumbling", size: "10ms", allowedLateness: "5ms", aggregate: { n: "count", m: { max: "v" } } };
const pair = {
  sequence: [
    { begin: "x", on: ["a"], times: "1+" },
    { followedBy: "y", on: ["b"], where: "v >= x.last.v" },
  ],
  within: "25ms",
  skip: "pastLastEvent",
};
const quiet = {
  sequence: [
    { begin: "x", on: ["a"] },
    { notFollowedBy: "y", on: ["b"] },
  ],
  within: "8ms",
};

const rules = [
  { id: "s", key: ["u"], windows: { w: sliding }, conditions: "w.n >= 2", alert: { throttle: "15ms" } },
  {
    id: "t",
    key: ["u"],
    windows: { w: tumbling },
    conditions: "w.n >= 1 && (w.previous == null || w.n >= w.previous.n)",
  },
  { id: "p", key: ["u"], patterns: { p: pair, q: quiet }, evaluate: ["pattern:p", "pattern:q"], conditions: "true" },
  { id: "g", windows: { w: tumbling, s: sliding }, evaluate: ["event", "window:w"], conditions: "s.n > 1" },
  { id: "f", conditions: "v == 3", alert: { throttle: "9ms", fingerprint: ["u"] } },
];
const chained = [
  {
    id: "h",
    on: ["a", "b"],
    key: { who: { each: ["u", "v"] } },
    conditions: "prev != null && prev.v != v && now - keySince < 60",
    emit: { type: "changed", fields: { who: "key.who", v: "v" } },
  },
  {
    id: "d",
    on: ["changed"],
    key: ["who"],
    windows: { w: tumbling, s: sliding },
    patterns: { p: { sequence: [{ begin: "x" }, { followedBy: "y", where: "prev.v > v" }], within: "25ms" } },
    evaluate: ["window:w", "pattern:p"],
    conditions: "s.n >= 1",
    emit: { type: "again" },
  },
  { id: "e", on: ["again", "tocsin.alert.d"], mode: "shadow", windows: { w: tumbling }, emit: { type: "shadowed" } },
  { id: "i", on: ["shadowed"], mode: "shadow", windows: { s: sliding }, conditions: "s.n > 0" },
];
const patterns = [{ id: "lone", key: ["v"], ...quiet }];
const plan = planOf({ rules: [...rules, ...chained], patterns });
/** Nothing of it remembers for ever. */
const forgetful = planOf({ rules, patterns });
const otherPlan = planOf({
  rules: [
    ...rules,
    ...chained,
    { id: "added", priority: 9, key: ["u", "v"], windows: { w: sliding }, conditions: "w.n == 2" },
  ],
  patterns,
});

const content = fc.record({ type: fc.constantFrom("a", "b"), u: fc.nat(4), v: fc.nat(3) });
/** Mostly onward, sometimes back: else nearly all is late. */
const passedMs = fc.oneof(
  { weight: 6, arbitrary: fc.nat(5) },
  { weight: 1, arbitrary: fc.integer({ min: -12, max: 30 }) },
);
const entry = fc.record({
  kind: fc.constantFrom("event", "event", "event", "event", "event", "event", "event", "batch", "idle", "tick"),
  passedMs,
  contents: fc.array(content, { minLength: 2, maxLength: 3 }),
});
const lines = fc.array(entry, { maxLength: 40 }).map((entries) => {
  let time = 0;
  return entries.map(({ kind, passedMs: passed, contents }) => {
    time += passed;
    if (kind === "idle" || kind === "tick") return `${kind} ${100 + time}`;
    const texts = contents.map(({ type, u, v }) => `${time} ${type} u=${u} v=${v}`);
    return kind === "batch" ? `batch ${texts.join(" | ")}` : (texts[0] ?? "");
  });
});
const settings = fc
  .record({
    outOfOrdernessMs: fc.constantFrom(0, 10),
    bufferedEventCountMax: fc.constantFrom(4, 1_000),
    keyCountMax: fc.constantFrom(3, 1_000),
  })
  .map(settingsOf);

interface Stepped {
  readonly shard: Shard;
  readonly outputs: readonly Output[];
}

/** Takes the lines with their numbers from `first` on. */
function go(shard: Shard, taken: readonly string[], first = 0): Stepped {
  const outputs: Output[] = [];
  for (const [index, text] of taken.entries()) step(shard, entryOf(text, first + index), outputs);
  return { shard, outputs };
}

/** Texts and ids. */
function told(outputs: readonly Output[]): readonly string[] {
  return outputs.map((output) => {
    const id = output.kind === "alert" ? output.draft.alert.id : "id" in output ? output.id : "";
    const detail = output.kind === "alert" ? JSON.stringify(output.draft.alert) : "";
    return `${textOf(output)} ${id} ${detail}`;
  });
}

describe("chop invariance", () => {
  test("restored at any entry from segments of several commits, it goes on as if nothing had been", () => {
    const cuts = fc.uniqueArray(fc.nat(40), { maxLength: 6 });
    fc.assert(
      fc.property(lines, cuts, settings, (all, chosen, options) => {
        const expected = go(new Shard(plan, options), [...all, "end"]).outputs;
        const store: Uint8Array[][] = [];
        const outputs: Output[] = [];
        let shard = new Shard(plan, options);
        for (const [index, text] of [...all, "end"].entries()) {
          if (chosen.includes(index)) {
            store.push([...commit(shard, store.length)]);
            shard = load(store, options);
          }
          outputs.push(...go(shard, [text], index).outputs);
        }
        expect(told(outputs)).toEqual(told(expected));
      }),
      { numRuns: 150 },
    );
  });

  test("segments that the rotation of whole groups has made old can go", () => {
    fc.assert(
      fc.property(fc.array(lines, { minLength: 2, maxLength: 5 }), settings, (parts, options) => {
        const all = parts.flat();
        const expected = go(new Shard(plan, options), all);
        let shard = new Shard(plan, options);
        const store: Uint8Array[][] = [];
        let first = 0;
        for (const part of parts) {
          go(shard, part, first);
          first += part.length;
          // Commits without a change, until every group has been written since: what stands before them can go.
          for (let count = 0; count < keyGroupCount; count += 1) store.push([...commit(shard, store.length)]);
          store.splice(0, store.length - keyGroupCount, ...[]);
          shard = load(store, options);
        }
        expect(entriesOf(shard)).toEqual(entriesOf(expected.shard));
        expect(told(go(shard, ["end"], first).outputs)).toEqual(told(go(expected.shard, ["end"], first).outputs));
      }),
      { numRuns: 10 },
    );
  });

  function commit(shard: Shard, number: number): readonly Uint8Array[] {
    const packer = new SegmentPacker();
    snapshotChanges(shard, number % keyGroupCount, packer);
    return packer.finish();
  }

  function load(store: readonly (readonly Uint8Array[])[], options: Shard["settings"]): Shard {
    const entries = new Map<string, Uint8Array>();
    for (const segments of store) for (const bytes of segments) readSegment(bytes, entries);
    return restoreShard(plan, options, entries);
  }
});

describe("another plan", () => {
  test("of the same documents changes nothing", () => {
    fc.assert(
      fc.property(lines, fc.nat(40), settings, (all, cut, options) => {
        const expected = go(new Shard(plan, options), [...all, "end"]).outputs;
        const before = go(new Shard(plan, options), all.slice(0, cut));
        const next = activatePlan(before.shard, planOf({ rules: [...rules, ...chained], patterns }));
        const after = go(next, [...all.slice(cut), "end"], Math.min(cut, all.length));
        expect(told([...before.outputs, ...after.outputs])).toEqual(told(expected));
      }),
      { numRuns: 80 },
    );
  });

  test("with a rule more keeps the state of what did not change, through its own segments too", () => {
    const ofOld = (outputs: readonly Output[]) => told(outputs).filter((text) => !/ added[. ]/.test(text));
    const options = settings.filter(({ keyCountMax }) => keyCountMax > 3);
    fc.assert(
      fc.property(lines, fc.nat(40), options, (all, cut, chosen) => {
        const expected = go(new Shard(plan, chosen), [...all, "end"]).outputs;
        const before = go(new Shard(plan, chosen), all.slice(0, cut));
        const next = restored(activatePlan(before.shard, otherPlan));
        const after = go(next, [...all.slice(cut), "end"], Math.min(cut, all.length));
        expect(ofOld([...before.outputs, ...after.outputs])).toEqual(ofOld(expected));
      }),
      { numRuns: 80 },
    );
  });

  test("without a rule lets its state go, and says so to older segments", () => {
    const { shard } = go(new Shard(plan, settingsOf()), ["1 a u=1 v=1"]);
    const first = new SegmentPacker();
    snapshotChanges(shard, 0, first);
    const next = activatePlan(shard, planOf({ rules: rules.slice(3, 4) }));
    const second = new SegmentPacker();
    snapshotChanges(next, 0, second);
    const entries = new Map<string, Uint8Array>();
    for (const bytes of [...first.finish(), ...second.finish()]) readSegment(bytes, entries);
    expect([...entries.keys()].sort()).toEqual(["[]\n", "clock"]);
    expect(restoreShard(plan, settingsOf(), entries).records.map(({ size }) => size)).toEqual(
      plan.dimensions.map(({ identity }) => (identity === "[]" ? 1 : 0)),
    );
  });

  test("a throttle goes on under another length", () => {
    const rule = (throttle: string) => ({ id: "r", conditions: "true", alert: { throttle } });
    const { shard } = go(new Shard(planOf({ rules: [rule("10ms")] }), settingsOf()), ["1 a"]);
    const next = activatePlan(shard, planOf({ rules: [rule("20ms")] }));
    const { outputs } = go(next, ["15 a", "21 a"], 1);
    expect(draftsOf(outputs).map(({ alert }) => [alert.time, alert.held])).toEqual([[21, 1]]);
  });
});

describe("bytes", () => {
  test("a snapshot holds all that was told gone, and nothing twice", () => {
    const { shard } = go(new Shard(forgetful, settingsOf()), ["1 a u=1 v=1"]);
    const put: [string, boolean][] = [];
    const writer = {
      put: (address: string, bytes: Uint8Array | undefined) => put.push([address, bytes !== undefined]),
    };
    snapshotChanges(shard, 0, writer);
    expect(put.map(([address]) => address).sort()).toEqual(['["u"]\nn1', '["v"]\nn1', "[]\n", "clock"]);
    put.length = 0;
    go(shard, ["end"], 1);
    snapshotChanges(shard, 0, writer);
    expect(put.filter(([, isThere]) => !isThere).map(([address]) => address)).toContain('["v"]\nn1');
    put.length = 0;
    snapshotChanges(shard, 1, writer);
    expect(put).toEqual([["clock", true]]);
  });

  test("damaged ones give a CorruptBytesError or a shard, never another error", () => {
    const { shard } = go(new Shard(plan, settingsOf({ outOfOrdernessMs: 10 })), [
      "1 a u=1 v=3",
      "3 a u=1 v=3",
      "15 b u=2 v=1",
      "21 a u=1 v=2",
    ]);
    const packer = new SegmentPacker();
    snapshotChanges(shard, 0, packer);
    const [whole] = packer.finish();
    if (whole === undefined) throw new Error("no segment");
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
        const bytes = isCut ? whole.slice(0, at) : whole.with(at, byte);
        const entries = new Map<string, Uint8Array>();
        try {
          readSegment(bytes, entries);
          restoreShard(plan, settingsOf(), entries);
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptBytesError);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    { why: "a record under the address of another key", from: '["u"]\nn1', to: '["u"]\nn2' },
    { why: "a record of another number of parts", from: '["u"]\nn1', to: "[]\n" },
  ])("$why is damage", ({ from, to }) => {
    const entries = entriesOf(go(new Shard(plan, settingsOf()), ["1 a u=1 v=3"]).shard);
    const bytes = entries.get(from);
    if (bytes === undefined) throw new Error(`no ${from}`);
    entries.set(to, bytes);
    expect(() => restoreShard(plan, settingsOf(), entries)).toThrow(CorruptBytesError);
  });

  test.each(['["u"]\nn1', "clock"])("bytes behind the end of %j are damage", (address) => {
    const entries = entriesOf(go(new Shard(plan, settingsOf()), ["1 a u=1 v=3"]).shard);
    entries.set(address, Uint8Array.from([...(entries.get(address) ?? []), 0]));
    expect(() => restoreShard(plan, settingsOf(), entries)).toThrow(CorruptBytesError);
  });

  test("segments are of about a mebibyte; a larger record has its own", () => {
    const packer = new SegmentPacker();
    const large = new Uint8Array(segmentBytesMax + 5);
    packer.put("a", new Uint8Array(10));
    packer.put("b", large);
    packer.put("c", undefined);
    packer.put("d", new Uint8Array(3));
    const segments = packer.finish();
    expect(segments.map(({ length }) => length > segmentBytesMax)).toEqual([false, true, false]);
    const entries = new Map([["c", new Uint8Array(1)]]);
    for (const bytes of segments) readSegment(bytes, entries);
    expect([...entries].map(([address, bytes]) => [address, bytes.length])).toEqual([
      ["a", 10],
      ["b", large.length],
      ["d", 3],
    ]);
  });
});

describe("determinism", () => {
  test("the same input gives the same outputs", () => {
    fc.assert(
      fc.property(lines, settings, (all, options) => {
        const [first, second] = [1, 2].map(() => told(go(new Shard(plan, options), [...all, "end"]).outputs));
        expect(first).toEqual(second);
      }),
      { numRuns: 60 },
    );
  });

  test("events out of order within the bound give an ordered rule the same alerts", () => {
    const ordered = planOf({ rules: rules.slice(0, 1).concat(rules.slice(2, 3)) });
    const shuffled = fc.uniqueArray(fc.nat(200), { maxLength: 40 }).chain((times) =>
      fc.tuple(
        fc.constant(times.toSorted((a, b) => a - b)),
        fc.array(fc.nat(10), { minLength: times.length, maxLength: times.length }),
        fc.array(fc.record({ type: fc.constantFrom("a", "b"), u: fc.nat(1), v: fc.nat(3) }), {
          minLength: times.length,
          maxLength: times.length,
        }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([times, delays, contents]) => {
        const events = times.map((time, index) => {
          const { type = "a", u = 0, v = 0 } = contents[index] ?? {};
          return { time, arrivesAt: time + (delays[index] ?? 0), text: `${time} ${type} u=${u} v=${v}` };
        });
        const alerts = (sorted: typeof events) => {
          const { outputs } = go(new Shard(ordered, settingsOf({ outOfOrdernessMs: 10 })), [
            ...sorted.map(({ text }) => text),
            "end",
          ]);
          return outputs.filter(({ kind }) => kind === "alert" || kind === "late").map(textOf);
        };
        expect(alerts(events.toSorted((a, b) => a.arrivesAt - b.arrivesAt))).toEqual(alerts(events));
      }),
      { numRuns: 150 },
    );
  });

  test("after the end of input no record is left where no throttle holds anything back", () => {
    const kept = planOf({ rules: rules.map((rule) => ({ ...rule, alert: {} })), patterns });
    fc.assert(
      fc.property(lines, settings, (all, options) => {
        const { shard } = go(new Shard(kept, options), [...all, "end"]);
        expect(shard.records.map(({ size }) => size)).toEqual(kept.dimensions.map(() => 0));
        expect([shard.timers.size, shard.reorder.size, shard.dirty.size]).toEqual([0, 0, 0]);
      }),
      { numRuns: 80 },
    );
  });
});
