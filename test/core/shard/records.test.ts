import { describe, expect, test } from "vitest";
import { keyGroupOf, keyString } from "../../../src/core/event/key.ts";
import { KeyRecord } from "../../../src/core/shard/key-record.ts";
import { isEmptyState } from "../../../src/core/shard/operator-state.ts";
import { collectingSink } from "../../../src/core/shard/pattern-operator.ts";
import { letGoIfEmpty, recordAt, recordAddress } from "../../../src/core/shard/records.ts";
import { ReorderBuffer } from "../../../src/core/shard/reorder-buffer.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import { addToWindows } from "../../../src/core/shard/window-operator.ts";
import { takenSteps } from "../../../src/core/shard/taken-steps.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { sessionCountMax } from "../../../src/core/window/paned/session-windows.ts";
import { slidingEventCountMax } from "../../../src/core/window/sliding/sliding-lane.ts";
import { play, planOf, type Row, run, settingsOf } from "./scenario.ts";

const sliding = { type: "sliding", size: "1h", aggregate: { n: "count" } };

const limit: readonly Row[] = [
  {
    why: "at the limit the tenth least recently seen goes, of equal ones the first key; an alarm says so",
    keyCountMax: 3,
    rules: [{ id: "r", key: ["u"], windows: { w: sliding }, conditions: "w.n == 2" }],
    stream: `
      1 a u=1 => window r.w {'u':1} -3599999..1 n=1 onTime
      2 a u=2 => window r.w {'u':2} -3599998..2 n=1 onTime
      3 a u=3 => window r.w {'u':3} -3599997..3 n=1 onTime
      4 a u=1 => window r.w {'u':1} -3599996..4 n=2 onTime; alert r {'u':1} @4
      5 a u=4 => alarm limit-reached: key [u] has 3 values, its limit: the 1 least recently seen were shed; window r.w {'u':4} -3599995..5 n=1 onTime
      6 a u=1 => window r.w {'u':1} -3599994..6 n=3 onTime
      7 a u=2 => alarm limit-reached: key [u] has 3 values, its limit: the 1 least recently seen were shed; window r.w {'u':2} -3599993..7 n=1 onTime
      8 a u=4 => window r.w {'u':4} -3599992..8 n=2 onTime; alert r {'u':4} @8`,
  },
  {
    why: "seen in one message all at once, the least key goes",
    keyCountMax: 2,
    rules: [{ id: "r", key: ["u"], windows: { w: sliding }, conditions: "false" }],
    stream: `
      batch 1 a u="y" | 1 a u="x" => window r.w {'u':'y'} -3599999..1 n=1 onTime; window r.w {'u':'x'} -3599999..1 n=1 onTime
      2 a u="z" => alarm limit-reached: key [u] has 2 values, its limit: the 1 least recently seen were shed; window r.w {'u':'z'} -3599998..2 n=1 onTime
      3 a u="y" => window r.w {'u':'y'} -3599997..3 n=2 onTime`,
  },
  {
    why: "a rule's own limit is of its own records: those of another limit or none stay",
    keyCountMax: 3,
    rules: [
      { id: "few", key: ["u"], limits: { maxKeys: 1 }, windows: { w: sliding }, conditions: "false" },
      { id: "same", key: ["u"], limits: { maxKeys: 1 }, windows: { w: sliding }, conditions: "false" },
      { id: "many", key: ["u"], limits: { maxKeys: 9 }, windows: { w: sliding }, conditions: "w.n == 2" },
    ],
    stream: `
      1 a u=1 => window few.w {'u':1} -3599999..1 n=1 onTime; window many.w {'u':1} -3599999..1 n=1 onTime; window same.w {'u':1} -3599999..1 n=1 onTime
      2 a u=2 => alarm limit-reached: key [u] has 1 values, its limit: the 1 least recently seen were shed; window few.w {'u':2} -3599998..2 n=1 onTime; window many.w {'u':2} -3599998..2 n=1 onTime; window same.w {'u':2} -3599998..2 n=1 onTime
      3 a u=1 => alarm limit-reached: key [u] has 1 values, its limit: the 1 least recently seen were shed; window few.w {'u':1} -3599997..3 n=1 onTime; window many.w {'u':1} -3599997..3 n=2 onTime; window same.w {'u':1} -3599997..3 n=1 onTime; alert many {'u':1} @3`,
  },
];

describe("the limit of keys", () => {
  test.each(limit)("$why", play);

  test("a tenth goes, with its timers, and is counted", () => {
    const stream = Array.from({ length: 31 }, (_, index) => `${index} a u=${index}`).join("\n");
    const rules = [{ id: "r", key: ["u"], windows: { w: sliding }, conditions: "false" }];
    const { shard } = run({ rules }, stream, settingsOf({ keyCountMax: 30 }));
    expect(shard.stats.keysShed).toBe(3);
    expect([...(shard.records[0]?.keys() ?? [])]).toEqual(Array.from({ length: 28 }, (_, index) => `n${index + 3}`));
    expect(shard.timers.size).toBe(28);
    expect(shard.groups.reduce((sum, { length }) => sum + length, 0)).toBe(28);
  });
});

