import type { CounterName, GaugeName, HistogramName } from "../../ports/telemetry.ts";

/** What one metric says. docs/metrics.md is the same table for people; a test compares the two. */
export interface MetricInfo {
  readonly help: string;
  /** Label names that a value may come with; others are left out. */
  readonly labels: readonly string[];
}

export const counters: Readonly<Record<CounterName, MetricInfo>> = {
  tocsin_events_total: { help: "Events decoded and taken.", labels: [] },
  tocsin_messages_total: { help: "Messages read from the sources; one may hold a batch of events.", labels: [] },
  tocsin_dead_letters_total: { help: "Messages, or elements of one, that are no event.", labels: [] },
  tocsin_late_events_total: {
    help: "Events behind the watermark that a window, pattern or detector did not take.",
    labels: [],
  },
  tocsin_alerts_total: { help: "Alerts given, throttled ones not among them.", labels: [] },
  tocsin_alerts_held_total: { help: "Alerts that a throttle held back.", labels: [] },
  tocsin_resolved_alerts_total: { help: "Alerts that ended, of rules in shadow mode too.", labels: [] },
  tocsin_shadow_alerts_total: { help: "Alerts of rules in shadow mode: recorded, and nobody is notified.", labels: [] },
  tocsin_inactive_results_total: { help: "Evaluations that held outside the active times of their rule.", labels: [] },
  tocsin_derived_events_total: { help: "Events that rules made, and that were taken like others.", labels: [] },
  tocsin_rule_errors_total: { help: "Evaluations that ended in an error, and so did not hold.", labels: ["rule"] },
  tocsin_events_without_key_total: {
    help: "Events that a rule did not see, for a part of its key is absent or null.",
    labels: [],
  },
  tocsin_limit_reached_total: { help: "Times that a limit was reached and its policy applied.", labels: ["limit"] },
  tocsin_commits_total: { help: "Checkpoints committed.", labels: [] },
  tocsin_store_retries_total: { help: "Calls of a store or queue that had to be tried again.", labels: ["what"] },
  tocsin_deliveries_total: {
    help: "Deliveries to channels that ended, by how they ended.",
    labels: ["channel", "result"],
  },
  tocsin_log_gaps_total: { help: "Times that a source no longer had messages that were to be read.", labels: [] },
  tocsin_http_events_total: { help: "Events accepted over HTTP, on the disk when they were answered.", labels: [] },
  tocsin_list_changes_total: { help: "Members of lists added or removed from outside.", labels: ["list"] },
};

export const gauges: Readonly<Record<GaugeName, MetricInfo>> = {
  tocsin_watermark_lag_seconds: { help: "Log time less the watermark.", labels: [] },
  tocsin_input_lag_seconds: {
    help: "Log time less the watermark of a source or partition; the greatest of those that are not idle holds the common one.",
    labels: ["source", "partition"],
  },
  tocsin_idle_inputs: {
    help: "Sources and partitions that the watermark does not wait for, for they are idle.",
    labels: [],
  },
  tocsin_keys: { help: "Keys with state.", labels: [] },
  tocsin_open_questions: {
    help: "Evaluations that wait for asynchronous facts.",
    labels: [],
  },
  tocsin_reorder_buffer_events: { help: "Events held until the watermark passes them.", labels: [] },
  tocsin_uncommitted_entries: {
    help: "Log entries behind the last checkpoint; input is paused at their bound.",
    labels: [],
  },
  tocsin_deliveries_pending: { help: "Deliveries that are not at their channel yet.", labels: [] },
  tocsin_rules: { help: "Rules in force.", labels: [] },
  tocsin_list_members: {
    help: "Members of a list: of its documents (of a .mmdb file the nodes of its tree), added while it ran, and removed of the documents' ones.",
    labels: ["list", "of"],
  },
};

export const histograms: Readonly<Record<HistogramName, MetricInfo & { readonly buckets: readonly number[] }>> = {
  tocsin_commit_duration_seconds: {
    help: "How long a checkpoint takes, from its beginning to the store's answer.",
    labels: [],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  tocsin_delivery_duration_seconds: {
    help: "How long one attempt at a channel takes.",
    labels: [],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  tocsin_step_duration_seconds: {
    help: "How long one slice of input occupies the shard; it yields at 20 ms.",
    labels: [],
    buckets: [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25],
  },
};
