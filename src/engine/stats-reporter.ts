import type { Shard } from "../core/shard/shard.ts";
import type { ShardStats } from "../core/shard/shard-stats.ts";
import { newShardStats } from "../core/shard/shard-stats.ts";
import { inputsOf } from "../core/time/watermark-view.ts";
import type { CounterName, Telemetry } from "../ports/telemetry.ts";

const reportIntervalMs = 1_000;
/** A rule that errs is logged at most this often, with the count since. */
const errorLogIntervalMs = 60_000;

type CountedStat = Exclude<keyof ShardStats, "errors">;

const counters: readonly {
  readonly stat: CountedStat;
  readonly metric: CounterName;
  readonly labels?: Readonly<Record<string, string>>;
}[] = [
  { stat: "events", metric: "tocsin_events_total" },
  { stat: "deadLetters", metric: "tocsin_dead_letters_total" },
  { stat: "lateEvents", metric: "tocsin_late_events_total" },
  { stat: "eventsWithoutKey", metric: "tocsin_events_without_key_total" },
  { stat: "alerts", metric: "tocsin_alerts_total" },
  { stat: "alertsHeld", metric: "tocsin_alerts_held_total" },
  { stat: "alertsShadow", metric: "tocsin_shadow_alerts_total" },
  { stat: "alertsResolved", metric: "tocsin_resolved_alerts_total" },
  { stat: "resultsInactive", metric: "tocsin_inactive_results_total" },
  { stat: "derivedEvents", metric: "tocsin_derived_events_total" },
  { stat: "derivedEventsShed", metric: "tocsin_limit_reached_total", labels: { limit: "derivedEvents" } },
  { stat: "keysShed", metric: "tocsin_limit_reached_total", labels: { limit: "keys" } },
  { stat: "partialMatchesShed", metric: "tocsin_limit_reached_total", labels: { limit: "partialMatches" } },
  { stat: "eventsReleasedEarly", metric: "tocsin_limit_reached_total", labels: { limit: "bufferedEvents" } },
  { stat: "windowEventsShed", metric: "tocsin_limit_reached_total", labels: { limit: "windowEvents" } },
  { stat: "rememberedAlertsShed", metric: "tocsin_limit_reached_total", labels: { limit: "rememberedAlerts" } },
  { stat: "throttlePeriodsShed", metric: "tocsin_limit_reached_total", labels: { limit: "throttlePeriods" } },
  { stat: "questionsShed", metric: "tocsin_limit_reached_total", labels: { limit: "openQuestions" } },
  { stat: "listMembersShed", metric: "tocsin_limit_reached_total", labels: { limit: "listMembers" } },
];

/** Carries a shard's counts to metrics, and its rules' errors to the log, a sample at a time. */
export class StatsReporter {
  readonly telemetry: Telemetry;
  reported: Record<CountedStat, number> = newShardStats();
  readonly loggedErrors = new Map<string, { count: number; at: number }>();
  countedErrors = new Map<string, number>();
  lastReportAt = 0;

  constructor(telemetry: Telemetry) {
    this.telemetry = telemetry;
  }

  report(shard: Shard, now: number): void {
    if (now - this.lastReportAt < reportIntervalMs) return;
    this.lastReportAt = now;
    this.reportCounts(shard.stats);
    this.reportErrors(shard.stats, now);
    this.telemetry.gauge("tocsin_rules", shard.plan.rules.length);
    this.telemetry.gauge(
      "tocsin_keys",
      shard.records.reduce((sum, records) => sum + records.size, 0),
    );
    this.telemetry.gauge("tocsin_reorder_buffer_events", shard.reorder.size);
    this.telemetry.gauge("tocsin_open_questions", shard.questions.size);
    for (const [list, { program, added, hidden }] of shard.lists.byId) {
      this.telemetry.gauge("tocsin_list_members", program.base.memberCount, { list, of: "documents" });
      this.telemetry.gauge("tocsin_list_members", added.size, { list, of: "added" });
      this.telemetry.gauge("tocsin_list_members", hidden.size, { list, of: "removed" });
    }
    const inputs = inputsOf(shard.watermark);
    this.telemetry.gauge("tocsin_idle_inputs", inputs.filter(({ input }) => input.isIdle).length);
    for (const { source, input } of inputs) {
      const labels = { source: source.time.source, partition: input.partition ?? "" };
      if (Number.isFinite(input.at))
        this.telemetry.gauge("tocsin_input_lag_seconds", (shard.logTime - input.at) / 1_000, labels);
    }
    if (Number.isFinite(shard.watermark.at))
      this.telemetry.gauge("tocsin_watermark_lag_seconds", (shard.logTime - shard.watermark.at) / 1_000);
  }

  private reportCounts(stats: ShardStats): void {
    for (const { stat, metric, labels } of counters) {
      // Another plan begins a new shard, with counts from 0.
      const since = stats[stat] >= this.reported[stat] ? stats[stat] - this.reported[stat] : stats[stat];
      if (since > 0) this.telemetry.count(metric, since, labels);
      this.reported[stat] = stats[stat];
    }
  }

  private reportErrors({ errors }: ShardStats, now: number): void {
    for (const [id, { count, last }] of errors) {
      const before = this.countedErrors.get(id) ?? 0;
      const since = count >= before ? count - before : count;
      this.countedErrors.set(id, count);
      if (since > 0) this.telemetry.count("tocsin_rule_errors_total", since, { rule: id });
      const logged = this.loggedErrors.get(id);
      if (since === 0 || (logged !== undefined && now - logged.at < errorLogIntervalMs)) continue;
      this.loggedErrors.set(id, { count, at: now });
      this.telemetry.warn("a rule's conditions end in errors and do not hold there", {
        rule: id,
        errors: count,
        code: last.code,
        example: last.message,
      });
    }
  }
}
