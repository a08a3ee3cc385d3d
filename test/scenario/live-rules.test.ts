import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { comparePlanted } from "../../src/cli/planted.ts";
import type { RaisedAlert } from "../../src/cli/planted.ts";
import type { Plan } from "../../src/core/plan/plan.ts";
import type { Output } from "../../src/core/shard/output.ts";
import { Shard } from "../../src/core/shard/shard.ts";
import { observeNothing } from "../../src/core/shard/output.ts";
import { step } from "../../src/core/shard/step.ts";
import { durationMs, eventTimeMs } from "../../src/core/time/instant.ts";
import { defaultLimits } from "../../src/engine/limits.ts";
import type { Planted } from "../../src/simulator/simulated.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { planOf } from "./rule-set-folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

let plan: Plan;
beforeAll(async () => {
  plan = await planOf({ rules: [`${root}rules`], patterns: [`${root}patterns`] });
});

/** Runs the simulation through the core itself: [startMs, startMs + lengthMs). */
function simulate({ seed, startMs, lengthMs }: { seed: number; startMs: number; lengthMs: number }) {
  const shard = new Shard(plan, { ...defaultLimits, outOfOrdernessMs: durationMs(0), observing: observeNothing });
  const simulator = createSimulator({ seed });
  const planted: Planted[] = [];
  const alerts: RaisedAlert[] = [];
  const outputs: Output[] = [];
  for (let simulated = simulator.next(); simulated.offsetMs < lengthMs; simulated = simulator.next()) {
    if (simulated.kind === "planted") {
      planted.push(simulated.planted);
      continue;
    }
    const { event: fields, offsetMs, ordinal } = simulated;
    const time = eventTimeMs(startMs + offsetMs);
    const { id, type } = fields;
    const position = { source: "sim", sequence: ordinal, index: 0 };
    const event = { position, id, type, time, source: "sim", fields };
    step(shard, { kind: "message", stampMs: undefined, elements: [{ kind: "event", event }] }, outputs);
    for (const output of outputs) {
      if (output.kind !== "alert") throw new Error(`no ${output.kind} is expected`);
      const { rule, key, time: at } = output.draft.alert;
      alerts.push({ rule, key, offsetMs: at - startMs });
    }
    outputs.length = 0;
  }
  return { comparison: comparePlanted(planted, alerts, { endOffsetMs: lengthMs }), stats: shard.stats };
}

describe("the live rules find all that the simulator plants, and nothing else", () => {
  // Starts that stand differently to the windows, which are aligned to the epoch.
  test.each([
    { seed: 1, startMs: 1_767_225_600_000 },
    { seed: 2, startMs: 1_767_225_601_234 },
    { seed: 3, startMs: 1_800_000_000_777 },
    { seed: 4, startMs: -5_000_500 },
    { seed: 5, startMs: 1_700_000_002_999 },
  ])("seed $seed, ten minutes", { timeout: 120_000 }, ({ seed, startMs }) => {
    const { comparison, stats } = simulate({ seed, startMs, lengthMs: 600_000 });
    const told = comparison.rules.map(({ rule, missed, falseAlarms }) => ({ rule, missed, falseAlarms }));
    expect(told).toEqual(
      plan.rules.map(({ program }) => ({ rule: program.id, missed: [], falseAlarms: [] })).sort(byRule),
    );
    expect(stats.errors).toEqual(new Map());
    for (const { rule, planted, found, lookAlikes } of comparison.rules) {
      expect({ rule, isEnough: planted >= 30, found }).toEqual({ rule, isEnough: true, found: planted });
      expect(lookAlikes, rule).toBeGreaterThanOrEqual(30);
    }
  });

  test("twenty seconds show every rule once at least, whatever the seed", () => {
    for (let seed = 10; seed < 20; seed += 1) {
      const { comparison } = simulate({ seed, startMs: 1_767_225_600_000 + seed * 377, lengthMs: 20_000 });
      expect(comparison).toMatchObject({ missed: 0, falseAlarms: 0 });
      expect(comparison.rules.filter(({ found }) => found > 0).length, `seed ${seed}`).toBe(plan.rules.length);
    }
  });
});

function byRule(a: { readonly rule: string }, b: { readonly rule: string }): number {
  return a.rule < b.rule ? -1 : 1;
}
