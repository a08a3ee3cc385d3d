import { type DestinationStream, pino } from "pino";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { assert } from "../../core/base/assert.ts";
import type { LogFields, Telemetry } from "../../ports/telemetry.ts";
import { counters, gauges, histograms } from "./metrics.ts";
import { redact, redactText } from "./redact.ts";

export interface SystemTelemetryOptions {
  /** Least level that is written. Default `info`. */
  readonly level?: "debug" | "info" | "warn" | "error" | "silent";
  /** Where log lines go, one JSON object each. Default standard error: standard output is for results. */
  readonly destination?: DestinationStream;
  /** Metrics of the process itself: memory, garbage collection, event loop. Default true. */
  readonly withProcessMetrics?: boolean;
}

export interface SystemTelemetry extends Telemetry {
  /** Every metric in Prometheus' text format. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/**
 * Logs by pino, metrics by prom-client. Each call has a registry of its own, so several may live in one process.
 *
 * At the limit: a metric keeps one series for each set of label values; past 10,000 of one metric further sets are counted
 * under `other`.
 */
export function systemTelemetry(options: SystemTelemetryOptions = {}): SystemTelemetry {
  const { level = "info", destination = pino.destination({ fd: 2, sync: true }), withProcessMetrics = true } = options;
  const log = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: asIs } },
    destination,
  );
  const registry = new Registry();
  if (withProcessMetrics) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const series = new SeriesLimit();
  const counterOf = mapOf(
    counters,
    (name, { help, labels }) => new Counter({ name, help, labelNames: [...labels], registers }),
  );
  const gaugeOf = mapOf(
    gauges,
    (name, { help, labels }) => new Gauge({ name, help, labelNames: [...labels], registers }),
  );
  const histogramOf = mapOf(
    histograms,
    (name, { help, buckets }) => new Histogram({ name, help, buckets: [...buckets], registers }),
  );

  function write(at: "debug" | "info" | "warn" | "error", message: string, fields: LogFields | undefined): void {
    if (!log.isLevelEnabled(at)) return;
    if (fields === undefined) log[at](redactText(message));
    else log[at](redact(fields), redactText(message));
  }

  return {
    debug: (message, fields) => write("debug", message, fields),
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
    count(metric, by = 1, labels = {}) {
      counterOf(metric).inc(series.labelsOf(metric, counters[metric].labels, labels), by);
    },
    gauge(metric, value, labels = {}) {
      gaugeOf(metric).set(series.labelsOf(metric, gauges[metric].labels, labels), value);
    },
    observe: (metric, seconds) => histogramOf(metric).observe(seconds),
    metrics: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** Fields are plain data when pino sees them; its own form for errors would show what was redacted. */
const asIs = (value: unknown): unknown => value;

/** One metric for each row of a table. */
function mapOf<Info, Metric>(
  table: Readonly<Record<string, Info>>,
  create: (name: string, info: Info) => Metric,
): (name: string) => Metric {
  const metrics = new Map(Object.entries(table).map(([name, info]) => [name, create(name, info)]));
  return (name) => {
    const metric = metrics.get(name);
    assert(metric !== undefined, "every metric has its row");
    return metric;
  };
}

const seriesCountMax = 10_000;

/** Keeps the label values of each metric within bounds, and its label names to those declared. */
class SeriesLimit {
  readonly seen = new Map<string, Set<string>>();

  labelsOf(metric: string, names: readonly string[], given: Readonly<Record<string, string>>): Record<string, string> {
    const labels: Record<string, string> = {};
    if (names.length === 0) return labels;
    for (const name of names) {
      const value = given[name];
      if (value !== undefined) labels[name] = value;
    }
    const known = this.seen.get(metric) ?? new Set<string>();
    this.seen.set(metric, known);
    const key = JSON.stringify(labels);
    if (known.has(key)) return labels;
    if (known.size >= seriesCountMax) {
      for (const name of Object.keys(labels)) labels[name] = "other";
    } else {
      known.add(key);
    }
    return labels;
  }
}
