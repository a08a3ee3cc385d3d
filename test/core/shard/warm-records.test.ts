import { describe, expect, test } from "vitest";
import { KeyRecord } from "../../../src/core/shard/key-record.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import { WarmRecords } from "../../../src/core/shard/warm-records.ts";
import { planOf, settingsOf } from "./scenario.ts";

function recordsOf(...keys: readonly string[]): readonly KeyRecord[] {
  const plan = planOf({ rules: [{ id: "r", key: ["u"], conditions: "true", windows: {} }] });
  const [home] = new Shard(plan, settingsOf()).records;
  if (home === undefined) throw new Error("no dimension");
  return keys.map((text, slot) => {
    const record = new KeyRecord({ home, keyString: `s${text}`, group: 0, values: [text], key: { u: text } });
    record.slot = slot;
    return record;
  });
}

function packedBy(warm: WarmRecords): string[] {
  const packed: string[] = [];
  warm.settle(({ keyString }) => packed.push(keyString.slice(1)));
  return packed;
}

describe("records past the most that may be live", () => {
  test("are packed until no more are left, none where there is room", () => {
    const warm = new WarmRecords(2);
    const [a, b, c, d] = recordsOf("a", "b", "c", "d");
    for (const record of [a, b]) if (record !== undefined) warm.add(record);
    expect(packedBy(warm)).toEqual([]);
    for (const record of [c, d]) if (record !== undefined) warm.add(record);
    expect(packedBy(warm)).toHaveLength(2);
    expect(warm.size).toBe(2);
  });

  test("have a second chance where they were touched", () => {
    const warm = new WarmRecords(2);
    const records = recordsOf("a", "b", "c");
    for (const record of records) warm.add(record);
    for (const record of records) record.isTouched = record.keyString !== "sb";
    expect(packedBy(warm)).toEqual(["b"]);
  });

  test("that were let go are only forgotten", () => {
    const warm = new WarmRecords(1);
    const records = recordsOf("a", "b", "c");
    for (const record of records) warm.add(record);
    for (const record of records) if (record.keyString !== "sc") record.slot = -1;
    expect(packedBy(warm)).toEqual([]);
    expect(warm.size).toBe(1);
  });
});
