import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Shard } from "../../../src/core/shard/shard.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { snapshotChanges } from "../../../src/core/shard/snapshot.ts";
import { step } from "../../../src/core/shard/step.ts";
import { entriesOf, entryOf, planOf, restored, settingsOf, textOf } from "./scenario.ts";

const aggregate = { n: "count", d: { distinct: "v" }, s: { sum: "v" } };

/** By name: windows of the families, a pattern, what `prev` reads, a throttle. */
const rules: readonly object[] = [
  { id: "sliding", key: ["u"], windows: { w: { type: "sliding", size: "20ms", aggregate } }, conditions: "w.n > 1" },
  { id: "tumbling", key: ["u"], windows: { w: { type: "tumbling", size: "10ms", aggregate } }, conditions: "w.n > 0" },
  {
    id: "hopping",
    key: ["u"],
    windows: { w: { type: "hopping", size: "20ms", every: "5ms", aggregate } },
    conditions: "w.n > 0",
  },
  { id: "session", key: ["u"], windows: { w: { type: "session", gap: "7ms", aggregate } }, conditions: "w.n > 0" },
  {
    id: "pattern",
    key: ["u", "v"],
    patterns: {
      p: {
        sequence: [{ begin: "a" }, { followedBy: "b" }],
        within: "15ms",
      },
    },
    conditions: "true",
  },
];
const keeping: readonly object[] = [
  { id: "throttled", key: ["u"], conditions: "v > 0", alert: { throttle: "9ms" } },
  { id: "history", key: ["v"], conditions: "prev.u != u" },
];

const lines = fc
  .array(
    fc.record({
      step: fc.integer({ min: -4, max: 12 }),
      type: fc.constantFrom("a", "b"),
      u: fc.constantFrom(0, 1, 2, 3, '"x"', "null", '{"b":1,"a":2}'),
      v: fc.nat(3),
    }),
    { maxLength: 40 },
  )
  .map((events) => {
    let time = 0;
    return events.map(({ step: ms, type, u, v }) => {
      time += ms;
      return `${time} ${type} u=${u} v=${v}`;
    });
  });

function told(shard: Shard, all: readonly string[], after: (shard: Shard) => void): readonly string[] {
  const outputs: Output[] = [];
  for (const [sequence, line] of all.entries()) {
    step(shard, entryOf(line, sequence), outputs);
    after(shard);
  }
  return outputs.map(textOf);
}

describe("records whose states are packed", () => {
  const plan = planOf({ rules: [...rules, ...keeping] });

  test("tell the same, and have the same bytes", () => {
    fc.assert(
      fc.property(lines, fc.constantFrom(1, 2, 3), fc.constantFrom(0, 6), (all, warmKeyCountMax, outOfOrdernessMs) => {
        const settings = settingsOf({ outOfOrdernessMs });
        const [live, packed] = [new Shard(plan, settings), new Shard(plan, { ...settings, warmKeyCountMax })];
        const bytesOf: Map<string, Uint8Array>[][] = [[], []];
        const gather = (into: Map<string, Uint8Array>[]) => (shard: Shard) => void into.push(entriesOf(shard));
        expect(told(packed, all, gather(bytesOf[1] ?? []))).toEqual(told(live, all, gather(bytesOf[0] ?? [])));
        for (const [index, entries] of (bytesOf[0] ?? []).entries())
          expect(new Map(bytesOf[1]?.[index] ?? [])).toEqual(new Map(entries));
        expect(told(restored(packed), ["end"], () => undefined)).toEqual(told(live, ["end"], () => undefined));
      }),
      { numRuns: 25 },
    );
  });

  test("are written with the changes of the step that touched them, and are live when they are asked for", () => {
    const shard = new Shard(plan, { ...settingsOf(), warmKeyCountMax: 1 });
    told(shard, ["1 a u=1 v=1", "2 a u=2 v=2", "3 a u=3 v=3", "watermark 3"], () => undefined);
    const records = shard.records.find((of) => [...of.values()].some(({ key }) => "u" in key && !("v" in key)));
    expect([...(records?.values() ?? [])].some(({ packed }) => packed !== undefined)).toBe(true);
    const put = new Map<string, Uint8Array | undefined>();
    snapshotChanges(shard, 0, { put: (address, bytes) => void put.set(address, bytes) });
    for (const [address, bytes] of entriesOf(shard)) expect(put.get(address), address).toEqual(bytes);
    expect(records?.get("n1")?.packed).toBeUndefined();
    expect(records?.get("n1")?.states.some((state) => state !== undefined)).toBe(true);
    expect([records?.get("n1")?.values, records?.get("n1")?.key]).toEqual([[1], { u: 1 }]);
  });
});

describe("at the end of input", () => {
  test("no key and no timer is left of rules that read neither `prev` nor `keySince`", () => {
    const some = fc.subarray([...rules], { minLength: 1 });
    fc.assert(
      fc.property(lines, some, fc.constantFrom(1, 1_000), (all, chosen, warmKeyCountMax) => {
        const shard = new Shard(planOf({ rules: chosen }), { ...settingsOf(), warmKeyCountMax });
        told(shard, [...all, "end"], () => undefined);
        expect(shard.records.map(({ size }) => size)).toEqual(shard.records.map(() => 0));
        expect(shard.groups.reduce((sum, { length }) => sum + length, 0)).toBe(0);
        expect([shard.timers.size, shard.timers.peekDeadline(), shard.logTimers.size]).toEqual([0, undefined, 0]);
      }),
      { numRuns: 25 },
    );
  });
});
