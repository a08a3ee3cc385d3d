import { comparePlanted } from "../../src/cli/planted.ts";
import type { PlantedComparison, RaisedAlert } from "../../src/cli/planted.ts";
import type { Plan } from "../../src/core/plan/plan.ts";
import { observeNothing } from "../../src/core/shard/output.ts";
import type { Output } from "../../src/core/shard/output.ts";
import { Shard } from "../../src/core/shard/shard.ts";
import type { ShardStats } from "../../src/core/shard/shard-stats.ts";
import { step } from "../../src/core/shard/step.ts";
import { durationMs, eventTimeMs } from "../../src/core/time/instant.ts";
import { defaultLimits } from "../../src/engine/limits.ts";
import { scenarioNames } from "../../src/simulator/simulated.ts";
import type { Planted, ScenarioName } from "../../src/simulator/simulated.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";

export interface SimulatedRunOptions {
  readonly seed: number;
  /** Event time of the beginning. */
  readonly startMs: number;
  readonly lengthMs: number;
  readonly scenarios?: readonly ScenarioName[];
}

/** Runs [startMs, startMs + lengthMs) of the simulation through the core itself, and holds the alerts to what was planted. */
export function runSimulated(
  plan: Plan,
  { seed, startMs, lengthMs, scenarios = scenarioNames }: SimulatedRunOptions,
): { readonly comparison: PlantedComparison; readonly planted: readonly Planted[]; readonly stats: ShardStats } {
  const shard = new Shard(plan, { ...defaultLimits, outOfOrdernessMs: durationMs(0), observing: observeNothing });
  const simulator = createSimulator({ seed, scenarios });
  const planted: Planted[] = [];
  const alerts: RaisedAlert[] = [];
  const outputs: Output[] = [];
  for (let simulated = simulator.next(); simulated.offsetMs < lengthMs; simulated = simulator.next()) {
    if (simulated.kind === "planted") {
      planted.push(simulated.planted);
      continue;
    }
    const { event: fields, offsetMs, ordinal } = simulated;
    const { id, type } = fields;
    const position = { source: "sim", sequence: ordinal, index: 0 };
    const event = { position, id, type, time: eventTimeMs(startMs + offsetMs), source: "sim", fields };
    step(shard, { kind: "message", stampMs: undefined, elements: [{ kind: "event", event }] }, outputs);
    for (const output of outputs) {
      if (output.kind !== "alert") throw new Error(`no ${output.kind} is expected`);
      const { rule, key, time: at } = output.draft.alert;
      alerts.push({ rule, key, offsetMs: at - startMs });
    }
    outputs.length = 0;
  }
  return { comparison: comparePlanted(planted, alerts, { endOffsetMs: lengthMs }), planted, stats: shard.stats };
}
