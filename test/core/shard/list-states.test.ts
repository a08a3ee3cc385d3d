import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { keyGroupCount } from "../../../src/core/event/key.ts";
import { fillLookups } from "../../../src/core/shard/fill-lookups.ts";
import { advanceLogTime, applyListChanges } from "../../../src/core/shard/list-changes.ts";
import { isListAddress } from "../../../src/core/shard/list-states.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { readSegment, SegmentPacker } from "../../../src/core/shard/segment.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import { activatePlan, restoreShard, snapshotChanges } from "../../../src/core/shard/snapshot.ts";
import { step } from "../../../src/core/shard/step.ts";
import { logTimeMs } from "../../../src/core/time/instant.ts";
import { entriesOf, entryOf, planOf, restored, run, settingsOf, textOf } from "./scenario.ts";

const blocked = { id: "blocked", members: ["bad"], ttl: "10ms" };

describe("state", () => {
  const lists = [
    blocked,
    { id: "net", kind: "cidr", members: ["10.0.0.0/8"] },
    { id: "n", maxMembers: 4, feed: { on: ["f"], member: "v" } },
  ];
  const rules = [
    { id: "a", on: ["a"], conditions: "true", lists: [{ add: "blocked", member: "u" }] },
    { id: "d", on: ["d"], conditions: "true", lists: [{ remove: "blocked", member: "u" }] },
    { id: "s", conditions: "inList(u, 'blocked') || inList(v, 'n')" },
  ];
  const plan = planOf({ lists, rules });
  const entry = fc.record({
    type: fc.constantFrom("a", "a", "d", "f", "x"),
    u: fc.constantFrom("bad", "p", "q", "r"),
    v: fc.nat(6),
    passedMs: fc.nat(6),
  });
  const streams = fc.array(entry, { maxLength: 40 }).map((entries) => {
    let time = 0;
    return entries.map(({ type, u, v, passedMs }) => `${(time += passedMs)} ${type} u=${u} v=${v}`);
  });

  test("changes since the last snapshot, put one over the other, are the state at any cut", () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(40)), (lines, cuts) => {
        const whole = new Shard(plan, settingsOf());
        let shard = new Shard(plan, settingsOf());
        const stored = new Map<string, Uint8Array>();
        for (const [index, line] of lines.entries()) {
          const outputs: [Output[], Output[]] = [[], []];
          step(whole, entryOf(line, index), outputs[0]);
          step(shard, entryOf(line, index), outputs[1]);
          expect(outputs[1].map(textOf)).toEqual(outputs[0].map(textOf));
          if (!cuts.includes(index)) continue;
          const packer = new SegmentPacker();
          snapshotChanges(shard, index % keyGroupCount, packer);
          for (const segment of packer.finish()) readSegment(segment, stored);
          for (const { gone, dirty } of shard.lists.byId.values()) expect([gone.size, dirty.size]).toEqual([0, 0]);
          shard = restoreShard(plan, settingsOf(), stored);
          expect(entriesOf(shard)).toEqual(entriesOf(whole));
        }
      }),
    );
  });

  test("another plan keeps what was changed of lists that are of one id and kind, and lets go of the rest", () => {
    const shard = new Shard(plan, settingsOf());
    advanceLogTime(shard, logTimeMs(5));
    applyListChanges(
      shard,
      "blocked",
      [
        { kind: "add", member: "x", fields: {}, ttlMs: undefined },
        { kind: "remove", member: "bad" },
      ],
      [],
    );
    applyListChanges(shard, "net", [{ kind: "add", member: "1.1.1.1", fields: {}, ttlMs: undefined }], []);
    applyListChanges(shard, "unknown", [{ kind: "remove", member: "x" }], []);
    const next = activatePlan(shard, planOf({ lists: [{ ...blocked, members: ["bad", "more"] }, { id: "net" }] }));
    expect(["x", "bad", "more"].map((member) => next.lists.contains("blocked", member))).toEqual([true, false, true]);
    expect(next.lists.contains("net", "1.1.1.1")).toBe(false);
    const packer = new SegmentPacker();
    snapshotChanges(next, 0, packer);
    const stored = entriesOf(shard);
    for (const segment of packer.finish()) readSegment(segment, stored);
    expect(stored).toEqual(entriesOf(next));
  });

  test("damaged lists are refused", () => {
    const { shard } = run({ lists, rules }, "1 a u=p\n2 d u=bad\n3 f v=1");
    expect(entriesOf(restored(shard))).toEqual(entriesOf(shard));
    for (const [address, bytes] of entriesOf(shard)) {
      if (!isListAddress(address)) continue;
      const cut = entriesOf(shard).set(address, bytes.slice(0, -1));
      expect(() => restoreShard(shard.plan, shard.settings, cut)).toThrow(CorruptBytesError);
    }
    const without = entriesOf(shard);
    without.delete("list exact blocked\n");
    expect(() => restoreShard(shard.plan, shard.settings, without)).toThrow(CorruptBytesError);
  });
});

test("a look-up whose key is in error is null, and told to who asks", () => {
  const rule = { id: "r", lookup: { a: { table: "blocked", key: "u / 0" } }, conditions: "a == null" };
  const { shard } = run({ lists: [blocked], rules: [rule] }, "1 a u=1");
  const lookups = shard.plan.rules[0]?.program.lookups ?? [];
  const errors: string[] = [];
  fillLookups(shard, lookups, ({ code }) => errors.push(code));
  expect([shard.scope.slots[lookups[0]?.slot ?? -1], errors]).toEqual([null, ["division-by-zero"]]);
});
