export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logs and metrics. Metric names are in docs/metrics.md. */
export interface Telemetry {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Adds to a counter. */
  count(metric: CounterName, by?: number, labels?: Readonly<Record<string, string>>): void;
  /** Sets a gauge. */
  gauge(metric: GaugeName, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Observes a duration in seconds. */
  observe(metric: HistogramName, seconds: number): void;
}

export type CounterName =
  | "tocsin_events_total"
  | "tocsin_messages_total"
  | "tocsin_dead_letters_total"
  | "tocsin_late_events_total"
  | "tocsin_alerts_total"
  | "tocsin_alerts_held_total"
  | "tocsin_shadow_alerts_total"
  | "tocsin_resolved_alerts_total"
  | "tocsin_inactive_results_total"
  | "tocsin_derived_events_total"
  | "tocsin_rule_errors_total"
  | "tocsin_events_without_key_total"
  | "tocsin_limit_reached_total"
  | "tocsin_commits_total"
  | "tocsin_store_retries_total"
  | "tocsin_deliveries_total"
  | "tocsin_log_gaps_total"
  | "tocsin_http_events_total"
  | "tocsin_list_changes_total";

export type GaugeName =
  | "tocsin_watermark_lag_seconds"
  | "tocsin_input_lag_seconds"
  | "tocsin_idle_inputs"
  | "tocsin_keys"
  | "tocsin_reorder_buffer_events"
  | "tocsin_open_questions"
  | "tocsin_uncommitted_entries"
  | "tocsin_deliveries_pending"
  | "tocsin_rules"
  | "tocsin_list_members";

export type HistogramName =
  | "tocsin_commit_duration_seconds"
  | "tocsin_delivery_duration_seconds"
  | "tocsin_step_duration_seconds";
