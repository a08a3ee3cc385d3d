import type { LogFields, Telemetry } from "../../src/ports/telemetry.ts";

export interface RecordedTelemetry extends Telemetry {
  readonly lines: readonly {
    readonly level: string;
    readonly message: string;
    readonly fields: LogFields | undefined;
  }[];
  readonly counts: ReadonlyMap<string, number>;
}

/** Keeps what it is told, for tests to look at. Counts are by metric and labels: `name{"label":"value"}`. */
export function recordTelemetry(): RecordedTelemetry {
  const lines: { level: string; message: string; fields: LogFields | undefined }[] = [];
  const counts = new Map<string, number>();
  const at = (level: string) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, fields });
  };
  return {
    lines,
    counts,
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    count(metric, by = 1, labels) {
      const name = labels === undefined ? metric : `${metric}${JSON.stringify(labels)}`;
      counts.set(name, (counts.get(name) ?? 0) + by);
    },
    gauge() {},
    observe() {},
  };
}