describe("a record", () => {
  const plan = planOf({ rules: [{ id: "r", key: ["u"], windows: { w: sliding }, conditions: "true" }] });
  const place = { dimension: 0, keyString: keyString([7]), values: [7], key: { u: 7 } };

  test("is made on first use, found again, and let go when it holds nothing", () => {
    const shard = new Shard(plan, settingsOf());
    const record = recordAt(shard, place, []);
    expect(recordAt(shard, place, [])).toBe(record);
    expect(record.group).toBe(keyGroupOf("n7"));
    expect(shard.groups[record.group]).toEqual([record]);
    expect(recordAddress(shard, record)).toBe('["u"]\nn7');
    letGoIfEmpty(shard, record);
    expect(shard.records[0]?.size).toBe(0);
    expect(shard.groups[record.group]).toEqual([]);
  });

  test("that was shed takes nothing of the one that its key has now", () => {
    const shard = new Shard(plan, settingsOf());
    const shed = recordAt(shard, place, []);
    letGoIfEmpty(shard, shed);
    const now = recordAt(shard, place, []);
    letGoIfEmpty(shard, shed);
    expect(recordAt(shard, place, [])).toBe(now);
  });

  test("only one that a snapshot holds has to be told gone", () => {
    const shard = new Shard(plan, settingsOf());
    letGoIfEmpty(shard, recordAt(shard, place, []));
    expect([...shard.gone]).toEqual([]);
    const stored = recordAt(shard, place, []);
    stored.isStored = true;
    letGoIfEmpty(shard, stored);
    expect([...shard.gone]).toEqual(['["u"]\nn7']);
  });

  test("holds nothing at first", () => {
    const [home] = new Shard(plan, settingsOf()).records;
    if (home === undefined) throw new Error("no dimension");
    const record = new KeyRecord({ ...place, home, group: 3 });
    expect(record).toMatchObject({ ...place, group: 3, states: [], lastSeenOrdinal: 0, isStored: false });
  });

  test("keeps nothing of a window whose events have all left", () => {
    const { shard } = run(
      { rules: [{ id: "r", key: ["u"], windows: { w: sliding }, conditions: "false" }] },
      "1 a u=7",
    );
    const [node] = shard.plan.operators;
    const state = shard.records[0]?.get("n7")?.states[0];
    if (node === undefined || state === undefined) throw new Error("no state");
    expect(isEmptyState(state)).toBe(false);
    expect(shard.timers.peekDeadline()).toBe(1 + 3_600_000);
  });
});

describe("what an operator loses at its limit is counted", () => {
  const event = {
    position: { source: "s", sequence: 0, index: 0 },
    id: 0,
    type: "a",
    time: eventTimeMs(1),
    source: "s",
    fields: {},
  };

  test("partial matches", () => {
    const shard = new Shard(planOf({}), settingsOf());
    const sink = collectingSink(shard, () => undefined);
    sink.shed(3);
    sink.shed(4);
    expect(shard.stats.partialMatchesShed).toBe(7);
    expect(sink.matches).toEqual([]);
  });

  test("events of a sliding window", () => {
    const shard = new Shard(
      planOf({ rules: [{ id: "r", windows: { w: sliding }, conditions: "true" }] }),
      settingsOf(),
    );
    const node = shard.plan.rules[0]?.windows[0]?.node;
    if (node === undefined) throw new Error("no window");
    const record = recordAt(shard, { dimension: 0, keyString: "", values: [], key: {} }, []);
    const add = () => addToWindows(shard, record, node, event, () => undefined);
    for (let count = 0; count < slidingEventCountMax; count += 1) add();
    expect(shard.stats.windowEventsShed).toBe(0);
    expect(add()).toEqual([{ kind: "shed" }]);
    expect(shard.stats.windowEventsShed).toBe(1);
  });

  test("events that would open one session too many", () => {
    const session = { type: "session", gap: "1ms", aggregate: { n: "count" } };
    const shard = new Shard(
      planOf({ rules: [{ id: "r", windows: { w: session }, conditions: "false" }] }),
      settingsOf(),
    );
    const node = shard.plan.rules[0]?.windows[0]?.node;
    if (node === undefined) throw new Error("no window");
    const record = recordAt(shard, { dimension: 0, keyString: "", values: [], key: {} }, []);
    const addAt = (time: number) =>
      addToWindows(shard, record, node, { ...event, time: eventTimeMs(time) }, () => undefined);
    for (let count = 0; count < sessionCountMax; count += 1) addAt(3 * count);
    expect(shard.stats.windowEventsShed).toBe(0);
    expect(addAt(3 * sessionCountMax)).toEqual([{ kind: "refused" }]);
    expect(addAt(3)).toEqual([{ kind: "added" }]);
    expect(shard.stats.windowEventsShed).toBe(1);
  });
});

test("events wait in event-time order, equal times as they arrived", () => {
  const buffer = new ReorderBuffer();
  const at = (time: number, id: string) => ({
    position: { source: "s", sequence: 0, index: 0 },
    id,
    type: "a",
    time: eventTimeMs(time),
    source: "s",
    fields: {},
  });
  for (const event of [at(3, "a"), at(1, "b"), at(3, "c"), at(2, "d"), at(1, "e")]) buffer.add(event);
  expect([buffer.size, buffer.peekTime()]).toEqual([5, 1]);
  expect(Array.from({ length: 6 }, () => buffer.take()?.event.id)).toEqual(["b", "e", "d", "a", "c", undefined]);
});

test("the events of a match come in the order taken: by time, equal times by position", () => {
  const at = (time: number, sequence: number) => ({
    position: { source: "s", sequence, index: 0 },
    id: sequence,
    type: "a",
    time: eventTimeMs(time),
    source: "s",
    fields: {},
  });
  const steps = new Map([
    ["x", [at(1, 4), at(3, 1)]],
    ["y", [at(1, 5), at(2, 0)]],
  ]);
  const time = eventTimeMs(3);
  const taken = takenSteps({ steps, start: eventTimeMs(1), end: time, time, deadline: undefined, timedOut: false });
  expect(taken.map(({ step, event }) => `${step}${event.id}`)).toEqual(["x4", "y5", "y0", "x1"]);
});
