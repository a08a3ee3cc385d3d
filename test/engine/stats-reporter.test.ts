import { expect, test } from "vitest";
import { noDocuments } from "../../src/core/plan/document-set.ts";
import { compilePlan } from "../../src/core/plan/compile-plan.ts";
import { ExprError } from "../../src/core/expr/expr-error.ts";
import { observeNothing } from "../../src/core/shard/output.ts";
import { Shard } from "../../src/core/shard/shard.ts";
import { countError } from "../../src/core/shard/shard-stats.ts";
import { durationMs } from "../../src/core/time/instant.ts";
import { StatsReporter } from "../../src/engine/stats-reporter.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";

function newShard(): Shard {
  const { plan } = compilePlan(noDocuments);
  if (plan === undefined) throw new Error("no documents compile");
  const settings = {
    outOfOrdernessMs: durationMs(0),
    keyCountMax: 1,
    bufferedEventCountMax: 1,
    derivedEventCountMax: 1_000,
    observing: observeNothing,
  };
  return new Shard(plan, settings);
}

test("counts since the last report, at most one a second, and goes on under another plan", () => {
  const telemetry = recordTelemetry();
  const reporter = new StatsReporter(telemetry);
  const shard = newShard();
  shard.stats.events = 3;
  reporter.report(shard, 10_000);
  shard.stats.events = 7;
  reporter.report(shard, 10_500);
  expect(telemetry.counts.get("tocsin_events_total")).toBe(3);
  reporter.report(shard, 11_000);
  expect(telemetry.counts.get("tocsin_events_total")).toBe(7);
  const next = newShard();
  next.stats.events = 2;
  reporter.report(next, 12_000);
  expect(telemetry.counts.get("tocsin_events_total")).toBe(9);
});

test("a rule's errors are all counted, and logged once a minute", () => {
  const telemetry = recordTelemetry();
  const reporter = new StatsReporter(telemetry);
  const shard = newShard();
  for (const now of [1_000, 2_000, 59_900, 61_100]) {
    countError(shard.stats, "errs", new ExprError("type", "no number"));
    reporter.report(shard, now);
  }
  expect(telemetry.counts.get('tocsin_rule_errors_total{"rule":"errs"}')).toBe(4);
  expect(telemetry.lines.map(({ fields }) => fields)).toMatchObject([
    { rule: "errs", errors: 1 },
    { rule: "errs", errors: 4 },
  ]);
});
