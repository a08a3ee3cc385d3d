import { describe, expect, test } from "vitest";
import { sha256Hex } from "../../src/core/base/hash.ts";
import { scenarioNames } from "../../src/simulator/simulated.ts";
import type { Planted, ScenarioName, Simulated } from "../../src/simulator/simulated.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";

function simulate(seed: number, lengthMs: number, scenarios?: readonly ScenarioName[]): Simulated[] {
  const simulator = createSimulator({ seed, ...(scenarios === undefined ? {} : { scenarios }) });
  const all: Simulated[] = [];
  for (let one = simulator.next(); one.offsetMs < lengthMs; one = simulator.next()) all.push(one);
  return all;
}

function plantedIn(all: readonly Simulated[]): Planted[] {
  return all.flatMap((one) => (one.kind === "planted" ? [one.planted] : []));
}

/** Without its id, which counts the events of all scenarios. */
function bodiesIn(all: readonly Simulated[]): unknown[] {
  return all.flatMap((one) => (one.kind === "event" ? [{ ...one.event, id: undefined, offsetMs: one.offsetMs }] : []));
}

describe("the simulator", () => {
  test("equal seeds give equal simulations, other seeds others", () => {
    expect(simulate(7, 10_000)).toEqual(simulate(7, 10_000));
    expect(bodiesIn(simulate(7, 1_000))).not.toEqual(bodiesIn(simulate(8, 1_000)));
  });

  test("is the same on every machine, and as when this was written", () => {
    expect(sha256Hex(JSON.stringify(simulate(1, 10_000)))).toBe(
      "0bab80c7122c9690e5c22edfb4daeb2825f2f27c869649d9e8153b564e44e9cf",
    );
  });

  test("is in order of time, and events are counted from 0 without a gap", () => {
    const all = simulate(3, 60_000);
    const offsets = all.map(({ offsetMs }) => offsetMs);
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    const events = all.filter((one) => one.kind === "event");
    expect(events.map(({ ordinal }) => ordinal)).toEqual(events.map((_, index) => index));
    expect(events.map(({ event }) => event["id"])).toEqual(events.map((_, index) => `sim-${index}`));
    expect(events.some(({ event }) => "time" in event)).toBe(false);
  });

  test("makes some 150 to 300 events a second, at every second", () => {
    const perSecond = new Map<number, number>();
    for (const { offsetMs } of simulate(2, 60_000)) {
      const second = Math.floor(offsetMs / 1_000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    // The first seconds have no retries and answers of the seconds before.
    const counts = [...perSecond].filter(([second]) => second >= 3).map(([, count]) => count);
    expect(Math.min(...counts)).toBeGreaterThan(140);
    expect(Math.max(...counts)).toBeLessThan(330);
  });

  test.each([0, 1, 999, 5_000])("resumes at ordinal %i as if it had never stopped", (ordinal) => {
    const whole = simulate(5, 60_000);
    const from = whole.findIndex((one) => one.kind === "event" && one.ordinal === ordinal);
    const simulator = createSimulator({ seed: 5 });
    simulator.skipTo(ordinal);
    const rest = Array.from({ length: 500 }, () => simulator.next());
    // What is planted between the last event before and this one is told by the resumed simulator.
    expect(rest.filter(({ kind }) => kind === "event")).toEqual(
      whole
        .slice(from)
        .filter(({ kind }) => kind === "event")
        .slice(0, rest.filter(({ kind }) => kind === "event").length),
    );
  });

  test("does not go back", () => {
    const simulator = createSimulator({ seed: 5 });
    simulator.skipTo(10);
    expect(() => simulator.skipTo(9)).toThrow("forward only");
  });

  test.each(scenarioNames)("%s alone is what it is among the others", (name) => {
    const ours = (type: unknown) => String(type).split(".")[0] === (name === "metric" ? "metric" : name);
    const isOurs = (type: unknown) => ours(type) || (name === "metric" && type === "heartbeat");
    const among = simulate(4, 30_000).filter((one) => one.kind === "event" && isOurs(one.event["type"]));
    const alone = simulate(4, 30_000, [name]);
    expect(bodiesIn(alone)).toEqual(bodiesIn(among));
    expect(bodiesIn(alone).length).toBeGreaterThan(1_000);
    expect(plantedIn(alone)).toEqual(plantedIn(simulate(4, 30_000)).filter(({ scenario }) => scenario === name));
  });

  test("plants every kind within ten seconds, and again with other keys", () => {
    for (const seed of [1, 2, 3]) {
      const planted = plantedIn(simulate(seed, 120_000));
      const kinds = new Map<string, Planted[]>();
      for (const plant of planted) {
        const kind = plant.id.slice(0, plant.id.lastIndexOf("/"));
        kinds.set(kind, [...(kinds.get(kind) ?? []), plant]);
      }
      expect(kinds.size).toBe(22);
      for (const [kind, plants] of kinds) {
        expect(plants[0]?.firstOffsetMs, kind).toBeLessThan(10_000);
        expect(plants.length, kind).toBeGreaterThan(5);
        const keys = plants.slice(0, 4).map(({ key }) => JSON.stringify(key));
        if (keys[0] !== "{}") expect(new Set(keys).size, kind).toBeGreaterThan(2);
      }
      expect(new Set(planted.map(({ id }) => id)).size).toBe(planted.length);
    }
  });

  test("tells what is planted before its first event, and its times in order", () => {
    let toldMs = 0;
    for (const one of simulate(6, 60_000)) {
      expect(one.offsetMs).toBeGreaterThanOrEqual(toldMs);
      toldMs = one.offsetMs;
      if (one.kind === "event") continue;
      const { firstOffsetMs, lastOffsetMs, dueOffsetMs } = one.planted;
      expect(firstOffsetMs).toBe(one.offsetMs);
      expect(lastOffsetMs).toBeGreaterThanOrEqual(firstOffsetMs);
      expect(dueOffsetMs).toBeGreaterThan(firstOffsetMs);
    }
  });
});
